import { Page } from '#src/ui/page.tsx'

export const PeoplePage = () => <Page title="PeoplePage">{null}</Page>
