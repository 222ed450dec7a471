import { Page } from '#src/ui/page.tsx'

export const StudentsPage = () => <Page title="StudentsPage">{null}</Page>
