import { Page } from '#src/ui/page.tsx'

export const AnnouncementsPage = () => <Page title="AnnouncementsPage">{null}</Page>
