import { Temporal } from 'temporal-polyfill'
import { localInstantIfAny } from '#src/modules/settings/school-time.ts'
import type { RecurringBody } from './sessions.schema.ts'

export type WeeklyPattern = Pick<
  RecurringBody,
  'weekdays' | 'startTime' | 'endTime' | 'from' | 'until'
>

export interface Occurrence {
  /** The school's date. */
  date: string
  /** Absent when the clocks skip the beginning or the end on that date. */
  times: { startsAt: Date; endsAt: Date } | undefined
}

/**
 * The dates of a weekly pattern and the instants of its times on each of them. The time on the wall stays what it is when the
 * clocks change; of a time that comes twice the first is meant.
 */
export function occurrencesOf(
  { weekdays, startTime, endTime, from, until }: WeeklyPattern,
  zone: string,
): Occurrence[] {
  const occurrences: Occurrence[] = []
  const last = Temporal.PlainDate.from(until)
  let day = Temporal.PlainDate.from(from)
  for (; Temporal.PlainDate.compare(day, last) <= 0; day = day.add({ days: 1 })) {
    if (!weekdays.includes(day.dayOfWeek)) continue
    const date = day.toString()
    const startsAt = localInstantIfAny(date, startTime, zone)
    const endsAt = localInstantIfAny(date, endTime, zone)
    occurrences.push({ date, times: startsAt && endsAt && { startsAt, endsAt } })
  }
  return occurrences
}
