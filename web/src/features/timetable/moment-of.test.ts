import { describe, expect, it } from 'vitest'
import { momentOf } from './moment-of.ts'

const lesson = (
  id: string,
  from: number,
  to: number,
  status: 'SCHEDULED' | 'CANCELLED' = 'SCHEDULED',
) => ({
  id,
  startsAt: new Date(from).toISOString(),
  endsAt: new Date(to).toISOString(),
  status,
})
const day = [lesson('a', 10, 20), lesson('off', 20, 30, 'CANCELLED'), lesson('b', 30, 40)]

describe('momentOf', () => {
  it('says which lesson is on, from its first moment to before its last', () => {
    expect(momentOf(day, 10)).toEqual({ id: 'a', kind: 'now' })
    expect(momentOf(day, 19)).toEqual({ id: 'a', kind: 'now' })
    expect(momentOf(day, 30)).toEqual({ id: 'b', kind: 'now' })
  })

  it('says in a gap what comes next, cancelled lessons left out', () => {
    expect(momentOf(day, 5)).toEqual({ id: 'a', kind: 'next' })
    expect(momentOf(day, 20)).toEqual({ id: 'b', kind: 'next' })
  })

  it('says nothing when the day is over or empty', () => {
    expect(momentOf(day, 40)).toBeUndefined()
    expect(momentOf([], 0)).toBeUndefined()
  })
})
