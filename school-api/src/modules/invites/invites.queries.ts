import type { DbOrTx } from '#src/db.ts'
import type { Actor } from '#src/auth/actor.ts'

/**
 * Whether somebody is the class teacher of the homeroom a pupil is in, or is about to join, in a year that is not over: rows of
 * past years stay open when nobody closed them.
 */
export async function isClassTeacherOf(
  db: DbOrTx,
  teacher: Actor,
  studentUserId: string,
): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    select from student_enrollment e
      join section s on s.id = e.section_id
      join academic_year y on y.id = e.academic_year_id
     where e.student_user_id = ${studentUserId}::uuid and s.class_teacher_id = ${teacher.userId}::uuid
       and y.ends_on >= ${teacher.today}::date and (e.left_on is null or e.left_on > ${teacher.today}::date)
     limit 1`
  return rows.length > 0
}
