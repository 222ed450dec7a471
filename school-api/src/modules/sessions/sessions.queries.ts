import { type InputIssue, unprocessable } from '@usms/service-kit/errors/app-error'
import { decodeCursor } from '@usms/service-kit/http/list'
import type { Reach } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { SectionKind } from '#src/generated/prisma/enums.ts'
import { rosterSql } from '#src/modules/sections/roster.queries.ts'
import { type SessionColumns, sessionColumns } from './session-answer.ts'
import type { SessionList, SessionWithWarnings } from './sessions.schema.ts'

/** One session. Who may see it is asked beside it: by `reachesSection`. */
export async function findSession(db: DbOrTx, id: string): Promise<SessionColumns | undefined> {
  const [row] = await db.$queryRaw<SessionColumns[]>`
    select ${sessionColumns} from class_session c where c.id = ${id}::uuid`
  return row
}

/** By time, one row more than the page has. One statement. */
export function findSessions(
  db: DbOrTx,
  reach: Reach,
  query: SessionList,
): Promise<SessionColumns[]> {
  const [startsAt, id] =
    query.cursor === undefined ? [] : decodeCursor(query.cursor, ['time', 'uuid'])
  const later =
    query.cursor === undefined
      ? Prisma.empty
      : Prisma.sql`and (c.starts_at, c.id) > (${startsAt}::timestamptz, ${id}::uuid)`
  return db.$queryRaw<SessionColumns[]>`
    select ${sessionColumns} from class_session c where ${isAsked(reach, query)} ${later}
     order by c.starts_at, c.id limit ${query.limit + 1}`
}

export async function countSessions(db: DbOrTx, reach: Reach, query: SessionList): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from class_session c where ${isAsked(reach, query)}`
  return row?.count ?? 0
}

function isAsked(
  reach: Reach,
  { sectionId, teacherId, roomId, status, taken, from, to }: SessionList,
): Prisma.Sql {
  const conditions = [
    reach.everything ? null : Prisma.sql`c.section_id = any(${reach.sectionIds}::uuid[])`,
    sectionId && Prisma.sql`c.section_id = ${sectionId}::uuid`,
    roomId && Prisma.sql`c.room_id = ${roomId}::uuid`,
    teacherId &&
      Prisma.sql`c.id in (select t.class_session_id from session_teacher t where t.teacher_user_id = ${teacherId}::uuid)`,
    status && Prisma.sql`c.status = ${status}::"SessionStatus"`,
    taken !== undefined && Prisma.sql`(c.register_taken_at is not null) = ${taken}`,
    from && Prisma.sql`c.local_date >= ${from}::date`,
    to && Prisma.sql`c.local_date <= ${to}::date`,
  ].filter((condition) => condition instanceof Prisma.Sql)
  return conditions.length === 0 ? Prisma.sql`true` : Prisma.join(conditions, ' and ')
}

/** What a session refers to, with the path each id came by. */
export interface SessionReferences {
  sectionId: string
  subjectId: string | null | undefined
  roomId: string | null | undefined
  teachers: readonly { id: string; path: string }[]
}

/**
 * One statement for all that a session refers to.
 * @throws AppError 422 `unknown_reference` naming each id that leads nowhere
 */
export async function checkReferences(
  tx: DbOrTx,
  { sectionId, subjectId, roomId, teachers }: SessionReferences,
): Promise<{ sectionKind: SectionKind }> {
  const [found] = await tx.$queryRaw<
    { sectionKind: SectionKind | null; subject: boolean; room: boolean; teacherIds: string[] }[]
  >`
    select (select kind from section where id = ${sectionId}::uuid) as "sectionKind",
           exists (select 1 from subject where id = ${subjectId ?? null}::uuid) as subject,
           exists (select 1 from room where id = ${roomId ?? null}::uuid) as room,
           array(select t.user_id from teacher_profile t join app_user u on u.id = t.user_id
                  where t.user_id = any(${teachers.map(({ id }) => id)}::uuid[]) and u.is_active) as "teacherIds"`
  const issues: InputIssue[] = []
  const sectionKind = found?.sectionKind
  if (!sectionKind) issues.push({ path: 'sectionId', message: 'no such section' })
  if (subjectId && !found?.subject) issues.push({ path: 'subjectId', message: 'no such subject' })
  if (roomId && !found?.room) issues.push({ path: 'roomId', message: 'no such room' })
  for (const { id, path } of teachers)
    if (!found?.teacherIds.includes(id)) issues.push({ path, message: 'no such active teacher' })
  if (!sectionKind || issues.length > 0)
    throw unprocessable('unknown_reference', 'The session refers to something that is not there', {
      issues,
    })
  return { sectionKind }
}

/**
 * The year that both dates lie in. Its row is share-locked: it cannot be shortened below the session before that is kept.
 * @throws AppError 422 `outside_year`
 */
export async function yearOf(tx: DbOrTx, firstDate: string, lastDate: string): Promise<string> {
  const [year] = await tx.$queryRaw<{ id: string }[]>`
    select id from academic_year
     where starts_on <= ${firstDate}::date and ends_on >= ${lastDate}::date for share`
  if (!year)
    throw unprocessable('outside_year', 'A session lies inside an academic year', {
      issues: [{ path: 'startsAt', message: 'is in no academic year' }],
    })
  return year.id
}

/** Locks a session against everybody who changes it or its register. False when there is none. */
export async function lockSession(tx: DbOrTx, id: string): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    select 1 from class_session where id = ${id}::uuid for update`
  return rows.length > 0
}

type DoubleBooked = SessionWithWarnings['warnings'][number]['students']

/** Students of each session, by name, who at that time are on the roster of another one too. One statement. */
export async function doubleBookedStudents(
  tx: DbOrTx,
  sessionIds: readonly string[],
): Promise<Map<string, DoubleBooked>> {
  // By way of the other sections of each student, of which there are few, and not of all lessons of that hour.
  const rows = await tx.$queryRaw<{ sessionId: string; students: DoubleBooked }[]>`
    select twice.session_id as "sessionId",
           json_agg(json_build_object('studentUserId', u.id, 'firstName', u.first_name, 'lastName', u.last_name,
                      'preferredName', u.preferred_name) order by u.sort_name, u.id) as students
      from (select distinct c.id as session_id, here.student_user_id
      from class_session c
      cross join lateral (${rosterSql(Prisma.sql`c.section_id`, Prisma.sql`c.local_date`)}) here
      join lateral (
        select section_id from student_enrollment where student_user_id = here.student_user_id
        union
        select section_id from group_membership where student_user_id = here.student_user_id
      ) place on place.section_id <> c.section_id
      join class_session o on o.section_id = place.section_id and o.status <> 'CANCELLED'
           and o.starts_at < c.ends_at and o.ends_at > c.starts_at
           -- Says nothing new (a session lasts a day at most), but has an index.
           and o.local_date between c.local_date - 2 and c.local_date + 2
     where c.id = any(${[...sessionIds]}::uuid[])
       and here.student_user_id in (
         select there.student_user_id
           from (${rosterSql(Prisma.sql`o.section_id`, Prisma.sql`o.local_date`)}) there)
           ) twice
      join app_user u on u.id = twice.student_user_id
     group by twice.session_id`
  return new Map(rows.map((row) => [row.sessionId, row.students]))
}
