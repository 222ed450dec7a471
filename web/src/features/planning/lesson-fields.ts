import type { SessionAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { addDays, type SchoolTime } from '#src/lib/school-time.ts'
import type { LessonFields, NewLesson, NewPattern } from './planning.api.ts'

/** What the form holds: empty texts are nothing chosen. */
export interface LessonValues {
  repeats: 'once' | 'weekly'
  sectionId: string
  isRegistration: boolean
  date: string
  /** ISO: '1' is Monday. */
  weekdays: string[]
  from: string
  until: string
  startTime: string
  endTime: string
  subjectId: string
  roomId: string
  teacherIds: string[]
  coverIds: string[]
}

export interface Prefilled {
  date: string
  sectionId?: string | undefined
  teacherId?: string | undefined
  roomId?: string | undefined
}

const FOUR_WEEKS = 27

export const newLesson = ({ date, sectionId, teacherId, roomId }: Prefilled): LessonValues => ({
  repeats: 'once',
  sectionId: sectionId ?? '',
  isRegistration: false,
  date,
  weekdays: [String(weekdayOf(date))],
  from: date,
  until: addDays(date, FOUR_WEEKS),
  startTime: '',
  endTime: '',
  subjectId: '',
  roomId: roomId ?? '',
  teacherIds: teacherId ? [teacherId] : [],
  coverIds: [],
})

export const valuesOf = (session: SessionAnswer, time: SchoolTime): LessonValues => ({
  ...newLesson({ date: session.localDate, sectionId: session.sectionId }),
  isRegistration: session.kind === 'REGISTRATION',
  startTime: time.wallTime(session.startsAt),
  endTime: time.wallTime(session.endsAt),
  subjectId: session.subjectId ?? '',
  roomId: session.roomId ?? '',
  teacherIds: idsOf(session, 'MAIN'),
  coverIds: idsOf(session, 'COVER'),
})

const idsOf = ({ teachers }: SessionAnswer, wanted: 'MAIN' | 'COVER') =>
  teachers.filter(({ role }) => role === wanted).map(({ teacherUserId }) => teacherUserId)

/** 1 for Monday. */
const weekdayOf = (date: string) => ((new Date(date).getUTCDay() + 6) % 7) + 1

export const onSession = ({ teacherIds, coverIds }: LessonValues): string[] => [
  ...teacherIds,
  ...coverIds.filter((id) => !teacherIds.includes(id)),
]

const fieldsOf = (values: LessonValues): LessonFields => {
  const teachers = onSession(values).map((teacherUserId) => ({
    teacherUserId,
    role: values.teacherIds.includes(teacherUserId) ? ('MAIN' as const) : ('COVER' as const),
  }))
  return {
    sectionId: values.sectionId,
    kind: values.isRegistration ? 'REGISTRATION' : 'LESSON',
    subjectId: values.subjectId || null,
    roomId: values.roomId || null,
    ...(teachers.length > 0 && { teachers }),
  }
}

export const toLesson = (values: LessonValues, time: SchoolTime): NewLesson => ({
  ...fieldsOf(values),
  startsAt: time.instantOf(values.date, values.startTime),
  endsAt: time.instantOf(values.date, values.endTime),
})

export const toPattern = (values: LessonValues): NewPattern => ({
  ...fieldsOf(values),
  weekdays: values.weekdays.map(Number).sort((a, b) => a - b),
  startTime: values.startTime,
  endTime: values.endTime,
  from: values.from,
  until: values.until,
})

/** Only what is another than before: times of a session with marks may not even be sent as they are. */
export function toPatch(values: LessonValues, session: SessionAnswer, time: SchoolTime) {
  const { sectionId: _, kind: __, ...wanted } = toLesson(values, time)
  const before = toLesson(valuesOf(session, time), time)
  const changed = (Object.keys(wanted) as (keyof typeof wanted)[]).filter(
    (field) => JSON.stringify(wanted[field]) !== JSON.stringify(before[field]),
  )
  return Object.fromEntries(changed.map((field) => [field, wanted[field]])) as Partial<
    typeof wanted
  >
}
