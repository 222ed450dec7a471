import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import {
  type Observation,
  SchoolStartError,
  type SchoolRuntime,
  type SchoolSpec,
  SupersededError,
} from './school-runtime.ts'

/** What a driver brings along to be held to the contract. */
export interface RuntimeHarness {
  createRuntime(): SchoolRuntime
  /** A school with a database of its own, and all it needs to start. */
  newSpec(code: string): Promise<SchoolSpec>
  /** Ends what runs of the school from outside, without asking. */
  endAbruptly(observation: Observation): void
  /** Headers with which the router reaches a school. */
  hopHeaders(spec: SchoolSpec): Record<string, string>
  close(): Promise<void>
}

/** What every driver must do, whatever it runs schools on. */
export function describeSchoolRuntime(name: string, prepare: () => Promise<RuntimeHarness>): void {
  describe(`${name} as a school runtime`, () => {
    let harness: RuntimeHarness
    let runtime: SchoolRuntime
    let states: Observation[]
    let serial = 0

    beforeAll(async () => {
      harness = await prepare()
    })
    afterAll(() => harness?.close())
    afterEach(() => runtime?.close())

    async function newSchool(): Promise<SchoolSpec> {
      runtime = harness.createRuntime()
      states = []
      runtime.onChange((observation) => states.push(observation))
      return harness.newSpec(`RUN${++serial}`)
    }

    const health = (observation: Observation, headers: Record<string, string>) =>
      fetch(`http://${observation.address}/health`, { headers })

    const eventually = (check: () => Promise<void> | void) =>
      vi.waitFor(check, { timeout: 15_000, interval: 20 })

    it('starts a school that answers the router at its address, and nobody else', async () => {
      const spec = await newSchool()
      const running = await runtime.ensure(spec)

      expect(running).toMatchObject({ state: 'running', generation: 1, release: runtime.release })
      expect((await health(running, harness.hopHeaders(spec))).status).toBe(200)
      expect((await health(running, {})).status).toBe(421)
      const otherCode = { ...harness.hopHeaders(spec), 'x-school-code': 'OTHER' }
      expect((await health(running, otherCode)).status).toBe(421)
      expect((await fetch(`http://${running.internalAddress}/ready`)).status).toBe(200)
      expect(await runtime.observeAll()).toEqual([running])
    })

    it('starts one school when asked twice at once', async () => {
      const spec = await newSchool()
      const [first, second] = await Promise.all([runtime.ensure(spec), runtime.ensure(spec)])
      expect(second).toEqual(first)
      expect(states.filter(({ state }) => state === 'running')).toHaveLength(1)
    })

    it('leaves alone what runs as wanted, and takes the newer generation', async () => {
      const spec = await newSchool()
      const first = await runtime.ensure(spec)
      const second = await runtime.ensure({ ...spec, generation: 2 })
      expect(second).toEqual({ ...first, generation: 2 })
    })

    it('replaces what runs with other settings', async () => {
      const spec = await newSchool()
      const first = await runtime.ensure(spec)
      const settings = { ...spec.settings, LOG_LEVEL: 'debug' }
      const second = await runtime.ensure({ ...spec, settings, generation: 2 })
      expect(second.startedAt).not.toEqual(first.startedAt)
      expect((await health(second, harness.hopHeaders(spec))).status).toBe(200)
    })

    it('starts anew on restart', async () => {
      const spec = await newSchool()
      const first = await runtime.ensure(spec)
      const second = await runtime.restart({ ...spec, generation: 2 })
      expect(second).toMatchObject({ state: 'running', generation: 2 })
      expect(second.internalAddress).not.toBe(first.internalAddress)
    })

    it('is not stopped by a decision older than the one it runs by', async () => {
      const spec = await newSchool()
      const running = await runtime.ensure({ ...spec, generation: 5 })
      expect(await runtime.stop(spec.schoolId, 4)).toEqual(running)
      expect((await health(running, harness.hopHeaders(spec))).status).toBe(200)
    })

    it('is not started by a decision older than the one it was stopped by', async () => {
      const spec = await newSchool()
      await runtime.ensure(spec)
      await runtime.stop(spec.schoolId, 3)
      await expect(runtime.ensure({ ...spec, generation: 2 })).rejects.toThrow(SupersededError)
      expect(await runtime.observe(spec.schoolId)).toMatchObject({ state: 'stopped' })
    })

    it('stops a school that is still starting', async () => {
      const spec = await newSchool()
      const starting = runtime.ensure(spec)
      starting.catch(() => {})
      await eventually(() => expect(states.at(-1)?.state).toBe('starting'))
      expect(await runtime.stop(spec.schoolId, 2)).toMatchObject({
        state: 'stopped',
        address: null,
      })
      await expect(starting).rejects.toThrow(SchoolStartError)
      expect(await runtime.observe(spec.schoolId)).toMatchObject({ state: 'stopped' })
    })

    it('answers nothing at its address once it is stopped', async () => {
      const spec = await newSchool()
      const running = await runtime.ensure(spec)
      const stopped = await runtime.stop(spec.schoolId, 2)
      expect(stopped).toMatchObject({ state: 'stopped', address: null, generation: 2 })
      await expect(health(running, harness.hopHeaders(spec))).rejects.toThrow()
    })

    it('starts again what ended by itself, and tells', async () => {
      const spec = await newSchool()
      const first = await runtime.ensure(spec)
      harness.endAbruptly(first)
      await eventually(() => expect(states.map(({ state }) => state)).toContain('backing-off'))
      await eventually(async () => {
        const now = await runtime.observe(spec.schoolId)
        expect(now).toMatchObject({ state: 'running', lastError: null })
        expect(now?.internalAddress).not.toBe(first.internalAddress)
        if (now) expect((await health(now, harness.hopHeaders(spec))).status).toBe(200)
      })
      const down = states.find(({ lastError }) => lastError !== null)
      expect(down?.lastError).toContain('ended by SIGKILL')
    })

    it('says with the last words of a school why it did not start, and goes on trying', async () => {
      const spec = await newSchool()
      const secrets = { ...spec.secrets, JWT_SECRET: 'short' }
      const attempt = runtime.ensure({ ...spec, secrets })
      await expect(attempt).rejects.toThrow(SchoolStartError)
      await expect(attempt).rejects.toThrow('JWT_SECRET: needs at least 32 characters')

      await eventually(() =>
        expect(states.filter(({ state }) => state === 'starting').length).toBeGreaterThan(1),
      )
      const running = await runtime.ensure({ ...spec, generation: 2 })
      expect(running).toMatchObject({ state: 'running', lastError: null })
    })

    it('tries no more once a school that does not start is stopped', async () => {
      const spec = await newSchool()
      const secrets = { ...spec.secrets, JWT_SECRET: 'short' }
      await runtime.ensure({ ...spec, secrets }).catch(() => {})
      expect(await runtime.stop(spec.schoolId, 2)).toMatchObject({ state: 'stopped' })
      const attempts = states.length
      // A later start of the same school comes after every attempt that was still to come.
      await runtime.ensure({ ...spec, generation: 3 })
      expect(states.slice(attempts).map(({ state }) => state)).toEqual(['starting', 'running'])
    })

    it('keeps what a school writes, and tells it as it comes', async () => {
      const spec = await newSchool()
      const lines: string[] = []
      const unfollow = runtime.followLogs(spec, (line) => lines.push(line))
      await runtime.ensure(spec)
      await eventually(() => expect(lines.join('\n')).toContain('"msg":"listening"'))
      unfollow()
      expect((await runtime.logs(spec, 1)).join('\n')).toContain(`"school":"${spec.code}"`)
      expect(await runtime.logs(spec, 1)).toHaveLength(1)
    })

    it('forgets a school that is destroyed', async () => {
      const spec = await newSchool()
      const running = await runtime.ensure(spec)
      await runtime.destroy(spec)
      await expect(health(running, harness.hopHeaders(spec))).rejects.toThrow()
      expect(await runtime.observe(spec.schoolId)).toBeUndefined()
      expect(await runtime.logs(spec, 10)).toEqual([])
    })

    it('stops every school when it closes, and starts none afterwards', async () => {
      const first = await newSchool()
      const second = await harness.newSpec(`RUN${++serial}`)
      const running = await Promise.all([runtime.ensure(first), runtime.ensure(second)])
      await runtime.close()
      for (const observation of running)
        await expect(health(observation, harness.hopHeaders(first))).rejects.toThrow()
      await expect(runtime.ensure({ ...first, generation: 2 })).rejects.toThrow('closing')
    })
  })
}
