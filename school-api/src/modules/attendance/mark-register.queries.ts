import { toDate } from '@usms/service-kit/http/fields'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { SessionStatus } from '#src/generated/prisma/enums.ts'
import { rosterSql } from '#src/modules/sections/roster.queries.ts'
import type { Mark } from './attendance.schema.ts'
import type { MarkFacts, MarkPlan } from './mark-plan.ts'

type Tx = Prisma.TransactionClient

export interface SessionToMark {
  id: string
  sectionId: string
  status: SessionStatus
  startsAt: Date
  localDate: Date
  teachers: { teacherUserId: string }[]
  correctionDays: number
}

/** Locks the session, and reads in a second statement what must not be older than the lock. */
export async function sessionToMark(tx: Tx, id: string): Promise<SessionToMark | undefined> {
  await tx.$queryRaw`select 1 from class_session where id = ${id}::uuid for update`
  const [row] = await tx.$queryRaw<SessionToMark[]>`
    select c.id, c.section_id as "sectionId", c.status, c.starts_at as "startsAt", c.local_date as "localDate",
           (select coalesce(json_agg(json_build_object('teacherUserId', t.teacher_user_id)), '[]')
              from session_teacher t where t.class_session_id = c.id) as teachers,
           (select correction_days from school_settings) as "correctionDays"
      from class_session c where c.id = ${id}::uuid`
  return row
}

/** What is known about each entry of a call, in its order. One statement. */
export const markFacts = (
  tx: Tx,
  { id, sectionId, localDate }: SessionToMark,
  marks: readonly Mark[],
): Promise<MarkFacts[]> => {
  const given = JSON.stringify(
    marks.map(({ studentUserId, status }, n) => ({ n, student_user_id: studentUserId, status })),
  )
  return tx.$queryRaw<MarkFacts[]>`
    select r.student_user_id is not null as "onRoster",
           case when k.code is not null
                then json_build_object('isActive', k.is_active, 'takesMinutes', k.takes_minutes) end as code,
           case when e.id is not null
                then json_build_object('status', e.status, 'minutesLate', e.minutes_late, 'note', e.note,
                                       'byOffice', e.by_office, 'markedAt', e.marked_at,
                                       'markedByUserId', e.marked_by_user_id) end as existing
      from jsonb_to_recordset(${given}::jsonb) as g (n int, student_user_id uuid, status text)
      left join (${rosterSql(sectionId, toDate(localDate))}) r on r.student_user_id = g.student_user_id
      left join attendance_code k on k.code = g.status
      left join attendance_entry e on e.class_session_id = ${id}::uuid and e.student_user_id = g.student_user_id
     order by g.n`
}

interface MarkedAs {
  classSessionId: string
  markedByUserId: string
  byOffice: boolean
  at: Date
  reason: string | null
}

/** New entries, corrections and the history of the corrections, in one statement. */
export async function saveMarks(
  tx: Tx,
  writes: MarkPlan['writes'],
  { classSessionId, markedByUserId, byOffice, at, reason }: MarkedAs,
): Promise<void> {
  const given = JSON.stringify(
    writes.map(({ studentUserId, status, minutesLate, note }) => ({
      student_user_id: studentUserId,
      status,
      minutes_late: minutesLate,
      note,
    })),
  )
  // The history joins the table as it was before the statement: the values that are corrected.
  await tx.$executeRaw`
    with given as (
      select * from jsonb_to_recordset(${given}::jsonb)
        as g (student_user_id uuid, status text, minutes_late int, note text)
    ), saved as (
      insert into attendance_entry
             (class_session_id, student_user_id, status, minutes_late, note, marked_by_user_id, by_office, marked_at)
      select ${classSessionId}::uuid, student_user_id, status, minutes_late, note, ${markedByUserId}::uuid,
             ${byOffice}, ${at.toISOString()}::timestamptz
        from given
          on conflict (class_session_id, student_user_id) do update
         set status = excluded.status, minutes_late = excluded.minutes_late, note = excluded.note,
             marked_by_user_id = excluded.marked_by_user_id, by_office = excluded.by_office,
             marked_at = excluded.marked_at
    )
    insert into attendance_change (entry_id, changed_at, changed_by_user_id, from_marked_by_user_id, from_marked_at,
                                   from_status, to_status,
                                   from_minutes_late, to_minutes_late, from_note, to_note, reason)
    select e.id, ${at.toISOString()}::timestamptz, ${markedByUserId}::uuid, e.marked_by_user_id, e.marked_at,
           e.status, g.status,
           e.minutes_late, g.minutes_late, e.note, g.note, ${reason}
      from given g
      join attendance_entry e on e.class_session_id = ${classSessionId}::uuid
                             and e.student_user_id = g.student_user_id`
}

/** Whether every student on the roster has an entry now; the session keeps since when. */
export async function noteRegisterTaken(tx: Tx, id: string, at: Date): Promise<boolean> {
  const roster = rosterSql(Prisma.sql`c.section_id`, Prisma.sql`c.local_date`)
  const [row] = await tx.$queryRaw<{ taken: boolean }[]>`
    select count(*) > 0 and count(e.id) = count(*) as taken
      from class_session c cross join lateral (${roster}) r
      left join attendance_entry e on e.class_session_id = c.id and e.student_user_id = r.student_user_id
     where c.id = ${id}::uuid`
  const taken = row?.taken ?? false
  await tx.$executeRaw`
    update class_session
       set register_taken_at = case when ${taken} then ${at.toISOString()}::timestamptz end,
           version = version + 1, updated_at = now()
     where id = ${id}::uuid and (register_taken_at is not null) <> ${taken}`
  return taken
}
