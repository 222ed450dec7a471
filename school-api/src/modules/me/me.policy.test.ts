import { describe, expect, it } from 'vitest'
import type { Actor } from '#src/auth/actor.ts'
import type { Scope } from '#src/auth/permissions.ts'
import { addDays, mondayOf, pupilOf, requireAlike, timetableRange } from './me.policy.ts'

const parent: Actor = {
  userId: 'p',
  sessionId: 's',
  role: 'PARENT',
  scope: 'child',
  today: '2025-11-19',
}
const reach = {
  everything: false as const,
  sectionIds: [],
  gradeIds: [],
  studentIds: ['anna', 'zoe'],
}
const everything = { everything: true as const }

describe('the days of a timetable', () => {
  it('are the week of today from Monday to Sunday, also on a Sunday and over a new year', () => {
    const week = { from: '2025-11-17', to: '2025-11-23' }
    for (const today of ['2025-11-17', '2025-11-19', '2025-11-23'])
      expect(timetableRange({}, today)).toEqual(week)
    expect(timetableRange({}, '2027-01-01')).toEqual({ from: '2026-12-28', to: '2027-01-03' })
  })

  it('are seven from the one, or to the one, that is named', () => {
    expect(timetableRange({ from: '2026-02-26' }, '2025-11-19').to).toBe('2026-03-04')
    expect(timetableRange({ to: '2026-03-04' }, '2025-11-19').from).toBe('2026-02-26')
  })

  it('count on over months, and back to the Monday', () => {
    expect(addDays('2024-02-28', 2)).toBe('2024-03-01')
    expect(mondayOf('2024-03-03')).toBe('2024-02-26')
  })
})

describe('the pupil asked about', () => {
  it('is the first unless one is named, and nobody’s but one’s own', () => {
    expect(pupilOf(reach, undefined)).toBe('anna')
    expect(pupilOf(reach, 'zoe')).toBe('zoe')
    expect(pupilOf({ ...reach, studentIds: [] }, undefined)).toBeNull()
    expect(pupilOf(everything, undefined)).toBeNull()
    expect(() => pupilOf(reach, 'mia')).toThrow('No such student')
    expect(() => pupilOf(everything, 'mia')).toThrow('No such student')
  })
})

describe('a screen of several things', () => {
  const permissions = (scope: Scope) => ({
    scopeOf: (_: unknown, action: string): Scope =>
      action === 'assignments.read' ? scope : 'child',
  })

  it('is refused when one of them is not allowed, or reaches elsewhere', () => {
    const ask = (scope: Scope) => () =>
      requireAlike(permissions(scope), parent, ['sessions.read', 'assignments.read'])
    expect(ask('child')).not.toThrow()
    expect(ask('none')).toThrow('A parent may not do this')
    expect(ask('all')).toThrow('A parent may not do this')
  })
})
