import { Page } from '#src/ui/page.tsx'

export const AttendancePage = () => <Page title="AttendancePage">{null}</Page>
