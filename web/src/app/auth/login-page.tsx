import { Page } from '#src/ui/page.tsx'

export const LoginPage = () => <Page title="LoginPage">{null}</Page>
