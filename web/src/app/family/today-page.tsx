import { Page } from '#src/ui/page.tsx'

export const FamilyTodayPage = () => <Page title="FamilyTodayPage">{null}</Page>
