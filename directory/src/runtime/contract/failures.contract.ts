import { describe, expect, it } from 'vitest'
import { SchoolStartError } from '../school-runtime.ts'
import { BROKEN_SAYS } from '../testing/runtime-harness.ts'
import { eventually, type RuntimeUnderTest } from '../testing/runtime-under-test.ts'

/** Begins like an id of every driver's, and is nobody's. */
export const NO_SUCH_RELEASE = `sha256:${'0'.repeat(64)}`
const KILLED_AND_BACK_MS = 5_000

export function describeFailures(underTest: RuntimeUnderTest): void {
  const { harness, runtime, states, newSpec, askHealth, expectOne } = underTest

  describe('failing', () => {
    it('starts again what was killed, so that it answers within five seconds, and tells', async () => {
      const spec = await newSpec()
      const beganAt = performance.now()
      const first = await runtime().ensure(spec)
      const killedAt = performance.now()
      const startMs = killedAt - beganAt
      await harness().endAbruptly(first)
      await eventually(async () => {
        const now = await runtime().observe(spec.schoolId)
        expect(now?.startedAt).not.toEqual(first.startedAt)
        expect(await askHealth(now, harness().hopHeaders(spec))).toBe(200)
      })
      // On a machine that is so busy that a start alone takes seconds the driver can only be held to a start.
      const allowedMs = Math.max(KILLED_AND_BACK_MS, 3 * startMs)
      expect(performance.now() - killedAt).toBeLessThan(allowedMs)

      await expectOne(spec, { generation: 1, lastError: null })
      const down = states().find(({ state }) => state === 'backing-off')
      expect(down).toMatchObject({ address: null, lastError: expect.stringContaining('SIGKILL') })
    })

    it('says with the last words of a school why it did not start, and goes on trying', async () => {
      const spec = await newSpec()
      const secrets = { ...spec.secrets, JWT_SECRET: 'short' }
      const attempt = runtime().ensure({ ...spec, secrets })
      await expect(attempt).rejects.toThrow(SchoolStartError)
      await expect(attempt).rejects.toThrow('JWT_SECRET: needs at least 32 characters')

      await eventually(() =>
        expect(states().filter(({ state }) => state === 'starting').length).toBeGreaterThan(1),
      )
      await runtime().ensure({ ...spec, generation: 2 })
      await expectOne(spec, { generation: 2, lastError: null })
    })

    it('tries no more once a school that does not start is stopped', async () => {
      const spec = await newSpec()
      const secrets = { ...spec.secrets, JWT_SECRET: 'short' }
      await runtime()
        .ensure({ ...spec, secrets })
        .catch(() => {})
      expect(await runtime().stop(spec.schoolId, 2)).toMatchObject({ state: 'stopped' })
      const attempts = states().length
      // A later start of the same school comes after every attempt that was still to come.
      await runtime().ensure({ ...spec, generation: 3 })
      const after = states().slice(attempts)
      expect(after.map(({ state }) => state)).toEqual(['starting', 'running'])
    })

    it('does not start a release that does not exist, and starts one that does', async () => {
      const spec = await newSpec()
      const attempt = runtime().ensure({ ...spec, release: NO_SUCH_RELEASE })
      await expect(attempt).rejects.toThrow(SchoolStartError)
      await expect(attempt).rejects.toThrow(NO_SUCH_RELEASE)
      expect(await runtime().observe(spec.schoolId)).toMatchObject({
        state: expect.stringMatching(/backing-off|starting/),
        address: null,
      })
      await runtime().ensure({ ...spec, generation: 2 })
      await expectOne(spec, { generation: 2, release: spec.release })
    })

    it('gives up waiting for a school that never listens, with its last words', async () => {
      const spec = await newSpec()
      const release = await harness().brokenRelease()
      await underTest.begin({ startTimeoutMs: 1_000 })
      const attempt = runtime().ensure({ ...spec, release })
      await expect(attempt).rejects.toThrow(SchoolStartError)
      await expect(attempt).rejects.toThrow(BROKEN_SAYS)
      expect(states().map(({ lastError }) => lastError ?? '')).toContainEqual(
        expect.stringContaining(BROKEN_SAYS),
      )
      await runtime().stop(spec.schoolId, 2)
      expect(await harness().countRunning(spec.code)).toBe(0)
    })

    it('starts a school beside somebody who has what it would get, and leaves that alone', async () => {
      const wanted = await newSpec()
      const squatter = await harness().squat(wanted)
      try {
        await runtime().ensure(squatter.spec)
        const running = await expectOne(squatter.spec, {})
        expect(await squatter.isThere()).toBe(true)
        await runtime().restart({ ...squatter.spec, generation: 2, port: running.port })
        await expectOne(squatter.spec, { generation: 2, port: running.port })
        await runtime().destroy(squatter.spec)
        expect(await squatter.isThere()).toBe(true)
      } finally {
        await squatter.leave()
      }
    })
  })
}
