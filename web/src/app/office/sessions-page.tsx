import { Page } from '#src/ui/page.tsx'

export const SessionsPage = () => <Page title="SessionsPage">{null}</Page>
