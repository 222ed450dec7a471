import { Page } from '#src/ui/page.tsx'

export const OwnerAuditPage = () => <Page title="OwnerAuditPage">{null}</Page>
