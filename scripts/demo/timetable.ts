import type { Random } from './random.ts'

/** What a week of a homeroom holds, and who teaches it: one teacher for half of the homerooms, or one for all. */
export interface CoursePlan {
  subject: string
  lessonsPerWeek: number
  teachers: number
}

export const WEEK: readonly CoursePlan[] = [
  { subject: 'MATH', lessonsPerWeek: 6, teachers: 2 },
  { subject: 'ENG', lessonsPerWeek: 6, teachers: 2 },
  { subject: 'SCI', lessonsPerWeek: 5, teachers: 2 },
  { subject: 'SOC', lessonsPerWeek: 4, teachers: 2 },
  { subject: 'LANG', lessonsPerWeek: 4, teachers: 2 },
  { subject: 'PE', lessonsPerWeek: 2, teachers: 1 },
  { subject: 'COMP', lessonsPerWeek: 2, teachers: 1 },
  { subject: 'ART', lessonsPerWeek: 1, teachers: 1 },
]

export const DAYS = 5
const PERIODS = 6

/** Wall-clock beginnings and ends. Registration comes first, clubs and groups after the lessons. */
export const REGISTRATION = ['08:00', '08:10'] as const
export const PERIOD_TIMES = [
  ['08:15', '09:00'],
  ['09:05', '09:50'],
  ['10:10', '10:55'],
  ['11:00', '11:45'],
  ['12:30', '13:15'],
  ['13:20', '14:05'],
] as const
export const GROUP_TIME = ['14:15', '15:00'] as const

export interface Lesson {
  section: number
  /** 0 is Monday. */
  day: number
  period: number
  subject: string
  /** Index into the subject's teachers. */
  teacher: number
}

/**
 * A week without a clash of teachers: filled slot by slot, and begun again when the last lessons do not fit. The loads above
 * leave room enough for a few tries to do.
 */
export function planWeek(sections: number, random: Random): Lesson[] {
  for (let attempt = 0; attempt < 5_000; attempt++) {
    const lessons = tryWeek(sections, random)
    if (lessons) return lessons
  }
  throw new Error('the week of the demo school cannot be planned')
}

function tryWeek(sections: number, random: Random): Lesson[] | undefined {
  const left = Array.from(
    { length: sections },
    () => new Map(WEEK.map((course) => [course.subject, course.lessonsPerWeek])),
  )
  const lessons: Lesson[] = []
  for (let day = 0; day < DAYS; day++)
    for (let period = 0; period < PERIODS; period++) {
      const busy = new Set<string>()
      for (const section of random.shuffled([...left.keys()])) {
        const open = random
          .shuffled(WEEK)
          .filter(
            ({ subject, teachers }) =>
              (left[section]?.get(subject) ?? 0) > 0 &&
              !busy.has(`${subject} ${teacherOf(section, sections, teachers)}`),
          )
          // What is scarcest first: the most lessons left to place.
          .sort(
            (a, b) => (left[section]?.get(b.subject) ?? 0) - (left[section]?.get(a.subject) ?? 0),
          )
        const course = open[0]
        if (!course) return undefined
        const teacher = teacherOf(section, sections, course.teachers)
        busy.add(`${course.subject} ${teacher}`)
        left[section]?.set(course.subject, (left[section]?.get(course.subject) ?? 0) - 1)
        lessons.push({ section, day, period, subject: course.subject, teacher })
      }
    }
  return lessons
}

export const teacherOf = (section: number, sections: number, teachers: number) =>
  Math.floor((section * teachers) / sections)
