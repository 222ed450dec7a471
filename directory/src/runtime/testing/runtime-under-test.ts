import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest'
import type { Observation, SchoolRuntime, SchoolSpec } from '../school-runtime.ts'
import type { RuntimeHarness, RuntimeOfTest } from './runtime-harness.ts'

/** A driver for each test of the contract, and what the tests ask about the schools in it. */
export interface RuntimeUnderTest {
  harness(): RuntimeHarness
  runtime(): SchoolRuntime
  /** What the driver said of its schools since the test began. */
  states(): readonly Observation[]
  newSpec(): Promise<SchoolSpec>
  /** Closes the driver, and begins another one over what it left. */
  begin(options?: RuntimeOfTest): Promise<SchoolRuntime>
  /** What the school's public listener answers. */
  askHealth(observation: Observation | undefined, headers: Record<string, string>): Promise<number>
  /** Takes the driver's word, and looks from outside. */
  expectOne(spec: SchoolSpec, expected: Partial<Observation>): Promise<Observation>
  expectGone(observation: Observation): Promise<void>
}

/** Looks again until it holds, for 30 s at most. */
export const eventually = <T>(check: () => Promise<T> | T): Promise<T> =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 })

/** Codes are the same in every file and run: only one runs schools in the same place. */
export function prepareRuntimeUnderTest(prepare: () => Promise<RuntimeHarness>): RuntimeUnderTest {
  let harness: RuntimeHarness
  let runtime: SchoolRuntime | undefined
  let states: Observation[] = []
  let specs: SchoolSpec[] = []
  let serial = 0

  beforeAll(async () => {
    harness = await prepare()
  })
  beforeEach(async () => {
    states = []
    specs = []
    await begin()
  })
  afterEach(async () => {
    // One that was closed by its test removes nothing any more.
    const last = await begin()
    await Promise.all(specs.map((spec) => last.destroy(spec)))
    await last.close()
    runtime = undefined
  })
  afterAll(() => harness?.close())

  async function begin(options?: RuntimeOfTest) {
    await runtime?.close()
    runtime = await harness.createRuntime(options)
    runtime.onChange((observation) => states.push(observation))
    return runtime
  }

  function current() {
    if (!runtime) throw new Error('no driver runs')
    return runtime
  }

  async function askHealth(
    observation: Observation | undefined,
    headers: Record<string, string>,
  ): Promise<number> {
    const answer = await fetch(`http://${observation?.address}/health`, { headers })
    await answer.arrayBuffer()
    return answer.status
  }

  return {
    harness: () => harness,
    runtime: current,
    states: () => states,
    async newSpec() {
      const spec = await harness.newSpec(`RUN${++serial}`)
      specs.push(spec)
      return spec
    },
    begin,
    askHealth,
    async expectOne(spec, expected) {
      const seen = await current().observe(spec.schoolId)
      expect(seen).toMatchObject({ state: 'running', others: 0, ...expected })
      expect(await askHealth(seen, harness.hopHeaders(spec))).toBe(200)
      expect(await harness.countRunning(spec.code)).toBe(1)
      return seen as Observation
    },
    expectGone: (observation) => expect(askHealth(observation, {})).rejects.toThrow(),
  }
}
