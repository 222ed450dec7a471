import { Page } from '#src/ui/page.tsx'

export const OwnerAccountPage = () => <Page title="OwnerAccountPage">{null}</Page>
