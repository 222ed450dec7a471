import { calendarDate, searchText, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'
import { student } from '#src/modules/students/students.schema.ts'

const MAX_DAYS = 31
const DAY_MS = 24 * 60 * 60 * 1_000

/** For parents: which child; the first by name when left out. */
const studentId = uuid.optional()

/** The school's dates, both included; this week, Monday to Sunday, when left out, seven days when one of them is. */
export const timetableQuery = z
  .strictObject({ from: calendarDate.optional(), to: calendarDate.optional(), studentId })
  .superRefine(({ from, to }, context) => {
    if (from === undefined || to === undefined) return
    const days = (Date.parse(to) - Date.parse(from)) / DAY_MS + 1
    const message = days < 1 ? 'must not be before from' : `must be within ${MAX_DAYS} days of from`
    if (days < 1 || days > MAX_DAYS) context.addIssue({ code: 'custom', path: ['to'], message })
  })

/**
 * The school's dates, both included; the current year up to today when left out. `notable` leaves out who was plainly present.
 */
export const ownAttendanceQuery = listQuery
  .omit({ count: true })
  .extend({
    from: calendarDate.optional(),
    to: calendarDate.optional(),
    show: z.enum(['all', 'notable']).default('all'),
    studentId,
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, {
    path: ['to'],
    message: 'must not be before from',
  })

export const ownStudentList = listQuery.extend({
  q: searchText.optional(),
  sectionId: uuid.optional(),
})

/**
 * `open`: what still waits for somebody in a year that is not over. For pupils what they have not handed in; for teachers what is
 * not due yet or has something to grade.
 */
export const ownAssignmentList = listQuery.extend({
  show: z.enum(['open', 'all']).default('open'),
  studentId,
})

export const names = {
  firstName: z.string(),
  lastName: z.string().nullable(),
  preferredName: z.string().nullable(),
}
const named = z.object({ studentUserId: z.string(), ...names })
/** A parent's child, to switch to. */
export const ownChild = z.object({ ...named.shape, sectionName: z.string().nullable() })
const section = z.object({ id: z.string(), name: z.string(), kind: z.enum(['HOMEROOM', 'GROUP']) })
const coded = z.object({ id: z.string(), code: z.string(), name: z.string() }).nullable()

const mark = {
  status: z.string(),
  /** Of the code, as the school calls it. */
  name: z.string(),
  countsPresent: z.boolean(),
  countsPossible: z.boolean(),
  minutesLate: z.number().int().nullable(),
}

/** A class session with the names that a screen shows. */
export const ownSession = z.object({
  id: z.string(),
  kind: z.enum(['LESSON', 'REGISTRATION']),
  startsAt: z.string(),
  endsAt: z.string(),
  localDate: z.string(),
  status: z.enum(['SCHEDULED', 'CANCELLED']),
  /** For teachers; null to pupils and parents, as is the next. */
  cancelReason: z.string().nullable(),
  registerTakenAt: z.string().nullable(),
  section,
  subject: coded,
  room: coded,
  teachers: z.array(
    z.object({ teacherUserId: z.string(), role: z.enum(['MAIN', 'COVER']), ...names }),
  ),
  /** The pupil's own entry in the register; null to teachers. */
  mark: z.object(mark).nullable(),
})

export const timetable = z.object({
  from: z.string(),
  to: z.string(),
  /** Whose it is: null to teachers, and to a parent without a child here. */
  student: named.nullable(),
  /** A parent's, by name; nobody else has any. */
  children: z.array(ownChild),
  items: z.array(ownSession),
})

/** What each count is stands at GET /students/:id/attendance. */
export const ownAttendance = z.object({
  from: z.string(),
  to: z.string(),
  /** Whose it is: null to a parent without a child here. */
  student: named.nullable(),
  children: z.array(ownChild),
  /** Over the whole range, whatever is shown of it. */
  present: z.number().int(),
  absent: z.number().int(),
  late: z.number().int(),
  excused: z.number().int(),
  percentage: z.number().nullable(),
  /** Newest first. */
  ...pageOf(
    z.object({
      id: z.string(),
      ...mark,
      note: z.string().nullable(),
      kind: z.enum(['LESSON', 'REGISTRATION']),
      startsAt: z.string(),
      endsAt: z.string(),
      localDate: z.string(),
      section,
      subject: coded,
    }),
  ).shape,
})

const ownStudent = z.object({
  ...named.shape,
  admissionNo: z.string().nullable(),
  /** To their parent. */
  relationship: z.string().nullable(),
  /** Of the current year: the one that is open, or else the next one to begin. */
  currentEnrollment: student.shape.currentEnrollment,
  /** Where they are today: homerooms and groups; to teachers those taught. */
  sections: z.array(section.extend({ rollNo: z.number().int().nullable() })),
})

export const ownStudentPage = z.object({
  ...pageOf(ownStudent).shape,
  /** What `sectionId` may name: the sections taught, or those of one's children. */
  sections: z.array(section),
})

export const ownAssignment = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string().nullable(),
  dueAt: z.string().nullable(),
  maxMarks: z.number(),
  status: z.enum(['OPEN', 'CLOSED']),
  section,
  subject: coded,
  /** What the pupil handed in; null to teachers. */
  submission: z
    .object({
      id: z.string(),
      submittedAt: z.string(),
      late: z.boolean(),
      status: z.enum(['SUBMITTED', 'GRADED']),
      marksObtained: z.number().nullable(),
      feedback: z.string().nullable(),
      gradedAt: z.string().nullable(),
    })
    .nullable(),
  /** How many are on the section's roster today, have submitted, and were graded; null to pupils and parents. */
  progress: z
    .object({
      students: z.number().int(),
      submitted: z.number().int(),
      graded: z.number().int(),
    })
    .nullable(),
})

export const ownAssignmentPage = z.object({
  student: named.nullable(),
  ...pageOf(ownAssignment).shape,
})

export type TimetableQuery = z.output<typeof timetableQuery>
export type OwnStudentList = z.output<typeof ownStudentList>
export type OwnAssignmentList = z.output<typeof ownAssignmentList>
export type NamedStudent = z.output<typeof named>
export type OwnAttendanceQuery = z.output<typeof ownAttendanceQuery>
export type OwnAttendanceAnswer = z.output<typeof ownAttendance>
export type OwnChild = z.output<typeof ownChild>
export type OwnSession = z.output<typeof ownSession>
export type TimetableAnswer = z.output<typeof timetable>
export type OwnStudentPage = z.output<typeof ownStudentPage>
export type OwnAssignment = z.output<typeof ownAssignment>
export type OwnAssignmentPage = z.output<typeof ownAssignmentPage>
