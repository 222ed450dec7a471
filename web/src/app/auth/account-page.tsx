import { Page } from '#src/ui/page.tsx'

export const AccountPage = () => <Page title="AccountPage">{null}</Page>
