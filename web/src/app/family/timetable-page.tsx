import { Page } from '#src/ui/page.tsx'

export const FamilyTimetablePage = () => <Page title="FamilyTimetablePage">{null}</Page>
