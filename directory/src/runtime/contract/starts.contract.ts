import { describe, expect, it } from 'vitest'
import { SchoolStartError, SupersededError, UnknownReleaseError } from '../school-runtime.ts'
import { eventually, type RuntimeUnderTest } from '../testing/runtime-under-test.ts'

const soon = () => AbortSignal.timeout(20_000)

export function describeStarts(underTest: RuntimeUnderTest): void {
  const { harness, runtime, states, newSpec, askHealth, expectOne, expectGone } = underTest

  describe('starting and stopping', () => {
    it('starts a school that answers the router at its address, and nobody else', async () => {
      const spec = await newSpec()
      const running = await runtime().ensure(spec)

      expect(running).toMatchObject({ state: 'running', generation: 1, release: spec.release })
      const headers = harness().hopHeaders(spec)
      expect(await askHealth(running, headers)).toBe(200)
      expect(await askHealth(running, {})).toBe(421)
      expect(await askHealth(running, { ...headers, 'x-school-code': 'OTHER' })).toBe(421)
      expect(await runtime().check(spec.schoolId, 'current', soon())).toBeUndefined()
      expect(await runtime().observeAll()).toEqual([running])
    })

    it('starts one school when asked twice at once', async () => {
      const spec = await newSpec()
      const [first, second] = await Promise.all([runtime().ensure(spec), runtime().ensure(spec)])
      expect(second).toEqual(first)
      expect(states().filter(({ state }) => state === 'running')).toHaveLength(1)
      await expectOne(spec, {})
    })

    it('starts schools at once beside each other, each its own', async () => {
      const specs = await Promise.all([newSpec(), newSpec(), newSpec()])
      const running = await Promise.all(specs.map((spec) => runtime().ensure(spec)))
      expect(new Set(running.map(({ address }) => address)).size).toBe(3)
      for (const spec of specs) await expectOne(spec, { code: spec.code })
    })

    it('leaves alone what runs as wanted, and takes the newer generation', async () => {
      const spec = await newSpec()
      const first = await runtime().ensure(spec)
      const second = await runtime().ensure({ ...spec, generation: 2 })
      expect(second).toEqual({ ...first, generation: 2 })
    })

    it('replaces what runs with other settings, other secrets or other limits', async () => {
      const spec = await newSpec()
      const changes = [
        { settings: { ...spec.settings, LOG_LEVEL: 'debug' } },
        { secrets: { ...spec.secrets, JWT_SECRET: 'another secret, longer than 32 characters' } },
        { limits: { ...spec.limits, heapMb: spec.limits.heapMb + 1 } },
      ]
      let before = await runtime().ensure(spec)
      for (const [index, change] of changes.entries()) {
        const generation = index + 2
        await runtime().ensure({ ...spec, ...change, generation })
        const after = await expectOne(spec, { generation })
        expect(after.startedAt).not.toEqual(before.startedAt)
        before = after
      }
    })

    it('starts anew on restart', async () => {
      const spec = await newSpec()
      const first = await runtime().ensure(spec)
      await runtime().restart({ ...spec, generation: 2 })
      const second = await expectOne(spec, { generation: 2 })
      expect(second.startedAt).not.toEqual(first.startedAt)
    })

    it('holds a school to its limits', async () => {
      const spec = await newSpec()
      const limits = { ...spec.limits, heapMb: 88 }
      await runtime().ensure({ ...spec, limits })
      const inForce = await harness().limitsInForce(spec.code)
      expect(inForce.heapMb).toBe(88)
      expect(limits).toMatchObject(inForce)
    })

    it('is not stopped by a decision older than the one it runs by', async () => {
      const spec = await newSpec()
      const running = await runtime().ensure({ ...spec, generation: 5 })
      expect(await runtime().stop(spec.schoolId, 4)).toEqual(running)
      await expectOne(spec, { generation: 5 })
    })

    it('is not stopped by an older decision that comes while it starts', async () => {
      const spec = await newSpec()
      const starting = runtime().ensure({ ...spec, generation: 5 })
      await runtime().stop(spec.schoolId, 4)
      await starting
      await expectOne(spec, { generation: 5 })
    })

    it('is not started by a decision older than the one it was stopped by', async () => {
      const spec = await newSpec()
      await runtime().ensure(spec)
      await runtime().stop(spec.schoolId, 3)
      await expect(runtime().ensure({ ...spec, generation: 2 })).rejects.toThrow(SupersededError)
      expect(await runtime().observe(spec.schoolId)).toMatchObject({ state: 'stopped' })
      expect(await harness().countRunning(spec.code)).toBe(0)
    })

    it('stops a school that is still starting', async () => {
      const spec = await newSpec()
      const starting = runtime().ensure(spec)
      starting.catch(() => {})
      await eventually(() => expect(states().at(-1)?.state).toBe('starting'))
      const stopped = await runtime().stop(spec.schoolId, 2)
      expect(stopped).toMatchObject({ state: 'stopped', address: null })
      await expect(starting).rejects.toThrow(SchoolStartError)
      expect(await runtime().observe(spec.schoolId)).toMatchObject({ state: 'stopped' })
      expect(await harness().countRunning(spec.code)).toBe(0)
    })

    it('answers nothing at its address once it is stopped, and comes back', async () => {
      const spec = await newSpec()
      const running = await runtime().ensure(spec)
      const stopped = await runtime().stop(spec.schoolId, 2)
      expect(stopped).toMatchObject({ state: 'stopped', address: null, generation: 2 })
      await expectGone(running)
      expect(await runtime().check(spec.schoolId, 'current', soon())).toBe('it does not run')
      await runtime().ensure({ ...spec, generation: 3, port: running.port })
      await expectOne(spec, { generation: 3 })
    })

    it('keeps what a school writes, and tells it as it comes', async () => {
      const spec = await newSpec()
      const lines: string[] = []
      const unfollow = runtime().followLogs(spec, (line) => lines.push(line))
      await runtime().ensure(spec)
      await eventually(() => expect(lines.join('\n')).toContain('"msg":"listening"'))
      unfollow()
      const [last, ...others] = await runtime().logs(spec, 1)
      expect(last).toContain(`"school":"${spec.code}"`)
      expect(others).toEqual([])
      expect(await runtime().logs(spec, 1_000)).toContain(lines.at(-1))
    })

    it('knows releases by their ids, and no others', async () => {
      const other = await harness().otherRelease()
      for (const id of [runtime().release, other])
        expect(await runtime().fetchRelease(id)).toMatchObject({ id })
      for (const name of ['9.9.9-none', '../releases', '.', ''])
        await expect(runtime().fetchRelease(name)).rejects.toThrow(UnknownReleaseError)
    })
  })
}
