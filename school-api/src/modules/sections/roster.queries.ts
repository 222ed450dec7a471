import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'

/**
 * Who is on a section's roster on a date, as a subquery: one row a student with `student_user_id`, `roll_no` (of an enrollment),
 * `enrollment_id` or `membership_id`, `joined_on`, `left_on`. A HOMEROOM has only enrollments and a GROUP only memberships, so the kind need not be asked.
 * Each argument is a value or, for a join over many sections or dates, an SQL expression: `lateral (${rosterSql(Prisma.sql`c.section_id`,
 * Prisma.sql`c.local_date`)}) r`.
 * @param date the school's calendar date, `YYYY-MM-DD`
 */
export function rosterSql(sectionId: string | Prisma.Sql, date: string | Prisma.Sql): Prisma.Sql {
  const section = typeof sectionId === 'string' ? Prisma.sql`${sectionId}::uuid` : sectionId
  const day = typeof date === 'string' ? Prisma.sql`${date}::date` : date
  // Whoever was never taken off leaves with the year: last year's pupils are not on this year's roster.
  return Prisma.sql`
    select e.student_user_id, e.roll_no, e.id as enrollment_id, null::uuid as membership_id, e.joined_on, e.left_on
      from student_enrollment e join academic_year y on y.id = e.academic_year_id
     where e.section_id = ${section} and e.joined_on <= ${day}
       and (e.left_on is null or e.left_on > ${day}) and y.ends_on >= ${day}
    union all
    select m.student_user_id, null::int, null::uuid, m.id, m.joined_on, m.left_on
      from group_membership m join academic_year y on y.id = m.academic_year_id
     where m.section_id = ${section} and m.joined_on <= ${day}
       and (m.left_on is null or m.left_on > ${day}) and y.ends_on >= ${day}`
}

/**
 * The rosters seen from their students: which section somebody is in, from `joined_on` to before `left_on`, which always says
 * something since the year ends. One row an enrollment (with `roll_no`) or membership; ask it for a `student_user_id`.
 */
export const placesSql = Prisma.sql`
    select e.student_user_id, e.section_id, e.roll_no, e.joined_on, least(e.left_on, y.ends_on + 1) as left_on
      from student_enrollment e join academic_year y on y.id = e.academic_year_id
    union all
    select m.student_user_id, m.section_id, null::int, m.joined_on, least(m.left_on, y.ends_on + 1)
      from group_membership m join academic_year y on y.id = m.academic_year_id`

export interface RosterRow {
  studentUserId: string
  firstName: string
  lastName: string | null
  preferredName: string | null
  rollNo: number | null
  enrollmentId: string | null
  membershipId: string | null
  joinedOn: string
  leftOn: string | null
}

/** The roster with names, in the order of a register: roll number, then name. One statement. */
export const rosterOf = (db: DbOrTx, sectionId: string, date: string): Promise<RosterRow[]> =>
  db.$queryRaw<RosterRow[]>`
    select r.student_user_id as "studentUserId", u.first_name as "firstName", u.last_name as "lastName",
           u.preferred_name as "preferredName", r.roll_no as "rollNo", r.enrollment_id as "enrollmentId",
           r.membership_id as "membershipId", r.joined_on::text as "joinedOn", r.left_on::text as "leftOn"
      from (${rosterSql(sectionId, date)}) r join app_user u on u.id = r.student_user_id
     order by r.roll_no nulls last, u.sort_name, u.id`
