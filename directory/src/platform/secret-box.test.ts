import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { SecretError, createSecretBox, parseKey } from './secret-box.ts'

const current = { id: 'k2', key: randomBytes(32) }
const previous = { id: 'k1', key: randomBytes(32) }
const box = createSecretBox({ current, previous: [previous] })
const context = { school: 'AAA', field: 'database-password' }

describe('a secret box', () => {
  it('opens what it sealed, for any text and any school and field', () => {
    const contexts = fc.record({ school: fc.string(), field: fc.string() })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), contexts, (plaintext, of) => {
        expect(box.open(box.seal(plaintext, of), of)).toBe(plaintext)
      }),
    )
  })

  it('does not open for any other school or field', () => {
    const contexts = fc.record({ school: fc.string(), field: fc.string() })
    fc.assert(
      fc.property(contexts, contexts, (of, other) => {
        fc.pre(of.school !== other.school || of.field !== other.field)
        expect(() => box.open(box.seal('secret', of), other)).toThrow(SecretError)
      }),
    )
  })

  it('does not open after any one character was changed', () => {
    const envelope = box.seal('a secret', context)
    fc.assert(
      fc.property(
        fc.nat({ max: envelope.length - 1 }),
        fc.constantFrom(...'ABCxyz019-_.=+/ '),
        (at, character) => {
          fc.pre(envelope[at] !== character)
          const altered = envelope.slice(0, at) + character + envelope.slice(at + 1)
          expect(() => box.open(altered, context)).toThrow(SecretError)
        },
      ),
      { numRuns: 2_000 },
    )
  })

  it('seals the same text differently each time, with the current key', () => {
    const [one, other] = [box.seal('same', context), box.seal('same', context)]
    expect(one).not.toBe(other)
    expect(one).toMatch(/^v1\.k2\.[\w-]{16}\.[\w-]+$/)
    expect(box.keyIdOf(one)).toBe('k2')
    expect(box.currentKeyId).toBe('k2')
  })

  it('opens what a previous key sealed', () => {
    const old = createSecretBox({ current: previous }).seal('from before', context)
    expect(box.keyIdOf(old)).toBe('k1')
    expect(box.open(old, context)).toBe('from before')
  })

  it('names the key it lacks, and never the plaintext', () => {
    const sealed = box.seal('plain words', context)
    const without = createSecretBox({ current: previous })
    expect(() => without.open(sealed, context)).toThrow(
      'the secret database-password of AAA is sealed with the key k2, which is not configured (there are: k1)',
    )
    const sameName = createSecretBox({ current: { id: 'k2', key: randomBytes(32) } })
    expect(() => sameName.open(sealed, context)).toThrow(/does not open with the key k2/)
    expect(() => sameName.open(sealed, context)).not.toThrow(/plain words/)
  })

  it.each(['', 'v1', 'v1.k2', 'v2.k2.AAAA.AAAA', 'v1.k2.AAAA.AAAA', 'plain text', 'v1.k2...'])(
    'says that %j is not a sealed secret',
    (text) => {
      expect(() => box.open(text, context)).toThrow('this is not a sealed secret')
    },
  )

  it('refuses short keys, odd ids and two keys of one id', () => {
    const key = randomBytes(32)
    expect(() => createSecretBox({ current: { id: 'a', key: key.subarray(1) } })).toThrow(
      /31 bytes/,
    )
    expect(() => createSecretBox({ current: { id: 'a.b', key } })).toThrow(/no key id/)
    expect(() =>
      createSecretBox({ current: { id: 'a', key }, previous: [{ id: 'a', key }] }),
    ).toThrow(/two keys/)
  })
})

describe('parseKey', () => {
  it('reads base64, base64url and hex', () => {
    const key = randomBytes(32)
    for (const encoding of ['base64', 'base64url', 'hex'] as const)
      expect(parseKey(`${key.toString(encoding)}\n`)).toEqual(key)
  })

  it.each([
    '',
    'a passphrase',
    randomBytes(31).toString('base64'),
    randomBytes(33).toString('hex'),
  ])('refuses what is not 32 bytes (%#), without repeating it', (text) => {
    expect(() => parseKey(text)).toThrow(/^a key must be 32 random bytes[^:]*$/)
  })
})
