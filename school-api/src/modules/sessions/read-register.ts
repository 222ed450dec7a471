import { notFound } from '@usms/service-kit/errors/app-error'
import { toDate } from '@usms/service-kit/http/fields'
import type { Actor } from '#src/auth/actor.ts'
import { reachesSection, reachOf } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import { canCorrect, canMark } from '#src/modules/attendance/attendance.policy.ts'
import { rosterSql } from '#src/modules/sections/roster.queries.ts'
import { type SessionColumns, sessionColumns, toSession } from './session-answer.ts'
import type { RegisterAnswer } from './sessions.schema.ts'
import type { SessionsDeps } from './sessions.service.ts'

/** Everything the register's screen shows, in one statement beside the one that says how far the reader's reach is. */
export async function readRegister(
  { db, schoolTime, now }: SessionsDeps,
  actor: Actor,
  id: string,
): Promise<RegisterAnswer> {
  const [reach, row, today] = await Promise.all([
    reachOf(db, actor),
    findRegister(db, id),
    schoolTime.today(now()),
  ])
  if (!row || !reachesSection(reach, row.sectionId)) throw notFound('class session')
  const readOnlyBecause = whyReadOnly(row, actor, now())
  const markable = readOnlyBecause === null
  return {
    session: toSession(row, actor),
    section: row.section,
    subject: row.subject,
    room: row.room,
    people: row.people,
    codes: row.codes,
    readOnlyBecause,
    markable,
    correctable:
      markable &&
      canCorrect(actor, {
        localDate: toDate(row.localDate),
        today,
        correctionDays: row.correctionDays,
      }),
    roster: row.roster.map(({ entry, ...student }) => ({
      ...student,
      // PostgreSQL writes times into JSON with an offset and microseconds where there are any.
      entry: entry && { ...entry, markedAt: new Date(entry.markedAt).toISOString() },
    })),
  }
}

function whyReadOnly(
  { status, startsAt, teachers }: RegisterRow,
  actor: Actor,
  at: Date,
): RegisterAnswer['readOnlyBecause'] {
  if (status === 'CANCELLED') return 'cancelled'
  if (!canMark(actor, { sectionReached: true, teachers })) return 'not_theirs'
  return startsAt > at ? 'future' : null
}

type RegisterRow = SessionColumns &
  Pick<RegisterAnswer, 'people' | 'codes' | 'roster'> & {
    correctionDays: number
  }

async function findRegister(db: DbOrTx, id: string): Promise<RegisterRow | undefined> {
  const [row] = await db.$queryRaw<RegisterRow[]>`
    select ${sessionColumns},
           (select correction_days from school_settings) as "correctionDays",
           (select coalesce(json_agg(json_build_object('userId', u.id, 'firstName', u.first_name, 'lastName', u.last_name,
                     'preferredName', u.preferred_name) order by u.sort_name, u.id), '[]')
              from app_user u
             where u.id in (select t.teacher_user_id from session_teacher t where t.class_session_id = c.id
                            union select e.marked_by_user_id from attendance_entry e where e.class_session_id = c.id)
           ) as people,
           (select json_agg(json_build_object('code', k.code, 'name', k.name, 'countsPresent', k.counts_present,
                     'countsPossible', k.counts_possible, 'takesMinutes', k.takes_minutes, 'isActive', k.is_active)
                     order by k.order_no, k.code)
              from attendance_code k
             where k.is_active or k.code in (select e.status from attendance_entry e where e.class_session_id = c.id)
           ) as codes,
           (select coalesce(json_agg(json_build_object('studentUserId', u.id, 'firstName', u.first_name,
                     'lastName', u.last_name, 'preferredName', u.preferred_name, 'rollNo', r.roll_no,
                     'entry', case when e.id is not null then json_build_object('id', e.id, 'status', e.status,
                       'minutesLate', e.minutes_late, 'note', e.note, 'markedByUserId', e.marked_by_user_id,
                       'markedAt', e.marked_at, 'byOffice', e.by_office) end)
                     order by r.roll_no nulls last, u.sort_name, u.id), '[]')
              from (${rosterSql(Prisma.sql`c.section_id`, Prisma.sql`c.local_date`)}) r
              join app_user u on u.id = r.student_user_id
              left join attendance_entry e on e.class_session_id = c.id and e.student_user_id = r.student_user_id
           ) as roster
      from class_session c where c.id = ${id}::uuid`
  return row
}
