import type { Lesson } from './lessons.api.ts'

export type RegisterState =
  'cancelled' | 'future' | 'nobody' | 'taken' | 'missing' | 'partly' | 'to-take'

export function registerStateOf(
  { status, startsAt, endsAt, register }: Lesson,
  now: number,
): RegisterState {
  if (status === 'CANCELLED') return 'cancelled'
  if (register.rosterSize === 0) return 'nobody'
  if (register.marked >= register.rosterSize) return 'taken'
  if (Date.parse(startsAt) > now) return 'future'
  if (Date.parse(endsAt) <= now) return 'missing'
  return register.marked > 0 ? 'partly' : 'to-take'
}

export type Focus = { kind: 'now' | 'next'; lesson: Lesson } | { kind: 'over' }

/** The lesson that it is about: one that is held now, first of all one whose register is to be taken; else the next. */
export function focusOf(lessons: readonly Lesson[], now: number): Focus {
  const held = lessons.filter((lesson) => lesson.status !== 'CANCELLED')
  const current = held.filter(
    ({ startsAt, endsAt }) => Date.parse(startsAt) <= now && now < Date.parse(endsAt),
  )
  const open = current.find((lesson) => registerStateOf(lesson, now) !== 'taken')
  const lesson = open ?? current[0]
  if (lesson) return { kind: 'now', lesson }
  const next = held.find(({ startsAt }) => Date.parse(startsAt) > now)
  return next ? { kind: 'next', lesson: next } : { kind: 'over' }
}
