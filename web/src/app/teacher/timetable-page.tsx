import { Page } from '#src/ui/page.tsx'

export const TeacherTimetablePage = () => <Page title="TeacherTimetablePage">{null}</Page>
