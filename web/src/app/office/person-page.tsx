import { Page } from '#src/ui/page.tsx'

export const PersonPage = () => <Page title="PersonPage">{null}</Page>
