import { Page } from '#src/ui/page.tsx'

export const TeacherTodayPage = () => <Page title="TeacherTodayPage">{null}</Page>
