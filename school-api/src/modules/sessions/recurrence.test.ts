import { describe, expect, it } from 'vitest'
import { occurrencesOf } from './recurrence.ts'

const inBerlin = (pattern: Partial<Parameters<typeof occurrencesOf>[0]>) =>
  occurrencesOf(
    {
      weekdays: [7],
      startTime: '01:30',
      endTime: '01:45',
      from: '2025-03-23',
      until: '2025-04-06',
      ...pattern,
    },
    'Europe/Berlin',
  ).map(({ date, times }) => [date, times?.startsAt.toISOString(), times?.endsAt.toISOString()])

describe('the dates of a weekly pattern', () => {
  it('are those weekdays, the first and the last day included', () => {
    const dates = (weekdays: number[]) =>
      inBerlin({ weekdays, from: '2025-01-06', until: '2025-01-20' }).map(([date]) => date)
    expect(dates([1])).toEqual(['2025-01-06', '2025-01-13', '2025-01-20'])
    expect(dates([7, 3])).toEqual(['2025-01-08', '2025-01-12', '2025-01-15', '2025-01-19'])
    expect(inBerlin({ weekdays: [2], from: '2025-01-06', until: '2025-01-06' })).toEqual([])
  })

  it('keep the time on the wall when the clocks change', () => {
    const pattern = { startTime: '09:00', endTime: '09:45' }
    expect(inBerlin(pattern)).toEqual([
      ['2025-03-23', '2025-03-23T08:00:00.000Z', '2025-03-23T08:45:00.000Z'],
      ['2025-03-30', '2025-03-30T07:00:00.000Z', '2025-03-30T07:45:00.000Z'],
      ['2025-04-06', '2025-04-06T07:00:00.000Z', '2025-04-06T07:45:00.000Z'],
    ])
  })

  it('have no times where the clocks skip the beginning or the end', () => {
    const skipped = (startTime: string, endTime: string) =>
      inBerlin({ startTime, endTime })
        .filter(([, startsAt]) => startsAt === undefined)
        .map(([date]) => date)
    expect(skipped('02:00', '03:00')).toEqual(['2025-03-30'])
    expect(skipped('01:30', '02:59')).toEqual(['2025-03-30'])
    expect(skipped('01:30', '03:00')).toEqual([])
    expect(skipped('03:00', '03:30')).toEqual([])
  })

  it('mean the first of a time that comes twice, and end after they begin', () => {
    const autumn = { from: '2025-10-26', until: '2025-10-26' }
    expect(inBerlin({ ...autumn, startTime: '02:15', endTime: '02:45' })).toEqual([
      ['2025-10-26', '2025-10-26T00:15:00.000Z', '2025-10-26T00:45:00.000Z'],
    ])
    expect(inBerlin({ ...autumn, startTime: '02:45', endTime: '03:00' })).toEqual([
      ['2025-10-26', '2025-10-26T00:45:00.000Z', '2025-10-26T02:00:00.000Z'],
    ])
  })

  it('pass over no day in a zone that left one out', () => {
    // Samoa had no 30 December 2011.
    const days = occurrencesOf(
      {
        weekdays: [1, 2, 3, 4, 5, 6, 7],
        startTime: '09:00',
        endTime: '10:00',
        from: '2011-12-29',
        until: '2011-12-31',
      },
      'Pacific/Apia',
    )
    expect(days.map(({ date, times }) => [date, times !== undefined])).toEqual([
      ['2011-12-29', true],
      ['2011-12-30', false],
      ['2011-12-31', true],
    ])
  })
})
