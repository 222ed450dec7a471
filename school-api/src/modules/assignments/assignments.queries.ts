import { decodeCursor } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { type Reach, reachOf } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import { type Assignment, Prisma } from '#src/generated/prisma/client.ts'
import type { AssignmentList } from './assignments.schema.ts'

const columns = Prisma.sql`
  a.id, a.section_id as "sectionId", a.academic_year_id as "academicYearId", a.subject_id as "subjectId", a.title,
  a.description, a.due_at as "dueAt", a.max_marks as "maxMarks", a.status, a.created_by_id as "createdById", a.version,
  a.created_at as "createdAt", a.updated_at as "updatedAt"`

/** One page, newest first, with a row more than asked for; and how many there are, when that was asked. */
export async function listVisibleAssignments(db: DbOrTx, actor: Actor, query: AssignmentList) {
  const filter = Prisma.sql`
    ${isVisible(actor, await reachOf(db, actor))}
    and (${query.sectionId ?? null}::uuid is null or a.section_id = ${query.sectionId ?? null}::uuid)
    and (${query.status ?? null}::"AssignmentStatus" is null or a.status = ${query.status ?? null}::"AssignmentStatus")`
  const [rows, total] = await Promise.all([
    db.$queryRaw<Assignment[]>`
      select ${columns} from assignment a
       where ${filter} and ${isAfter(query.cursor)}
       order by a.created_at desc, a.id desc
       limit ${query.limit + 1}`,
    query.count
      ? db.$queryRaw<{ count: number }[]>`
          select count(*)::int as count from assignment a where ${filter}`
      : undefined,
  ])
  return { rows, total: total?.[0]?.count }
}

/** The assignment, when it is the actor's to see. */
export async function findVisibleAssignment(
  db: DbOrTx,
  actor: Actor,
  id: string,
): Promise<Assignment | undefined> {
  const [row] = await db.$queryRaw<Assignment[]>`
    select ${columns} from assignment a
     where a.id = ${id}::uuid and ${isVisible(actor, await reachOf(db, actor))}`
  return row
}

function isAfter(cursor: string | undefined): Prisma.Sql {
  if (cursor === undefined) return Prisma.sql`true`
  const [createdAt, id] = decodeCursor(cursor, ['time', 'uuid'])
  return Prisma.sql`(a.created_at, a.id) < (${createdAt}::timestamptz, ${id}::uuid)`
}

/**
 * Teachers see those of sections taught. A pupil sees those of a section in which the pupil was at any time from the day it was
 * given to the day it is due: somebody who came later has no part in it, somebody who left keeps what was done. `a` is the assignment.
 */
export function isVisible(actor: Actor, reach: Reach): Prisma.Sql {
  if (reach.everything) return Prisma.sql`true`
  if (actor.scope === 'taught') return Prisma.sql`a.section_id = any(${reach.sectionIds}::uuid[])`
  // The first line says nothing new, but has an index.
  return Prisma.sql`a.section_id = any(array(select section_id from (${membershipsOf(reach.studentIds)}) m)) and exists (
    select 1 from (${membershipsOf(reach.studentIds)}) m, (${openDaysOfAssignment}) open
     where m.section_id = a.section_id and m.academic_year_id = a.academic_year_id
       and daterange(m.joined_on, m.left_on, '[)') && open.days)`
}

const membershipsOf = (studentIds: string[]) => Prisma.sql`
  select section_id, academic_year_id, joined_on, left_on from student_enrollment
   where student_user_id = any(${studentIds}::uuid[])
  union all
  select section_id, academic_year_id, joined_on, left_on from group_membership
   where student_user_id = any(${studentIds}::uuid[])`

// What was due before it was entered here was open from then on; without a due date it stays open.
const openDaysOfAssignment = Prisma.sql`
  select daterange(
           least((a.created_at at time zone timezone)::date, (a.due_at at time zone timezone)::date),
           case when a.due_at is not null
             then greatest((a.created_at at time zone timezone)::date, (a.due_at at time zone timezone)::date) end,
           '[]') as days
    from school_settings`

/** The year in which a due date lies; without one the current year. */
export async function findYearOfAssignment(
  db: DbOrTx,
  dueAt: string | null,
): Promise<{ id: string } | undefined> {
  const [year] = await db.$queryRaw<{ id: string }[]>`
    select y.id from academic_year y, school_settings s
     where case when ${dueAt}::timestamptz is null then y.is_current
                else (${dueAt}::timestamptz at time zone s.timezone)::date between y.starts_on and y.ends_on end`
  return year
}
