import { describe, expect, it } from 'vitest'
import { createSignInLimits } from './sign-in-limits.ts'

const refused = { kind: 'rate_limited' }
const right = async () => ({ isRight: true })
const wrong = async () => ({ isRight: false })
const build = (maxFailures: number, maxFailuresPerAddress = 1_000) =>
  createSignInLimits({ maxFailures, maxFailuresPerAddress, blockSeconds: 60 })

describe('the limits of sign-in', () => {
  it('refuse an account after its last failure, the right password too, and say how long', async () => {
    const limits = build(3)
    for (let i = 0; i < 3; i++) await limits.guard('a', '203.0.113.1', wrong)
    await expect(limits.guard('a', '203.0.113.2', right)).rejects.toMatchObject(refused)
    await expect(limits.guard('a', undefined, right)).rejects.toSatisfy(
      ({ retryAfterSeconds }) => retryAfterSeconds > 50 && retryAfterSeconds <= 60,
    )
    await limits.guard('b', '203.0.113.1', right)
    await limits.forgive('a')
    expect(await limits.guard('a', '203.0.113.1', right)).toEqual({ isRight: true })
  })

  it('start at nought again with the right password, and count no failure of a dependency', async () => {
    const limits = build(2)
    for (let i = 0; i < 6; i++) await limits.guard('a', 'x', i % 2 ? right : wrong)
    const away = () => Promise.reject(new Error('the database is away'))
    for (let i = 0; i < 5; i++) await expect(limits.guard('a', 'x', away)).rejects.toThrow('away')
    await limits.guard('a', 'x', right)
  })

  it('give a hundred guesses at once no more tries than a hundred in a row', async () => {
    const limits = build(10)
    let checked = 0
    const guess = async () => {
      checked++
      await new Promise((resolve) => setImmediate(resolve))
      return { isRight: false }
    }
    const all = await Promise.allSettled(
      Array.from({ length: 100 }, () => limits.guard('a', 'x', guess)),
    )
    expect(checked).toBe(10)
    expect(all.filter(({ status }) => status === 'rejected')).toHaveLength(90)
  })

  it('let a hundred right passwords at once all pass', async () => {
    const limits = build(10)
    const all = await Promise.all(Array.from({ length: 100 }, () => limits.guard('a', 'x', right)))
    expect(all).toHaveLength(100)
  })

  it('count the addresses of one IPv6 network together, and IPv4 alike in both spellings', async () => {
    const limits = build(10, 2)
    await limits.guard('a', '2001:db8:1:2::1', wrong)
    await limits.guard('b', '2001:db8:1:2:ffff::9', wrong)
    await expect(limits.guard('c', '2001:db8:1:2::7', right)).rejects.toMatchObject(refused)
    await limits.guard('c', '2001:db8:1:3::7', right)

    await limits.guard('d', '::ffff:203.0.113.9', wrong)
    await limits.guard('e', '203.0.113.9', wrong)
    await expect(limits.guard('f', '203.0.113.9', right)).rejects.toMatchObject(refused)
    await limits.guard('f', '203.0.113.10', right)
  })
})
