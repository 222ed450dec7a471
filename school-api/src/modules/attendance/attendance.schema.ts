import { calendarDate, instant, line, paragraph, reason, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'
import { sessionNames } from '#src/modules/sessions/sessions.schema.ts'

const MAX_ENTRIES = 500
const MAX_MINUTES = 600

/**
 * One student of a call. A field left out stays as it is while the status stays, and is empty with a new status; null
 * empties it.
 */
const mark = z.strictObject({
  studentUserId: uuid,
  /** A code of the school's. */
  status: line(20),
  minutesLate: z.number().int().min(0).max(MAX_MINUTES).nullish(),
  note: paragraph(500).nullish(),
  /**
   * The entry as whoever marks has seen it: its `markedAt`, null for none. When it is somebody else's by now, and says
   * something else, the call is refused with `marked_meanwhile`. Not asked where it is left out.
   */
  ifMarkedAt: instant.nullish(),
})

export const markBody = z.strictObject({
  classSessionId: uuid,
  entries: z
    .array(mark)
    .min(1)
    .max(MAX_ENTRIES)
    .superRefine((entries, context) => {
      const seen = new Set<string>()
      for (const [i, { studentUserId }] of entries.entries()) {
        if (seen.has(studentUserId))
          context.addIssue({
            code: 'custom',
            path: [i, 'studentUserId'],
            message: 'is named twice',
          })
        seen.add(studentUserId)
      }
    }),
  /** Why entries are corrected: kept with each correction. */
  reason: reason.optional(),
})

export const markAnswer = z.object({
  classSessionId: z.string(),
  /** Entries that now stand as they were sent. */
  marked: z.number().int(),
  /** Entries of the office that a teacher's call left as they were. */
  kept: z.number().int(),
  /** Whether every student on the roster has an entry. */
  registerTaken: z.boolean(),
  /** Of the entries that this call wrote. */
  markedAt: z.string(),
})

/** Either all entries of a section on a date, or those of one session. */
export const entryList = listQuery
  .extend({
    sectionId: uuid.optional(),
    date: calendarDate.optional(),
    classSessionId: uuid.optional(),
  })
  .superRefine(({ sectionId, date, classSessionId }, context) => {
    const refuse = (path: string, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    if (classSessionId !== undefined) {
      if (sectionId !== undefined) refuse('sectionId', 'cannot be asked beside classSessionId')
      if (date !== undefined) refuse('date', 'cannot be asked beside classSessionId')
      return
    }
    if (sectionId === undefined) refuse('sectionId', 'ask sectionId and date, or classSessionId')
    if (date === undefined) refuse('date', 'ask sectionId and date, or classSessionId')
  })

export const entry = z.object({
  id: z.string(),
  classSessionId: z.string(),
  studentUserId: z.string(),
  status: z.string(),
  minutesLate: z.number().int().nullable(),
  note: z.string().nullable(),
  markedByUserId: z.string(),
  markedAt: z.string(),
  byOffice: z.boolean(),
})
export const entryPage = pageOf(entry)

/** The school's dates, both included; the current year up to today when left out. */
export const studentAttendanceQuery = listQuery
  .extend({ from: calendarDate.optional(), to: calendarDate.optional() })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'must not be before from',
  })

/**
 * Counts are over the whole range. Each entry is in one of the four: `late` is the code LATE; `present` every other one that
 * counts as present; `excused` what does not count as possible; `absent` the rest.
 */
export const studentAttendance = z.object({
  studentUserId: z.string(),
  from: z.string(),
  to: z.string(),
  present: z.number().int(),
  absent: z.number().int(),
  late: z.number().int(),
  excused: z.number().int(),
  /** Two decimals; null when nothing counts as possible. */
  percentage: z.number().nullable(),
  ...pageOf(
    entry.extend({
      /** What the status is called, and how it counts. */
      code: z.object({
        name: z.string(),
        countsPresent: z.boolean(),
        countsPossible: z.boolean(),
      }),
      session: z.object({
        sectionId: z.string(),
        sectionName: z.string(),
        kind: z.enum(['LESSON', 'REGISTRATION']),
        subjectId: z.string().nullable(),
        subject: z.object({ id: z.string(), code: z.string(), name: z.string() }).nullable(),
        startsAt: z.string(),
        endsAt: z.string(),
        localDate: z.string(),
      }),
    }),
  ).shape,
})

export const missingQuery = listQuery.extend({ date: calendarDate.optional() })

/** A register that is not taken: of how many on the roster how many have no entry. */
export const missingRegister = z.object({
  classSessionId: z.string(),
  sectionId: z.string(),
  sectionName: z.string(),
  kind: z.enum(['LESSON', 'REGISTRATION']),
  subjectId: z.string().nullable(),
  startsAt: z.string(),
  endsAt: z.string(),
  localDate: z.string(),
  subject: sessionNames.subject,
  room: sessionNames.room,
  teachers: sessionNames.teachers,
  rosterSize: z.number().int(),
  unmarked: z.number().int(),
})
export const missingPage = pageOf(missingRegister)

export const entryParams = z.strictObject({ entryId: uuid })
export const historyQuery = listQuery
/** A correction: the first marking is the entry itself. */
export const entryChange = z.object({
  id: z.string(),
  changedAt: z.string(),
  changedByUserId: z.string(),
  fromMarkedByUserId: z.string(),
  fromMarkedAt: z.string(),
  fromStatus: z.string(),
  toStatus: z.string(),
  fromMinutesLate: z.number().int().nullable(),
  toMinutesLate: z.number().int().nullable(),
  fromNote: z.string().nullable(),
  toNote: z.string().nullable(),
  reason: z.string().nullable(),
})
export const historyPage = pageOf(entryChange)

export type Mark = z.output<typeof mark>
export type MarkBody = z.output<typeof markBody>
export type MarkAnswer = z.output<typeof markAnswer>
export type EntryList = z.output<typeof entryList>
export type EntryAnswer = z.output<typeof entry>
export type StudentAttendanceQuery = z.output<typeof studentAttendanceQuery>
export type StudentAttendanceAnswer = z.output<typeof studentAttendance>
export type MissingQuery = z.output<typeof missingQuery>
export type MissingAnswer = z.output<typeof missingRegister>
export type HistoryQuery = z.output<typeof historyQuery>
export type EntryChangeAnswer = z.output<typeof entryChange>
