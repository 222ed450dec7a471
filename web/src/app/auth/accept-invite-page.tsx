import { Page } from '#src/ui/page.tsx'

export const AcceptInvitePage = () => <Page title="AcceptInvitePage">{null}</Page>
