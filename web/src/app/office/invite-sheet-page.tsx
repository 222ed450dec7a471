import { Page } from '#src/ui/page.tsx'

export const InviteSheetPage = () => <Page title="InviteSheetPage">{null}</Page>
