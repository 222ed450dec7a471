import { describe, expect, it } from 'vitest'
import { addDays, createSchoolTime, mondayOf } from './school-time.ts'

const india = createSchoolTime({ timezone: 'Asia/Kolkata', locale: 'en-IN' }, 'en')
const berlin = createSchoolTime({ timezone: 'Europe/Berlin', locale: 'de-DE' }, 'en')

describe('a school’s time', () => {
  it('reads an instant on the school’s wall, whatever zone the device is in', () => {
    expect(india.wallTime('2026-11-21T04:00:00.000Z')).toBe('09:30')
    expect(berlin.wallTime('2026-11-20T23:30:00.000Z')).toBe('00:30')
  })

  it('keeps a calendar date the day that it is', () => {
    for (const time of [
      india,
      createSchoolTime({ timezone: 'Pacific/Honolulu', locale: 'en-US' }, 'en'),
    ])
      expect(time.shortDate('2026-11-21')).toMatch(/21/)
  })

  it('writes in the reader’s language as it is written in the school’s region', () => {
    expect(
      createSchoolTime({ timezone: 'Asia/Kolkata', locale: 'en-IN' }, 'hi').weekday('2026-11-21'),
    ).toBe('शनिवार')
    expect(berlin.weekday('2026-11-21')).toBe('Saturday')
  })

  it.each([
    ['2026-11-21', '09:30', '2026-11-21T04:00:00.000Z', india],
    // The nights in which Berlin's clock is changed: an hour that is there once, and one after the gap.
    ['2026-10-25', '04:00', '2026-10-25T03:00:00.000Z', berlin],
    ['2026-03-29', '03:30', '2026-03-29T01:30:00.000Z', berlin],
    ['2026-03-29', '01:30', '2026-03-29T00:30:00.000Z', berlin],
  ])('finds the instant of %s %s', (date, wallTime, instant, time) => {
    expect(time.instantOf(date, wallTime)).toBe(instant)
  })

  it('writes two dates as one range, in no zone, and says on which date an instant is', () => {
    expect(india.dateRange('2026-11-16', '2026-11-22')).toMatch(/^16\W+22 Nov 2026$/)
    expect(india.dateRangeShort('2026-11-30', '2026-12-06')).toMatch(/^30 Nov\W+6 Dec$/)
    // Past midnight there, still the day before in UTC.
    expect(india.wallDate('2026-11-21T19:00:00.000Z')).toBe('2026-11-22')
  })

  it('writes no percentage where there is none', () => {
    expect(india.percent(null)).toBe('–')
    expect(india.percent(97.46)).toBe('97.5%')
  })
})

it('counts days by the calendar and weeks from Monday', () => {
  expect(addDays('2026-02-28', 1)).toBe('2026-03-01')
  expect(addDays('2026-01-01', -1)).toBe('2025-12-31')
  expect(['2026-11-16', '2026-11-21', '2026-11-22', '2026-11-23'].map(mondayOf)).toEqual([
    '2026-11-16',
    '2026-11-16',
    '2026-11-16',
    '2026-11-23',
  ])
})
