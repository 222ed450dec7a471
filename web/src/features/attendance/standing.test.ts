import { describe, expect, it } from 'vitest'
import { standingOf, totalOf } from './standing.ts'

const mark = (status: string, countsPresent: boolean, countsPossible: boolean) =>
  standingOf({ status, countsPresent, countsPossible })

describe('standingOf', () => {
  it('knows the codes that every school has, and a school’s own by how they count', () => {
    expect(mark('PRESENT', true, true)).toBe('present')
    expect(mark('LATE', true, true)).toBe('late')
    expect(mark('ABSENT', false, true)).toBe('absent')
    expect(mark('EXCUSED', false, false)).toBe('excused')
    expect(mark('HALF', true, true)).toBe('present')
    expect(mark('STRIKE', false, false)).toBe('excused')
  })
})

describe('totalOf', () => {
  it('adds up all four', () => {
    expect(totalOf({ present: 4, late: 3, absent: 2, excused: 1 })).toBe(10)
  })
})
