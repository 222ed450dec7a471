import { Page } from '#src/ui/page.tsx'

export const OfficeTodayPage = () => <Page title="OfficeTodayPage">{null}</Page>
