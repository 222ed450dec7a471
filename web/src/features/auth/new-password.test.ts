import { describe, expect, it } from 'vitest'
import { faultOf, toFault } from './new-password.ts'

describe('what is wrong with a new password', () => {
  it('is understood whichever rule the server names', () => {
    // The words of service-kit's passwordIssues; sign-in.e2e.test.ts holds the commonest to what the server really says.
    expect(toFault('must have at least 12 characters')).toEqual({ key: 'tooShort', count: 12 })
    expect(toFault('must have at most 72 bytes')).toEqual({ key: 'tooLong' })
    expect(toFault('must not be the username')).toEqual({ key: 'isUsername' })
    expect(toFault('is one of the most common passwords')).toEqual({ key: 'isCommon' })
  })

  it('is told before the server is asked where its length alone says it', () => {
    expect(faultOf('sieben7')).toEqual({ key: 'tooShort', count: 8 })
    expect(faultOf('eleven char', 12)).toEqual({ key: 'tooShort', count: 12 })
    // 25 letters of Devanagari are 75 bytes.
    expect(faultOf('क'.repeat(25))).toEqual({ key: 'tooLong' })
    expect(faultOf('क'.repeat(24))).toBeNull()
    // One character, though two code units.
    expect(faultOf('😀'.repeat(7))).toEqual({ key: 'tooShort', count: 8 })
  })

  it('is not guessed from words that nobody knows', () => {
    expect(toFault('must rhyme')).toBeUndefined()
  })
})
