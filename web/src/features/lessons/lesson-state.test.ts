import { describe, expect, it } from 'vitest'
import { focusOf, registerStateOf } from './lesson-state.ts'
import type { Lesson } from './lessons.api.ts'

const at = (time: string) => `2026-11-21T${time}:00.000Z`
const lesson = (from: string, to: string, marked = 0, more: Partial<Lesson> = {}): Lesson => ({
  id: from,
  kind: 'LESSON',
  startsAt: at(from),
  endsAt: at(to),
  localDate: '2026-11-21',
  status: 'SCHEDULED',
  cancelReason: null,
  registerTakenAt: null,
  section: { id: 's', name: '6-A', kind: 'HOMEROOM' },
  subject: null,
  room: null,
  teachers: [],
  mark: null,
  register: { rosterSize: 3, marked, present: marked, absent: 0, late: 0, excused: 0 },
  ...more,
})
const now = Date.parse(at('10:00'))

describe('the state of a register', () => {
  it('is to take from the beginning of the lesson, until everybody is marked', () => {
    expect(registerStateOf(lesson('10:01', '11:00'), now)).toBe('future')
    expect(registerStateOf(lesson('10:00', '11:00'), now)).toBe('to-take')
    expect(registerStateOf(lesson('09:00', '10:30', 2), now)).toBe('partly')
    expect(registerStateOf(lesson('09:00', '09:30', 2), now)).toBe('missing')
    expect(registerStateOf(lesson('09:00', '09:30', 3), now)).toBe('taken')
  })

  it('is none of a cancelled lesson, or of one without pupils', () => {
    expect(registerStateOf(lesson('09:00', '09:30', 0, { status: 'CANCELLED' }), now)).toBe(
      'cancelled',
    )
    const register = { rosterSize: 0, marked: 0, present: 0, absent: 0, late: 0, excused: 0 }
    expect(registerStateOf(lesson('09:00', '09:30', 0, { register }), now)).toBe('nobody')
  })
})

describe('the lesson that a day is about', () => {
  const before = lesson('09:00', '09:45')
  const current = lesson('09:50', '10:30')
  const next = lesson('10:45', '11:30')

  it('is the one held now, then the next, then none', () => {
    expect(focusOf([before, current, next], now)).toEqual({ kind: 'now', lesson: current })
    expect(focusOf([before, next], now)).toEqual({ kind: 'next', lesson: next })
    expect(focusOf([before], now)).toEqual({ kind: 'over' })
  })

  it('is of two held now the one whose register is not taken, and never a cancelled one', () => {
    const taken = lesson('09:40', '10:30', 3)
    expect(focusOf([taken, current], now)).toEqual({ kind: 'now', lesson: current })
    const cancelled = { ...current, status: 'CANCELLED' as const }
    expect(focusOf([cancelled, next], now)).toEqual({ kind: 'next', lesson: next })
  })
})
