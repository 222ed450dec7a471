import { Page } from '#src/ui/page.tsx'

export const NewSchoolPage = () => <Page title="NewSchoolPage">{null}</Page>
