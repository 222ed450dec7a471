import { describe, expect, it } from 'vitest'
import { Problem } from '#src/lib/http/problem.ts'
import { readFaults } from './read-faults.ts'

describe('readFaults', () => {
  it('names each pupil of a bulk once, with what is in the way', () => {
    const refused = new Problem(422, {
      code: 'enrollments_refused',
      details: {
        faults: [
          { path: 'enrollments.2.studentUserId', code: 'already_enrolled' },
          { path: 'enrollments.2.rollNo', code: 'roll_no_taken' },
          { path: 'enrollments.0.sectionId', code: 'capacity_exceeded' },
          { path: 'enrollments.1.joinedOn', code: 'date_outside_year' },
        ],
      },
    })
    expect(readFaults(refused, ['a', 'b', 'c'])).toEqual([
      { id: 'c', text: 'alreadyEnrolled' },
      { id: 'a', text: 'noSeat' },
      { id: 'b', text: 'fault' },
    ])
  })

  it('reads the issues where faults are not listed, as for members of a group', () => {
    const refused = new Problem(409, {
      code: 'already_member',
      errors: [{ path: 'studentUserIds.1', message: 'is a member' }],
    })
    expect(readFaults(refused, ['a', 'b'])).toEqual([{ id: 'b', text: 'alreadyMember' }])
  })

  it('finds nobody where no pupil is named', () => {
    expect(readFaults(new Error('x'), ['a'])).toEqual([])
    const other = new Problem(422, { errors: [{ path: 'joinedOn', message: 'x' }] })
    expect(readFaults(other, ['a'])).toEqual([])
    const beyond = new Problem(409, { errors: [{ path: 'studentUserIds.7', message: 'x' }] })
    expect(readFaults(beyond, ['a'])).toEqual([])
  })
})
