import { Prisma } from '#src/generated/prisma/client.ts'
import { type PeopleSource, type PersonRow } from '#src/modules/users/people.queries.ts'

export interface TeacherRow extends PersonRow {
  teacherCode: string | null
  hireDate: Date | null
}

export const TEACHERS: PeopleSource = {
  columns: Prisma.sql`, t.teacher_code as "teacherCode", t.hire_date as "hireDate"`,
  joins: Prisma.sql`join teacher_profile t on t.user_id = u.id`,
}

/** Who teaches a section: the rule of taughtSectionIds (auth/reach.ts), asked from the other side. */
export const teaches = (sectionId: string, today: string) => Prisma.sql`(
  exists (select from section s where s.id = ${sectionId}::uuid and s.class_teacher_id = u.id)
  or exists (
    select from teaching_assignment a join academic_year y on y.id = a.academic_year_id
     where a.teacher_user_id = u.id and a.section_id = ${sectionId}::uuid and y.ends_on >= ${today}::date
       and a.starts_on <= ${today}::date and (a.ends_on is null or a.ends_on >= ${today}::date))
  or exists (
    select from session_teacher st
      join class_session c on c.id = st.class_session_id
      join academic_year y on y.id = c.academic_year_id and y.is_current
     where st.teacher_user_id = u.id and c.section_id = ${sectionId}::uuid and c.by_office and c.status <> 'CANCELLED'))`
