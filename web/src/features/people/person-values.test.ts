import { describe, expect, it } from 'vitest'
import { NOBODY, proposeUsername, toBody, toChanges } from './person-values.ts'

describe('a proposed username', () => {
  it.each([
    ['Asha', 'Rao', 'asha.rao'],
    ['Élodie', 'Número Uno', 'elodie.numerouno'],
    ["  O'Neil ", '', 'oneil'],
    ['आशा', 'राव', 'आशा.राव'],
    ['', '', ''],
  ])('of %s %s is %s', (firstName, lastName, expected) => {
    expect(proposeUsername(firstName, lastName)).toBe(expected)
  })

  it('leaves room for a number behind it', () => {
    expect(proposeUsername('a'.repeat(100), 'b'.repeat(100))).toHaveLength(90)
  })
})

describe('what is sent', () => {
  const asha = {
    ...NOBODY,
    firstName: 'Asha',
    username: 'asha',
    phone: '1',
    role: 'OWNER',
  } as const

  it('leaves out what is empty, and what another kind has', () => {
    const values = { ...asha, lastName: '  ', teacherCode: 'T-1' }
    expect(toBody('students', values)).toEqual({ firstName: 'Asha', username: 'asha', phone: '1' })
    expect(toBody('staff', values)).toMatchObject({ role: 'OWNER' })
  })

  it('is what differs: emptied fields as null, the rest not at all', () => {
    expect(toChanges('students', asha, { ...asha, phone: ' ', lastName: ' Rao ' })).toEqual({
      phone: null,
      lastName: 'Rao',
    })
    expect(toChanges('students', asha, asha)).toEqual({})
  })
})
