import { decodeCursor } from '@usms/service-kit/http/list'
import type { Reach } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { SessionKind } from '#src/generated/prisma/enums.ts'
import { rosterSql } from '#src/modules/sections/roster.queries.ts'
import { nameColumns } from '#src/modules/sessions/session-answer.ts'
import type { MissingAnswer } from './attendance.schema.ts'

interface PageRequest {
  limit: number
  cursor?: string | undefined
}

export interface Range {
  from: string
  to: string
}

/** The first day of the current year, if there is one. */
export async function currentYearStart(db: DbOrTx): Promise<Date | undefined> {
  const year = await db.academicYear.findFirst({
    where: { isCurrent: true },
    select: { startsOn: true },
  })
  return year?.startsOn
}

export interface AttendanceCounts {
  present: number
  absent: number
  late: number
  excused: number
  percentage: number | null
}

/** `e` is an entry and `k` its code; of nobody's entry it says null. */
export const isAbsence = Prisma.sql`(not k.counts_present and k.counts_possible and e.status <> 'LATE')`

/**
 * The one place where attendance is counted: columns of `AttendanceCounts` over entries `e` and their codes `k`. What each is
 * stands at the contract.
 */
export const attendanceCounts = Prisma.sql`
  count(*) filter (where e.status = 'LATE')::int as late,
  count(*) filter (where k.counts_present and e.status <> 'LATE')::int as present,
  count(*) filter (where ${isAbsence})::int as absent,
  count(*) filter (where not k.counts_present and not k.counts_possible and e.status <> 'LATE')::int as excused,
  round(100.0 * count(*) filter (where k.counts_present)
        / nullif(count(*) filter (where k.counts_possible), 0), 2)::float8 as percentage`

/** Over the whole range. */
export async function countAttendance(
  db: DbOrTx,
  studentId: string,
  { from, to }: Range,
): Promise<AttendanceCounts> {
  const [counts] = await db.$queryRaw<AttendanceCounts[]>`
    select ${attendanceCounts}
      from attendance_entry e
      join class_session c on c.id = e.class_session_id
      join attendance_code k on k.code = e.status
     where e.student_user_id = ${studentId}::uuid and c.local_date between ${from}::date and ${to}::date`
  if (!counts) throw new Error('an aggregate gives one row')
  return counts
}

export interface EntryRow {
  id: string
  classSessionId: string
  studentUserId: string
  status: string
  minutesLate: number | null
  note: string | null
  markedByUserId: string
  markedAt: Date
  byOffice: boolean
}

export interface SessionOfEntry {
  sectionId: string
  sectionName: string
  kind: SessionKind
  subjectId: string | null
  startsAt: Date
  endsAt: Date
  localDate: Date
}

/** The names that a list of entries shows. */
export interface NamesOfEntry {
  code: { name: string; countsPresent: boolean; countsPossible: boolean }
  subject: { id: string; code: string; name: string } | null
}

/** A student's entries with their sessions, newest session first. One row more than the page has. */
export function studentEntries(
  db: DbOrTx,
  studentId: string,
  { from, to }: Range,
  { limit, cursor }: PageRequest,
): Promise<(EntryRow & SessionOfEntry & NamesOfEntry)[]> {
  const [startsAt, id] = cursor === undefined ? [] : decodeCursor(cursor, ['time', 'uuid'])
  const older =
    cursor === undefined
      ? Prisma.empty
      : Prisma.sql`and (c.starts_at, e.id) < (${startsAt}::timestamptz, ${id}::uuid)`
  return db.$queryRaw`
    select e.id, e.class_session_id as "classSessionId", e.student_user_id as "studentUserId", e.status,
           e.minutes_late as "minutesLate", e.note, e.marked_by_user_id as "markedByUserId", e.marked_at as "markedAt",
           e.by_office as "byOffice", c.section_id as "sectionId", s.name as "sectionName", c.kind,
           c.subject_id as "subjectId", c.starts_at as "startsAt", c.ends_at as "endsAt", c.local_date as "localDate",
           json_build_object('name', k.name, 'countsPresent', k.counts_present, 'countsPossible', k.counts_possible) as code,
           case when b.id is not null then json_build_object('id', b.id, 'code', b.code, 'name', b.name) end as subject
      from attendance_entry e
      join class_session c on c.id = e.class_session_id
      join section s on s.id = c.section_id
      join attendance_code k on k.code = e.status
      left join subject b on b.id = c.subject_id
     where e.student_user_id = ${studentId}::uuid and c.local_date between ${from}::date and ${to}::date ${older}
     order by c.starts_at desc, e.id desc
     limit ${limit + 1}`
}

export type MissingRow = SessionOfEntry &
  Pick<
    MissingAnswer,
    'classSessionId' | 'subject' | 'room' | 'teachers' | 'rosterSize' | 'unmarked'
  >

/** Sessions of a date that are over and whose roster has somebody without an entry, by time. */
export const missingSql = (reach: Reach, date: string, now: Date) => Prisma.sql`
    select c.id, count(*)::int as roster_size, (count(*) - count(e.id))::int as unmarked
      from class_session c
      cross join lateral (${rosterSql(Prisma.sql`c.section_id`, Prisma.sql`c.local_date`)}) r
      left join attendance_entry e on e.class_session_id = c.id and e.student_user_id = r.student_user_id
     where c.local_date = ${date}::date and c.status <> 'CANCELLED'
       and c.ends_at <= ${now.toISOString()}::timestamptz
       ${reach.everything ? Prisma.empty : Prisma.sql`and c.section_id = any(${reach.sectionIds}::uuid[])`}
     group by c.id
    having count(e.id) < count(*)`

/** One row more than the page has. */
export function missingRegisters(
  db: DbOrTx,
  { reach, date, now }: { reach: Reach; date: string; now: Date },
  { limit, cursor }: PageRequest,
): Promise<MissingRow[]> {
  const [startsAt, id] = cursor === undefined ? [] : decodeCursor(cursor, ['time', 'uuid'])
  const later =
    cursor === undefined
      ? Prisma.empty
      : Prisma.sql`where (c.starts_at, c.id) > (${startsAt}::timestamptz, ${id}::uuid)`
  return db.$queryRaw`
    select c.id as "classSessionId", c.section_id as "sectionId", s.name as "sectionName", c.kind,
           c.subject_id as "subjectId", c.starts_at as "startsAt", c.ends_at as "endsAt", c.local_date as "localDate",
           m.roster_size as "rosterSize", m.unmarked, ${nameColumns}
      from (${missingSql(reach, date, now)}) m
      join class_session c on c.id = m.id
      join section s on s.id = c.section_id
     ${later}
     order by c.starts_at, c.id
     limit ${limit + 1}`
}

export async function countMissingRegisters(
  db: DbOrTx,
  { reach, date, now }: { reach: Reach; date: string; now: Date },
): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from (${missingSql(reach, date, now)}) m`
  return row?.count ?? 0
}
