import { Page } from '#src/ui/page.tsx'

export const MissingRegistersPage = () => <Page title="MissingRegistersPage">{null}</Page>
