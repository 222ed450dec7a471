import type { Reach } from '#src/auth/reach.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import { attendanceCounts } from '#src/modules/attendance/attendance.queries.ts'
import { placesSql, rosterSql } from '#src/modules/sections/roster.queries.ts'

/**
 * These statements give rows as the contract writes them, times as text, so that a screen of several lists can be one
 * statement: out of JSON, PostgreSQL's own spelling of a time would come.
 */
export const instantSql = (time: Prisma.Sql) =>
  Prisma.sql`to_char(${time} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`

/** Columns of a section `s` and a subject `b`. */
export const sectionAndSubject = Prisma.sql`
  json_build_object('id', s.id, 'name', s.name, 'kind', s.kind) as section,
  case when b.id is not null then json_build_object('id', b.id, 'code', b.code, 'name', b.name) end as subject`

/** The names of the person `u` inside a JSON object. */
export const namesInJson = Prisma.sql`
  'firstName', u.first_name, 'lastName', u.last_name, 'preferredName', u.preferred_name`

interface Days {
  from: string
  to: string
}

/** Sessions by time. `columns` begins with a comma. */
const sessionsSql = (
  { from, to }: Days,
  { columns, joins, mine }: Record<'columns' | 'joins' | 'mine', Prisma.Sql>,
) => Prisma.sql`
  select c.id, c.kind, ${instantSql(Prisma.sql`c.starts_at`)} as "startsAt", ${instantSql(Prisma.sql`c.ends_at`)} as "endsAt",
         c.local_date::text as "localDate", c.status, ${sectionAndSubject},
         case when o.id is not null then json_build_object('id', o.id, 'code', o.code, 'name', o.name) end as room,
         (select coalesce(json_agg(json_build_object('teacherUserId', u.id, 'role', t.duty, ${namesInJson})
                                   order by t.duty, u.sort_name, u.id), '[]')
            from session_teacher t join app_user u on u.id = t.teacher_user_id
           where t.class_session_id = c.id) as teachers
         ${columns}
    from class_session c
    join section s on s.id = c.section_id
    left join subject b on b.id = c.subject_id
    left join room o on o.id = c.room_id
    ${joins}
   where c.local_date between ${from}::date and ${to}::date and ${mine}
   order by c.starts_at, c.id`

/** Of the sections in which the pupil is, groups too, on that day; with the pupil's own mark. */
export const sessionsOfStudent = (studentId: string, days: Days) =>
  sessionsSql(days, {
    columns: Prisma.sql`
      , null::text as "cancelReason", null::text as "registerTakenAt",
      case when e.id is not null then json_build_object(
        'status', e.status, 'name', k.name, 'countsPresent', k.counts_present, 'countsPossible', k.counts_possible,
        'minutesLate', e.minutes_late) end as mark`,
    joins: Prisma.sql`
      left join attendance_entry e on e.class_session_id = c.id and e.student_user_id = ${studentId}::uuid
      left join attendance_code k on k.code = e.status`,
    mine: Prisma.sql`exists (
      select from (${placesSql}) p
       where p.student_user_id = ${studentId}::uuid and p.section_id = c.section_id
         and p.joined_on <= c.local_date and c.local_date < p.left_on)`,
  })

const ofStaff = Prisma.sql`
  , c.cancel_reason as "cancelReason", ${instantSql(Prisma.sql`c.register_taken_at`)} as "registerTakenAt",
  null::json as mark`

/** Those whose registers are the teacher's to take: see `isOfTeacher`. */
export const sessionsOfTeacher = (teacherId: string, reach: Reach, days: Days) =>
  sessionsSql(days, {
    columns: ofStaff,
    joins: Prisma.empty,
    mine: isOfTeacher(teacherId, reach),
  })

/**
 * The sessions of today, and those of the days before that are over and have somebody on the roster without an entry; with
 * what stands in each register.
 */
export const registersOfTeacher = (
  teacherId: string,
  reach: Reach,
  { from, today, now }: { from: string; today: string; now: Date },
) =>
  sessionsSql(
    { from, to: today },
    {
      columns: Prisma.sql`
        ${ofStaff}, json_build_object('rosterSize', g.roster_size, 'marked', g.marked, 'present', g.present,
          'absent', g.absent, 'late', g.late, 'excused', g.excused) as register,
        ${isMissing(now)} as "isMissing"`,
      joins: Prisma.sql`
        cross join lateral (
          select count(*)::int as roster_size, count(e.id)::int as marked, ${attendanceCounts}
            from (${rosterSql(Prisma.sql`c.section_id`, Prisma.sql`c.local_date`)}) r
            left join attendance_entry e on e.class_session_id = c.id and e.student_user_id = r.student_user_id
            left join attendance_code k on k.code = e.status
        ) g`,
      mine: Prisma.sql`${isOfTeacher(teacherId, reach)} and (c.local_date = ${today}::date or ${isMissing(now)})`,
    },
  )

/** What GET /attendance/missing lists. */
const isMissing = (now: Date) => Prisma.sql`
  (c.status <> 'CANCELLED' and c.ends_at <= ${now.toISOString()}::timestamptz and g.marked < g.roster_size)`

/**
 * Sessions on which the teacher is, and those on which nobody is in a section that the teacher has that day as class teacher or
 * by a teaching assignment (of that subject, where both name one). Inside the reach, so that each can be opened.
 */
function isOfTeacher(teacherId: string, reach: Reach): Prisma.Sql {
  const taught = reach.everything
    ? Prisma.sql`true`
    : Prisma.sql`c.section_id = any(${reach.sectionIds}::uuid[])`
  // Over no rows bool_or() is null: nobody is on it. Asked session by session: an EXISTS would be hashed over all of them.
  return Prisma.sql`${taught} and coalesce(
    (select bool_or(t.teacher_user_id = ${teacherId}::uuid) from session_teacher t where t.class_session_id = c.id),
    s.class_teacher_id = ${teacherId}::uuid or exists (
      select from teaching_assignment a
       where a.teacher_user_id = ${teacherId}::uuid and a.section_id = c.section_id
         and a.academic_year_id = c.academic_year_id and a.starts_on <= c.local_date
         and (a.ends_on is null or a.ends_on >= c.local_date)
         and (a.subject_id is null or c.subject_id is null or a.subject_id = c.subject_id)))`
}
