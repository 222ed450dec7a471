import { describe, expect, it } from 'vitest'
import { createSchoolTime } from './school-time.ts'
import { placeInWeek } from './week-layout.ts'

const time = createSchoolTime({ timezone: 'Europe/Berlin', locale: 'de-DE' }, 'en')
const MONDAY = '2026-03-23'
const item = (localDate: string, from: string, to: string) => ({
  localDate,
  startsAt: time.instantOf(localDate, from),
  endsAt: time.instantOf(localDate, to),
})
const spots = (
  day: { items: { startMinute: number; column: number; columns: number }[] } | undefined,
) => day?.items.map(({ startMinute, column, columns }) => [startMinute / 60, column, columns])

describe('placeInWeek', () => {
  it('puts items on their days, by the clock of the school, also on the day that clocks are changed', () => {
    const sunday = '2026-03-29'
    const { days } = placeInWeek(
      [item(sunday, '09:00', '10:00'), item(MONDAY, '09:00', '10:00')],
      MONDAY,
      time,
    )
    expect(days.map(({ date }) => date)).toEqual([
      '2026-03-23',
      '2026-03-24',
      '2026-03-25',
      '2026-03-26',
      '2026-03-27',
      '2026-03-28',
      '2026-03-29',
    ])
    expect(days.map(({ items }) => items.length)).toEqual([1, 0, 0, 0, 0, 0, 1])
    expect(spots(days[0])).toEqual([[9, 0, 1]])
    expect(spots(days[6])).toEqual([[9, 0, 1]])
  })

  it('puts what overlaps side by side, and gives the whole width to what only touches', () => {
    const { days } = placeInWeek(
      [
        item(MONDAY, '09:00', '10:00'),
        item(MONDAY, '09:00', '11:00'),
        // Free again in the first column, though still beside the second item.
        item(MONDAY, '10:00', '11:00'),
        item(MONDAY, '11:00', '12:00'),
      ],
      MONDAY,
      time,
    )
    expect(spots(days[0])).toEqual([
      [9, 0, 2],
      [9, 1, 2],
      [10, 0, 2],
      [11, 0, 1],
    ])
  })

  it('says between which whole hours everything is, and a morning for an empty week', () => {
    const week = placeInWeek([item(MONDAY, '07:45', '13:10')], MONDAY, time)
    expect([week.fromMinute, week.toMinute]).toEqual([7 * 60, 14 * 60])
    const empty = placeInWeek([], MONDAY, time)
    expect([empty.fromMinute, empty.toMinute]).toEqual([8 * 60, 13 * 60])
  })

  it('ends at midnight what lasts into the next day', () => {
    const night = {
      ...item(MONDAY, '22:00', '23:00'),
      endsAt: time.instantOf('2026-03-24', '01:00'),
    }
    const [first] = placeInWeek([night], MONDAY, time).days[0]?.items ?? []
    expect([first?.startMinute, first?.endMinute]).toEqual([22 * 60, 24 * 60])
  })
})
