import { forbidden, notFound } from '@usms/service-kit/errors/app-error'
import { Temporal } from 'temporal-polyfill'
import type { Actor } from '#src/auth/actor.ts'
import type { Action, Permissions } from '#src/auth/permissions.ts'
import type { Reach } from '#src/auth/reach.ts'
import type { TimetableQuery } from './me.schema.ts'

/**
 * A screen shows several things: each has to be allowed, and to reach as far as the endpoint itself.
 * @throws AppError 403
 */
export function requireAlike(
  permissions: Permissions,
  actor: Actor,
  actions: readonly Action[],
): void {
  if (actions.some((action) => permissions.scopeOf(actor.role, action) !== actor.scope))
    throw forbidden(`A ${actor.role.toLowerCase()} may not do this`)
}

/**
 * Which pupil it is about: oneself or a child, the first by name unless one is named. Null: about none.
 * @throws AppError 404 for somebody else's
 */
export function pupilOf(reach: Reach, studentId: string | undefined): string | null {
  const studentIds = reach.everything ? [] : reach.studentIds
  if (studentId === undefined) return studentIds[0] ?? null
  if (!studentIds.includes(studentId)) throw notFound('student')
  return studentId
}

/** Nothing of its own: the office sees the whole school, elsewhere. */
export const noneOfTheOffice = (elsewhere: string) =>
  forbidden(`The office has none of its own; ask ${elsewhere}`)

/** The dates of a timetable, both included. */
export function timetableRange(
  { from, to }: Pick<TimetableQuery, 'from' | 'to'>,
  today: string,
): { from: string; to: string } {
  if (from !== undefined) return { from, to: to ?? addDays(from, 6) }
  if (to !== undefined) return { from: addDays(to, -6), to }
  const monday = mondayOf(today)
  return { from: monday, to: addDays(monday, 6) }
}

export const addDays = (date: string, days: number): string =>
  Temporal.PlainDate.from(date).add({ days }).toString()

/** The Monday of a date's week. */
export const mondayOf = (date: string): string =>
  addDays(date, 1 - Temporal.PlainDate.from(date).dayOfWeek)
