import { Page } from '#src/ui/page.tsx'

export const JobPage = () => <Page title="JobPage">{null}</Page>
