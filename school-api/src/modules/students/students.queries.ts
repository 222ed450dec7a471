import { type Reach, studentsWithin } from '#src/auth/reach.ts'
import type { Actor } from '#src/auth/actor.ts'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import { type PeopleSource, type PersonRow } from '#src/modules/users/people.queries.ts'
import type { StudentAnswer } from './students.schema.ts'

export interface StudentRow extends PersonRow {
  admissionNo: string | null
  dob: Date | null
  guardians: StudentAnswer['guardians']
  currentEnrollment: StudentAnswer['currentEnrollment']
}

/**
 * Students with their guardians and where they are enrolled: of the current year, the one that is open on the date, or else the
 * next one to begin.
 */
export const studentsOn = (today: string): PeopleSource => ({
  columns: Prisma.sql`
    , p.admission_no as "admissionNo", p.dob,
    coalesce((
      select jsonb_agg(jsonb_build_object(
               'guardianUserId', g.id, 'firstName', g.first_name, 'lastName', g.last_name,
               'preferredName', g.preferred_name, 'relationship', l.relationship) order by g.sort_name, g.id)
        from guardian_link l join app_user g on g.id = l.guardian_user_id
       where l.student_user_id = u.id), '[]') as guardians,
    ${currentEnrollmentOn(today)} as "currentEnrollment"`,
  joins: Prisma.sql`join student_profile p on p.user_id = u.id`,
})

/** Where the person `u` is enrolled on the date, as JSON; see above. */
export const currentEnrollmentOn = (today: string) => Prisma.sql`
    (select jsonb_build_object(
              'enrollmentId', e.id, 'academicYearId', e.academic_year_id, 'sectionId', s.id, 'sectionName', s.name,
              'gradeId', gr.id, 'gradeName', gr.name, 'rollNo', e.roll_no, 'joinedOn', e.joined_on)
       from student_enrollment e
       join academic_year y on y.id = e.academic_year_id and y.is_current
       join section s on s.id = e.section_id
       left join grade gr on gr.id = s.grade_id
      where e.student_user_id = u.id and (e.left_on is null or e.left_on > ${today}::date)
      order by e.joined_on limit 1)`

/** Who is in a section, or about to join it, in a year that is not over. */
export const isInSection = (sectionId: string, today: string) => Prisma.sql`u.id in (
  select m.student_user_id from (
    select student_user_id, section_id, academic_year_id, left_on from student_enrollment
    union all
    select student_user_id, section_id, academic_year_id, left_on from group_membership
  ) m join academic_year y on y.id = m.academic_year_id
   where m.section_id = ${sectionId}::uuid and y.ends_on >= ${today}::date
     and (m.left_on is null or m.left_on > ${today}::date))`

/** Who is enrolled in no section in a year: neither now nor from a later day on. */
export const isNotEnrolledIn = (academicYearId: string, today: string) => Prisma.sql`not exists (
  select 1 from student_enrollment e
   where e.student_user_id = u.id and e.academic_year_id = ${academicYearId}::uuid
     and (e.left_on is null or e.left_on > ${today}::date))`

/** Ids of the students inside the reach; null: everybody. */
export async function studentIdsWithin(
  db: DbOrTx,
  reach: Reach,
  actor: Actor,
): Promise<string[] | null> {
  if (reach.everything) return null
  const rows = await db.studentProfile.findMany({
    where: studentsWithin(reach, actor),
    select: { userId: true },
  })
  return rows.map((row) => row.userId)
}

export async function isStudentWithin(
  db: DbOrTx,
  reach: Reach,
  actor: Actor,
  id: string,
): Promise<boolean> {
  const found = await db.studentProfile.findFirst({
    where: { AND: [{ userId: id }, studentsWithin(reach, actor)] },
    select: { userId: true },
  })
  return found !== null
}
