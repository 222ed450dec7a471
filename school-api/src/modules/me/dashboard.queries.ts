import type { Actor } from '#src/auth/actor.ts'
import type { Reach } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import {
  announcedTo,
  isOut,
  isUnread,
  joinOwnRead,
} from '#src/modules/announcements/announcements.queries.ts'
import {
  type AttendanceCounts,
  attendanceCounts,
  isAbsence,
  missingSql,
} from '#src/modules/attendance/attendance.queries.ts'
import type {
  AnnouncementsPart,
  OfficePart,
  SessionWithRegister,
  StudentPart,
} from './dashboard.schema.ts'
import type { OwnChild } from './me.schema.ts'
import { ownAssignmentsSql } from './own-assignments.queries.ts'
import {
  instantSql,
  namesInJson,
  registersOfTeacher,
  sessionsOfStudent,
} from './own-sessions.queries.ts'
import { homeroomOn, pupilsSql } from './own-students.queries.ts'

const NEWEST = 50
const SHOWN_ANNOUNCEMENTS = 5
const SHOWN_ASSIGNMENTS = 5
const SHOWN_ABSENTEES = 10

/** A list inside the one row of a screen; the order is the list's own. */
const asJson = (rows: Prisma.Sql) =>
  Prisma.sql`(select coalesce(json_agg(l), '[]') from (${rows}) l)`

export interface FamilyScreen extends Pick<StudentPart, 'sessions' | 'assignments'> {
  children: OwnChild[]
  /** The first day that is counted. */
  from: string
  /** One row a week that has entries, and the one without a week over all of them. */
  attendance: (AttendanceCounts & { week: string | null })[]
}

/** Keeps the planner from reading every entry of the year where it cannot know how few days are asked for. */
const ASKED_FIRST = Prisma.sql`offset 0`

interface Screen {
  actor: Actor
  reach: Reach
  now: Date
}

/** Everything about one pupil, and a parent's children. One statement. */
export async function readFamilyScreen(
  db: DbOrTx,
  { actor, reach, now }: Screen,
  pupilId: string,
): Promise<FamilyScreen> {
  const { today } = actor
  const childIds = actor.scope === 'child' && !reach.everything ? reach.studentIds : []
  // As at GET /students/:id/attendance where no date is named.
  const from = Prisma.sql`
    (select least((select starts_on from academic_year where is_current), ${today}::date))`
  const assignments = ownAssignmentsSql(
    { actor, reach, pupilId, now },
    { show: 'open', limit: SHOWN_ASSIGNMENTS },
  )
  const [screen] = await db.$queryRaw<FamilyScreen[]>`
    select ${asJson(pupilsSql(childIds, today))} as children,
           ${asJson(sessionsOfStudent(pupilId, { from: today, to: today }))} as sessions,
           ${from}::text as "from",
           ${asJson(Prisma.sql`
             select date_trunc('week', c.local_date::timestamp)::date::text as week, ${attendanceCounts}
               from (select class_session_id, status from attendance_entry
                      where student_user_id = ${pupilId}::uuid ${ASKED_FIRST}) e
               join class_session c on c.id = e.class_session_id
               join attendance_code k on k.code = e.status
              where c.local_date between ${from} and ${today}::date
              group by grouping sets ((date_trunc('week', c.local_date::timestamp)), ())`)} as attendance,
           ${asJson(assignments)} as assignments`
  if (!screen) throw new Error('a select without a table gives one row')
  return screen
}

/** Today's sessions of a teacher with their registers, and registers not taken since `from`. One statement. */
export const readTeacherScreen = (
  db: DbOrTx,
  { actor, reach, now }: Screen,
  from: string,
): Promise<(SessionWithRegister & { isMissing: boolean })[]> =>
  db.$queryRaw(registersOfTeacher(actor.userId, reach, { from, today: actor.today, now }))

/** The numbers of the whole school. One statement. */
export async function readOfficeScreen(
  db: DbOrTx,
  { actor: { today }, reach, now }: Screen,
): Promise<OfficePart> {
  type AbsenteeRow = OfficePart['absentees']['items'][number] & { count: number }
  type Row = Pick<OfficePart, 'counts' | 'sessions'> & { absentees: AbsenteeRow[] }
  const [row] = await db.$queryRaw<Row[]>`
    select (select json_build_object(
              'students', count(*) filter (where role = 'STUDENT'), 'teachers', count(*) filter (where role = 'TEACHER'),
              'sections', (select count(*) from section))
              from app_user where is_active and role in ('STUDENT', 'TEACHER')) as counts,
           (select json_build_object(
              'scheduled', count(*) filter (where status <> 'CANCELLED'),
              'cancelled', count(*) filter (where status = 'CANCELLED'),
              'taken', count(register_taken_at) filter (where status <> 'CANCELLED'),
              'missing', (select count(*) from (${missingSql(reach, today, now)}) m))
              from class_session where local_date = ${today}::date) as sessions,
           ${asJson(Prisma.sql`
             select u.id as "studentUserId", u.first_name as "firstName", u.last_name as "lastName",
                    u.preferred_name as "preferredName", ${homeroomOn(today)} as "sectionName", a.sessions, a.count
               from (select e.student_user_id, count(*) as sessions, count(*) over () as count
                       from class_session c
                       cross join lateral (select student_user_id, status from attendance_entry
                                            where class_session_id = c.id ${ASKED_FIRST}) e
                       join attendance_code k on k.code = e.status
                      where c.local_date = ${today}::date and ${isAbsence}
                      group by e.student_user_id) a
               join app_user u on u.id = a.student_user_id
              order by u.sort_name, u.id limit ${SHOWN_ABSENTEES}`)} as absentees`
  if (!row) throw new Error('a select without a table gives one row')
  const { absentees, ...numbers } = row
  return { ...numbers, absentees: { count: absentees[0]?.count ?? 0, items: absentees } }
}

/** What is announced to the actor and out now. One statement. */
export async function readAnnouncements(
  db: DbOrTx,
  { actor, reach, now }: Screen,
): Promise<AnnouncementsPart> {
  const rows = await db.$queryRaw<(AnnouncementsPart['items'][number] & { unread: number })[]>`
    select a.id, a.title, a.body, ${instantSql(Prisma.sql`a.publish_at`)} as "publishAt",
           json_build_object('userId', u.id, ${namesInJson}) as author,
           ${instantSql(Prisma.sql`own.read_at`)} as "readAt",
           count(*) filter (where ${isUnread(actor)}) over ()::int as unread
      from (select * from announcement a where ${announcedTo(reach, actor, now)} and ${isOut(now)}
             order by a.publish_at desc, a.id desc limit ${NEWEST}) a
      join app_user u on u.id = a.author_id
      ${joinOwnRead(actor)}
     order by ${isUnread(actor)} desc, a.publish_at desc, a.id desc
     limit ${SHOWN_ANNOUNCEMENTS}`
  return { unread: rows[0]?.unread ?? 0, items: rows }
}
