import { describe, expect, it } from 'vitest'
import type { Mark } from './attendance.schema.ts'
import { type MarkFacts, planMarks } from './mark-plan.ts'

const studentUserId = '01890000-0000-7000-8000-000000000001'
const office = { userId: 'admin', byOffice: true, canCorrect: true }
const teacher = { userId: 'teacher', byOffice: false, canCorrect: true }
const lateTeacher = { userId: 'teacher', byOffice: false, canCorrect: false }

const plain = { isActive: true, takesMinutes: false }
const withMinutes = { isActive: true, takesMinutes: true }
const MARKED_AT = '2025-11-17T12:00:00+00:00'
const entry = (values: Partial<NonNullable<MarkFacts['existing']>> = {}) => ({
  status: 'ABSENT',
  minutesLate: null,
  note: null,
  byOffice: false,
  markedAt: MARKED_AT,
  markedByUserId: 'colleague',
  ...values,
})
const plan = (
  mark: Omit<Mark, 'studentUserId'>,
  facts: Partial<MarkFacts>,
  rules: Parameters<typeof planMarks>[2] = teacher,
) =>
  planMarks(
    [{ studentUserId, ...mark }],
    [{ onRoster: true, code: plain, existing: null, ...facts }],
    rules,
  )

describe('planMarks', () => {
  it('writes a first mark, even when corrections are over', () => {
    expect(plan({ status: 'PRESENT' }, {}, lateTeacher).writes).toEqual([
      { studentUserId, status: 'PRESENT', minutesLate: null, note: null },
    ])
  })

  it('writes nothing when nothing changes, even when corrections are over', () => {
    const { writes, tooLate, kept } = plan(
      { status: 'ABSENT' },
      { existing: entry({ byOffice: true }) },
      lateTeacher,
    )
    expect({ writes, tooLate, kept }).toEqual({ writes: [], tooLate: [], kept: 0 })
  })

  it('keeps an office mark that a teacher would change, and lets the office change it', () => {
    const existing = entry({ byOffice: true })
    expect(plan({ status: 'PRESENT' }, { existing })).toMatchObject({ kept: 1, writes: [] })
    expect(plan({ status: 'PRESENT' }, { existing }, lateTeacher)).toMatchObject({
      kept: 1,
      tooLate: [],
    })
    expect(plan({ status: 'PRESENT' }, { existing }, office)).toMatchObject({
      kept: 0,
      writes: [{ status: 'PRESENT' }],
    })
  })

  it('names an entry that is another one than the caller has seen, unless it says the same', () => {
    const changed = (ifMarkedAt: string | null, existing: MarkFacts['existing'], status = 'LATE') =>
      plan({ status, ifMarkedAt }, { existing }).changedMeanwhile.map(({ path }) => path)
    expect(changed(null, entry())).toEqual(['entries.0.status'])
    expect(changed('2025-11-17T11:59:00Z', entry())).toEqual(['entries.0.status'])
    expect(changed('2025-11-17T12:00:00Z', null)).toEqual(['entries.0.status'])
    expect(changed('2025-11-17T12:00:00.000Z', entry())).toEqual([])
    expect(changed(null, null)).toEqual([])
    expect(changed(null, entry(), 'ABSENT')).toEqual([])
    // One's own have been seen.
    expect(changed(null, entry({ markedByUserId: 'teacher' }))).toEqual([])
    // The office's stay in any case.
    expect(changed(null, entry({ byOffice: true }))).toEqual([])
  })

  it('names a correction that comes too late', () => {
    const { tooLate, writes } = plan({ status: 'PRESENT' }, { existing: entry() }, lateTeacher)
    expect(tooLate.map(({ path }) => path)).toEqual(['entries.0.status'])
    expect(writes).toEqual([])
  })

  it('keeps minutes and note that are left out while the status stays', () => {
    const existing = entry({ status: 'LATE', minutesLate: 5, note: 'bus' })
    expect(
      plan({ status: 'LATE', minutesLate: 9 }, { existing, code: withMinutes }).writes,
    ).toMatchObject([{ minutesLate: 9, note: 'bus' }])
    expect(
      plan({ status: 'LATE', note: null }, { existing, code: withMinutes }).writes,
    ).toMatchObject([{ minutesLate: 5, note: null }])
    expect(plan({ status: 'ABSENT' }, { existing }).writes).toMatchObject([
      { minutesLate: null, note: null },
    ])
  })

  it('names every fault: roster, unknown and retired codes, minutes', () => {
    const marks = ['NOPE', 'RETIRED', 'PRESENT', 'RETIRED'].map((status) => ({
      studentUserId,
      status,
      minutesLate: 3,
    }))
    const retired = { isActive: false, takesMinutes: true }
    const { faults } = planMarks(
      marks,
      [
        { onRoster: false, code: null, existing: null },
        { onRoster: true, code: retired, existing: entry() },
        { onRoster: true, code: plain, existing: null },
        { onRoster: true, code: retired, existing: entry({ status: 'RETIRED' }) },
      ],
      teacher,
    )
    expect(faults.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'not_on_roster entries.0.studentUserId',
      'unknown_code entries.0.status',
      'unknown_code entries.1.status',
      'minutes_not_taken entries.2.minutesLate',
    ])
  })
})
