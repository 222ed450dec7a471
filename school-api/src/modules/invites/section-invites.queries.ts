import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { Role } from '#src/generated/prisma/enums.ts'

interface Name {
  firstName: string
  lastName: string | null
  preferredName: string | null
}

export interface InvitedRow extends Name {
  id: string
  role: Role
  username: string
}

export type InvitedStudentRow = InvitedRow & { rollNo: number | null }
export type InvitedGuardianRow = InvitedRow & { children: ({ studentUserId: string } & Name)[] }

interface Wanted {
  sectionId: string
  /** The school's calendar date. */
  today: string
  onlyNew: boolean
}

/**
 * Active students of a section, those about to join included, in a year that is not over; each once, with the roll number they
 * have first. `isInSection` of the students' list, with the seat.
 */
const seatsSql = (sectionId: string, today: string) => Prisma.sql`
    select distinct on (m.student_user_id) m.student_user_id, m.roll_no
      from (
        select student_user_id, section_id, academic_year_id, joined_on, left_on, roll_no from student_enrollment
        union all
        select student_user_id, section_id, academic_year_id, joined_on, left_on, null::int from group_membership
      ) m
      join academic_year y on y.id = m.academic_year_id
      join app_user s on s.id = m.student_user_id and s.is_active
     where m.section_id = ${sectionId}::uuid and y.ends_on >= ${today}::date
       and (m.left_on is null or m.left_on > ${today}::date)
     order by m.student_user_id, m.joined_on`

const isNew = (onlyNew: boolean) =>
  onlyNew ? Prisma.sql`u.last_login_at is null` : Prisma.sql`true`

/**
 * The accounts are locked, in one order for everybody, until the transaction ends: whoever is deactivated meanwhile gets no
 * invite, and two who issue at once end with one open invite a person. Two statements: rows that are locked cannot be sorted by
 * what may change while their lock is waited for.
 */
async function lockActive(tx: DbOrTx, ids: Prisma.Sql, onlyNew: boolean): Promise<string[]> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    select u.id from app_user u
     where u.id in (${ids}) and u.is_active and ${isNew(onlyNew)}
     order by u.id for no key update of u`
  return rows.map(({ id }) => id)
}

export async function lockStudentsOf(
  tx: DbOrTx,
  { sectionId, today, onlyNew }: Wanted,
): Promise<InvitedStudentRow[]> {
  const seats = seatsSql(sectionId, today)
  const ids = await lockActive(tx, Prisma.sql`select student_user_id from (${seats}) s`, onlyNew)
  return tx.$queryRaw<InvitedStudentRow[]>`
    select u.id, u.role, u.username, u.first_name as "firstName", u.last_name as "lastName",
           u.preferred_name as "preferredName", s.roll_no as "rollNo"
      from (${seats}) s join app_user u on u.id = s.student_user_id
     where u.id = any(${ids}::uuid[])
     order by s.roll_no nulls last, u.sort_name, u.id`
}

export async function lockGuardiansOf(
  tx: DbOrTx,
  { sectionId, today, onlyNew }: Wanted,
): Promise<InvitedGuardianRow[]> {
  const seats = seatsSql(sectionId, today)
  const ids = await lockActive(
    tx,
    Prisma.sql`
      select l.guardian_user_id from (${seats}) s join guardian_link l on l.student_user_id = s.student_user_id`,
    onlyNew,
  )
  return tx.$queryRaw<InvitedGuardianRow[]>`
    select u.id, u.role, u.username, u.first_name as "firstName", u.last_name as "lastName",
           u.preferred_name as "preferredName",
           jsonb_agg(jsonb_build_object(
             'studentUserId', c.id, 'firstName', c.first_name, 'lastName', c.last_name, 'preferredName', c.preferred_name)
             order by s.roll_no nulls last, c.sort_name, c.id) as children
      from (${seats}) s
      join app_user c on c.id = s.student_user_id
      join guardian_link l on l.student_user_id = c.id
      join app_user u on u.id = l.guardian_user_id
     where u.id = any(${ids}::uuid[])
     group by u.id
     order by min(s.roll_no) nulls last, min(c.sort_name), u.sort_name, u.id`
}
