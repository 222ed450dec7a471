import jwt from 'jsonwebtoken'
import { describe, expect, it } from 'vitest'
import type { AppError } from '../errors/app-error.ts'
import { bearerToken, createAccessTokens } from './access-token.ts'
import { hopSecretOf, sameSecret, successorOf } from './opaque-token.ts'
import { createPasswords, passwordIssues } from './passwords.ts'

const secret = 'a secret of at least thirty-two characters'
const claims = {
  sub: '0190a1b2-0000-7000-8000-000000000001',
  sid: '0190a1b2-0000-7000-8000-000000000002',
  role: 'TEACHER',
}
const codeOf = (work: () => unknown) => {
  try {
    work()
  } catch (error) {
    return (error as AppError).code
  }
  return 'accepted'
}

describe('access tokens', () => {
  const ours = createAccessTokens({ secret, audience: 'school:ABC' })

  it('are accepted where they were made for', () => {
    expect(ours.verify(ours.sign(claims))).toMatchObject(claims)
  })

  it('are refused by another school, even with the same key', () => {
    const other = createAccessTokens({ secret, audience: 'school:XYZ' })
    expect(codeOf(() => other.verify(ours.sign(claims)))).toBe('invalid_token')
  })

  it('are refused under another key, without a signature, of another type, with another algorithm', () => {
    const forged = [
      createAccessTokens({ secret: `${secret}!`, audience: 'school:ABC' }).sign(claims),
      jwt.sign({ ...claims, iss: 'usms', aud: 'school:ABC' }, '', { algorithm: 'none' }),
      jwt.sign(claims, secret, { issuer: 'usms', audience: 'school:ABC', expiresIn: 60 }),
      jwt.sign(claims, secret, {
        algorithm: 'HS512',
        issuer: 'usms',
        audience: 'school:ABC',
        header: { alg: 'HS512', typ: 'at+jwt' },
      }),
      'not.a.token',
      '',
    ]
    for (const token of forged) expect(codeOf(() => ours.verify(token))).toBe('invalid_token')
  })

  it('say so when they have expired', () => {
    const earlier = createAccessTokens({
      secret,
      audience: 'school:ABC',
      now: () => Date.now() - 3_600_000,
    })
    expect(codeOf(() => ours.verify(earlier.sign(claims)))).toBe('token_expired')
  })

  it('come from one Bearer header', () => {
    expect(bearerToken('Bearer abc.def.ghi')).toBe('abc.def.ghi')
    for (const header of [undefined, '', 'Basic abc', 'Bearer', 'Bearer a b'])
      expect(codeOf(() => bearerToken(header))).toBe('unauthenticated')
  })
})

describe('passwords', () => {
  const passwords = createPasswords({ cost: 4, concurrency: 1, maxWaiting: 1 })

  it('match their own hash and no other', async () => {
    const hash = await passwords.hash('correct horse')
    expect(await passwords.matches('correct horse', hash)).toBe(true)
    expect(await passwords.matches('wrong horse', hash)).toBe(false)
    expect(await passwords.matches('correct horse', null)).toBe(false)
  })

  it('longer than bcrypt reads never match, whatever their beginning', async () => {
    const hash = await passwords.hash('x'.repeat(72))
    expect(await passwords.matches('x'.repeat(72), hash)).toBe(true)
    expect(await passwords.matches('x'.repeat(73), hash)).toBe(false)
  })

  it('are refused with 503 when too many wait', async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 5 }, () => passwords.hash('x')))
    const refused = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(refused.length).toBeGreaterThanOrEqual(1)
    expect(refused[0]?.reason).toMatchObject({ status: 503 })
    expect(await passwords.hash('still works')).toMatch(/^\$2/)
  })

  it('have every fault named', () => {
    const faults = (password: string, minLength = 12) =>
      passwordIssues(password, { username: 'asha.rao', minLength }).map((issue) => issue.message)
    expect(faults('short')).toEqual(['must have at least 12 characters'])
    expect(faults('password', 8)).toEqual(['is one of the most common passwords'])
    expect(faults('Asha.Rao', 8)).toEqual(['must not be the username'])
    expect(faults('é'.repeat(37))).toEqual(['must have at most 72 bytes'])
    expect(faults('é'.repeat(36))).toEqual([])
  })
})

describe('opaque tokens', () => {
  it('derive the same successor for the same key and another for another', () => {
    expect(successorOf('token', secret)).toBe(successorOf('token', secret))
    expect(successorOf('token', secret)).not.toBe(successorOf('token', `${secret}!`))
    expect(hopSecretOf('a', secret)).not.toBe(hopSecretOf('b', secret))
  })

  it('compare whole', () => {
    expect(sameSecret('abc', 'abc')).toBe(true)
    expect(sameSecret('abc', 'abcd')).toBe(false)
    expect(sameSecret('', 'abc')).toBe(false)
  })
})
