import { Page } from '#src/ui/page.tsx'

export const EnrollmentPage = () => <Page title="EnrollmentPage">{null}</Page>
