import { Page } from '#src/ui/page.tsx'

export const RegisterPage = () => <Page title="RegisterPage">{null}</Page>
