import { calendarDate, instant, reason, stamps, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

const kind = z.enum(['LESSON', 'REGISTRATION'])
const status = z.enum(['SCHEDULED', 'CANCELLED'])
const duty = z.enum(['MAIN', 'COVER'])

const MAX_TEACHERS = 20
const noneTwice = (ids: readonly string[]) => new Set(ids).size === ids.length

/** Who teaches, in one of two spellings: ids alone are all MAIN. */
const teachers = {
  teacherUserIds: z
    .array(uuid)
    .min(1)
    .max(MAX_TEACHERS)
    .refine(noneTwice, 'names a teacher twice')
    .optional(),
  teachers: z
    .array(z.strictObject({ teacherUserId: uuid, role: duty.default('MAIN') }))
    .min(1)
    .max(MAX_TEACHERS)
    .refine(
      (named) => noneTwice(named.map((teacher) => teacher.teacherUserId)),
      'names a teacher twice',
    )
    .optional(),
}
const inOneSpelling = (body: { teacherUserIds?: unknown; teachers?: unknown }) =>
  body.teacherUserIds === undefined || body.teachers === undefined
const twoSpellings = { path: ['teachers'], message: 'send teachers or teacherUserIds, not both' }

export const sessionBody = z
  .strictObject({
    sectionId: uuid,
    kind: kind.default('LESSON'),
    startsAt: instant,
    endsAt: instant,
    subjectId: uuid.nullish(),
    roomId: uuid.nullish(),
    ...teachers,
  })
  .refine(inOneSpelling, twoSpellings)

const weekday = z.number().int().min(1, 'is 1 for Monday').max(7, 'is 7 for Sunday')
const wallTime = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time, HH:MM')
const MAX_DAYS = 366

/** A lesson of every week: times on the school's wall, its dates from `from` to `until`, both included. */
export const recurringBody = z
  .strictObject({
    sectionId: uuid,
    kind: kind.default('LESSON'),
    /** ISO: 1 is Monday. */
    weekdays: z
      .array(weekday)
      .min(1)
      .max(7)
      .refine((days) => new Set(days).size === days.length, 'names a day twice'),
    startTime: wallTime,
    endTime: wallTime,
    from: calendarDate,
    until: calendarDate,
    subjectId: uuid.nullish(),
    roomId: uuid.nullish(),
    ...teachers,
  })
  .refine(inOneSpelling, twoSpellings)
  .refine(({ startTime, endTime }) => startTime < endTime, {
    path: ['endTime'],
    message: 'must be after startTime',
  })
  .refine(({ from, until }) => from <= until, {
    path: ['until'],
    message: 'must not be before from',
  })
  .refine(({ from, until }) => daysBetween(from, until) < MAX_DAYS, {
    path: ['until'],
    message: `must be within ${MAX_DAYS} days of from`,
  })

const daysBetween = (from: string, until: string) =>
  (Date.parse(until) - Date.parse(from)) / (24 * 60 * 60 * 1_000)

export const sessionPatch = z
  .strictObject({
    startsAt: instant.optional(),
    endsAt: instant.optional(),
    subjectId: uuid.nullish(),
    roomId: uuid.nullish(),
    ...teachers,
  })
  .refine(inOneSpelling, twoSpellings)

export const sessionCancelBody = z.strictObject({ reason })

/** `from` and `to` are the school's dates, both included. `taken` asks whether the register is. */
export const sessionList = listQuery
  .extend({
    sectionId: uuid.optional(),
    teacherId: uuid.optional(),
    roomId: uuid.optional(),
    status: status.optional(),
    taken: z.stringbool().optional(),
    from: calendarDate.optional(),
    to: calendarDate.optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'must not be before from',
  })

const names = {
  firstName: z.string(),
  lastName: z.string().nullable(),
  preferredName: z.string().nullable(),
}
export const sessionTeacher = z.object({ teacherUserId: z.string(), role: duty, ...names })

/** What a screen calls a session by. */
export const sessionNames = {
  section: z.object({ id: z.string(), name: z.string(), kind: z.enum(['HOMEROOM', 'GROUP']) }),
  subject: z.object({ id: z.string(), code: z.string(), name: z.string() }).nullable(),
  room: z.object({ id: z.string(), code: z.string(), name: z.string() }).nullable(),
  teachers: z.array(sessionTeacher),
}

export const session = z.object({
  ...stamps,
  sectionId: z.string(),
  academicYearId: z.string(),
  kind,
  startsAt: z.string(),
  endsAt: z.string(),
  /** The school's date when it was made. */
  localDate: z.string(),
  subjectId: z.string().nullable(),
  roomId: z.string().nullable(),
  ...sessionNames,
  status,
  /** For staff; null to pupils and parents. */
  cancelReason: z.string().nullable(),
  registerTakenAt: z.string().nullable(),
})
export const sessionPage = pageOf(session)

/** Nothing that refuses the session, but that somebody should look at. */
export const sessionWithWarnings = session.extend({
  warnings: z.array(
    z.object({
      code: z.literal('students_double_booked'),
      studentUserIds: z.array(z.string()),
      /** The same students, by name. */
      students: z.array(z.object({ studentUserId: z.string(), ...names })),
    }),
  ),
})

/** The session in the way: the `details` of a `session_clash`. */
export const sessionClash = z.object({
  sessionId: z.string(),
  sectionId: z.string(),
  startsAt: z.string(),
  endsAt: z.string(),
  localDate: z.string(),
  /** What both want. */
  with: z.enum(['section', 'teacher', 'room']),
  ...sessionNames,
})

/** Each date of the pattern is in one of the two. */
export const recurringMade = z.object({
  created: z.array(sessionWithWarnings),
  refused: z.array(
    z.object({
      date: z.string(),
      code: z.enum(['session_clash', 'local_time_skipped']),
      detail: z.string(),
      details: sessionClash.nullable(),
    }),
  ),
})

export const registerEntry = z.object({
  id: z.string(),
  status: z.string(),
  minutesLate: z.number().int().nullable(),
  note: z.string().nullable(),
  markedByUserId: z.string(),
  markedAt: z.string(),
  byOffice: z.boolean(),
})

/** Everything the register's screen shows. */
export const register = z.object({
  session,
  section: sessionNames.section,
  subject: sessionNames.subject,
  room: z.object({ id: z.string(), code: z.string(), name: z.string() }).nullable(),
  /** Who is on the session, and who has marked: the names to the ids. */
  people: z.array(
    z.object({
      userId: z.string(),
      firstName: z.string(),
      lastName: z.string().nullable(),
      preferredName: z.string().nullable(),
    }),
  ),
  /** Those that may be given, and retired ones that an entry still has. */
  codes: z.array(
    z.object({
      code: z.string(),
      name: z.string(),
      countsPresent: z.boolean(),
      countsPossible: z.boolean(),
      takesMinutes: z.boolean(),
      isActive: z.boolean(),
    }),
  ),
  /** Why nobody, or not the reader, may mark; null when `markable`. */
  readOnlyBecause: z.enum(['cancelled', 'future', 'not_theirs']).nullable(),
  /** Whether the reader may mark whoever has no entry yet. */
  markable: z.boolean(),
  /** Whether the reader may change entries that are there. */
  correctable: z.boolean(),
  roster: z.array(
    z.object({
      studentUserId: z.string(),
      firstName: z.string(),
      lastName: z.string().nullable(),
      preferredName: z.string().nullable(),
      rollNo: z.number().int().nullable(),
      entry: registerEntry.nullable(),
    }),
  ),
})

export type SessionBody = z.output<typeof sessionBody>
export type RecurringBody = z.output<typeof recurringBody>
export type RecurringMade = z.output<typeof recurringMade>
export type SessionPatch = z.output<typeof sessionPatch>
export type SessionList = z.output<typeof sessionList>
export type SessionAnswer = z.output<typeof session>
export type SessionWithWarnings = z.output<typeof sessionWithWarnings>
export type SessionPage = z.output<typeof sessionPage>
export type SessionClash = z.output<typeof sessionClash>
export type SessionTeacherAnswer = z.output<typeof sessionTeacher>
/** Who is on a session, and as what. */
export type OnSession = Pick<SessionTeacherAnswer, 'teacherUserId' | 'role'>
export type RegisterAnswer = z.output<typeof register>
