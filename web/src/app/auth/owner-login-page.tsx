import { Page } from '#src/ui/page.tsx'

export const OwnerLoginPage = () => <Page title="OwnerLoginPage">{null}</Page>
