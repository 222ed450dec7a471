import { unprocessable } from '@usms/service-kit/errors/app-error'
import { type Actor, isOffice } from '#src/auth/actor.ts'
import type { DbOrTx } from '#src/db.ts'
import { outsideYear } from '#src/modules/academic-years/academic-years.policy.ts'
import { yearContaining } from '#src/modules/academic-years/academic-years.queries.ts'
import { checkKind, teachersOfNew, toWarnings, withPaths } from './create-session.ts'
import { type Occurrence, occurrencesOf } from './recurrence.ts'
import { type SessionColumns, sessionColumns, toSession } from './session-answer.ts'
import { findClashes, lockTimetable, toClashAnswer } from './session-clash.ts'
import { checkReferences, doubleBookedStudents } from './sessions.queries.ts'
import type { OnSession, RecurringBody, RecurringMade } from './sessions.schema.ts'
import type { SessionsDeps } from './sessions.service.ts'

type Dated = Occurrence & { times: NonNullable<Occurrence['times']> }

/**
 * A weekly pattern in one transaction, with as many statements for a year as for a week. Whoever writes the timetable waits for
 * its lock, so that what is free when we look is free when we write; the exclusion constraints hold it all the same.
 */
export async function createRecurring(
  { db, audit, schoolTime }: SessionsDeps,
  actor: Actor,
  body: RecurringBody,
): Promise<RecurringMade> {
  const teachers = await teachersOfNew(db, actor, body)
  const occurrences = occurrencesOf(body, await schoolTime.zone())
  if (occurrences.length === 0)
    throw unprocessable('no_dates', 'None of these weekdays is between the two dates', {
      issues: [{ path: 'weekdays', message: 'are not between from and until' }],
    })
  const place = {
    sessionId: null,
    sectionId: body.sectionId,
    roomId: body.roomId ?? null,
    teacherUserIds: teachers.map(({ teacherUserId }) => teacherUserId),
  }

  return db.$transaction(async (tx) => {
    await lockTimetable(tx)
    const { sectionKind } = await checkReferences(tx, {
      sectionId: body.sectionId,
      subjectId: body.subjectId,
      roomId: body.roomId,
      teachers: withPaths(body, teachers),
    })
    checkKind(body.kind, sectionKind)
    const academicYearId = await yearOfPattern(tx, body)
    const dated = occurrences.filter((one): one is Dated => one.times !== undefined)
    const clashes = await findClashes(tx, place, { times: dated.map(({ times }) => times) })
    const clashOn = new Map(dated.map(({ date }, i) => [date, clashes.get(i)]))

    const rows = await insertSessions(tx, {
      body,
      academicYearId,
      teachers,
      actor,
      occurrences: dated.filter(({ date }) => !clashOn.get(date)),
    })
    const ids = rows.map((row) => row.id)
    if (ids.length > 0)
      await audit.record(tx, actor, {
        action: 'class-session.create-recurring',
        subjectType: 'class-session',
        subjectIds: ids,
      })
    const doubleBooked = await doubleBookedStudents(tx, ids)
    return {
      created: rows.map((row) => ({
        ...toSession(row, actor),
        warnings: toWarnings(doubleBooked.get(row.id)),
      })),
      refused: occurrences.flatMap(({ date, times }): RecurringMade['refused'] => {
        if (!times) return [{ date, ...SKIPPED }]
        const clash = clashOn.get(date)
        return clash ? [{ date, ...toClashAnswer(clash) }] : []
      }),
    }
  })
}

const SKIPPED = {
  code: 'local_time_skipped',
  detail: 'The clocks are put forward over this time on that date',
  details: null,
} as const

/** The year of the whole pattern, locked like that of one session. */
async function yearOfPattern(
  tx: Parameters<typeof yearContaining>[0],
  { from, until }: RecurringBody,
): Promise<string> {
  const year = await yearContaining(tx, from)
  if (year && until <= year.endsOn) return year.id
  throw unprocessable('outside_year', 'A pattern lies inside one academic year', {
    issues: [
      year
        ? { path: 'until', message: outsideYear(year) }
        : { path: 'from', message: 'is in no academic year' },
    ],
  })
}

interface NewSessions {
  body: RecurringBody
  academicYearId: string
  teachers: readonly OnSession[]
  actor: Actor
  occurrences: readonly Dated[]
}

/** The sessions and who is on them, in one statement; read again in another, in the order of time. */
async function insertSessions(
  tx: DbOrTx,
  { body, academicYearId, teachers, actor, occurrences }: NewSessions,
): Promise<SessionColumns[]> {
  const dates = JSON.stringify(
    occurrences.map(({ date, times }) => ({
      local_date: date,
      starts_at: times.startsAt,
      ends_at: times.endsAt,
    })),
  )
  const duties = JSON.stringify(
    teachers.map(({ teacherUserId, role }) => ({ teacher_user_id: teacherUserId, duty: role })),
  )
  const made = await tx.$queryRaw<{ id: string }[]>`
    with made as (
      insert into class_session (section_id, academic_year_id, kind, starts_at, ends_at, local_date, subject_id, room_id,
                                 created_by_id, by_office)
      select ${body.sectionId}::uuid, ${academicYearId}::uuid, ${body.kind}::"SessionKind", starts_at, ends_at, local_date,
             ${body.subjectId ?? null}::uuid, ${body.roomId ?? null}::uuid, ${actor.userId}::uuid, ${isOffice(actor)}
        from jsonb_to_recordset(${dates}::jsonb) as d (local_date date, starts_at timestamptz, ends_at timestamptz)
      returning id, starts_at, ends_at, status
    ), on_duty as (
      insert into session_teacher (class_session_id, teacher_user_id, duty, starts_at, ends_at, status)
      select made.id, t.teacher_user_id, t.duty, made.starts_at, made.ends_at, made.status
        from made cross join jsonb_to_recordset(${duties}::jsonb) as t (teacher_user_id uuid, duty "TeacherDuty")
    )
    select id from made`
  return tx.$queryRaw<SessionColumns[]>`
    select ${sessionColumns} from class_session c
     where c.id = any(${made.map(({ id }) => id)}::uuid[]) order by c.starts_at`
}
