import { Page } from '#src/ui/page.tsx'

export const SchoolsPage = () => <Page title="SchoolsPage">{null}</Page>
