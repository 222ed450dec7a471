import { Page } from '#src/ui/page.tsx'

export const SchoolPage = () => <Page title="SchoolPage">{null}</Page>
