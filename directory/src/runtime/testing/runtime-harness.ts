import type { Observation, SchoolLimits, SchoolRuntime, SchoolSpec } from '../school-runtime.ts'

/** What a driver brings along to be held to the contract. */
export interface RuntimeHarness {
  /**
   * A driver over the same place every time: what an earlier one left it finds. It starts again what ended within milliseconds.
   * Whoever calls closes it.
   */
  createRuntime(options?: RuntimeOfTest): Promise<SchoolRuntime>
  /** Whether schools go on running when their driver is closed. */
  survivesClose: boolean
  /** A school with a database of its own, and all it needs to start. */
  newSpec(code: string): Promise<SchoolSpec>
  /** The id of a real release besides the one that schools are started from. */
  otherRelease(): Promise<string>
  /** The id of a release that writes `BROKEN_SAYS`, goes on running and never listens. */
  brokenRelease(): Promise<string>
  /** Lets somebody else have what the school would get: its name, its port. */
  squat(spec: SchoolSpec): Promise<Squatter>
  /** Ends what runs of the school from outside, without asking, and all of it. */
  endAbruptly(observation: Observation): Promise<void>
  /** How many programs of the school run, as the system and not the driver knows it. */
  countRunning(code: string): Promise<number>
  /** What the system says that the one program of the school is held to. */
  limitsInForce(code: string): Promise<Partial<SchoolLimits>>
  /** Headers with which the router reaches a school. */
  hopHeaders(spec: SchoolSpec): Record<string, string>
  close(): Promise<void>
}

export interface RuntimeOfTest {
  startTimeoutMs?: number
  /** What the registry says of the generation by which schools (ids) run. */
  recordedGenerations?: ReadonlyMap<string, number>
}

export interface Squatter {
  /** The same school, so that it meets the squatter. */
  spec: SchoolSpec
  isThere(): Promise<boolean>
  leave(): Promise<void>
}

export const BROKEN_SAYS = 'nothing will ever listen here'
