import { Page } from '#src/ui/page.tsx'

export const StructurePage = () => <Page title="StructurePage">{null}</Page>
