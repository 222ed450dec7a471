import type { SchoolSpec } from './school-runtime.ts'

/**
 * How a driver starts one program of a school. When to start, stop and start again is decided by school-slot.ts, the same for every
 * driver.
 */
export interface Launcher {
  /**
   * Starts one program by this spec and resolves as soon as there is something to stop; whether it comes up is for `ready` to say.
   * Called again by the same spec after its program ended by itself, it may start the same thing again.
   * @throws SchoolStartError when there is nothing to start (no such release, no room, the engine does not answer)
   */
  launch(spec: SchoolSpec): Promise<Instance>
}

/** One program of a school, from its start to its end. */
export interface Instance {
  generation: number
  release: string
  /** When it listens. Rejects with SchoolStartError, with its last words, when it ended before or was silent for too long. */
  ready: Promise<Endpoint>
  /** When it is gone: how it ended, with its last words, for people. Never rejects. */
  ended: Promise<string>
  /** Ends it, by force after `graceMs`; resolves when it is gone. What people may still want to read of it may stay. */
  stop(graceMs: number): Promise<void>
  /** @returns undefined when it is well, otherwise what is not */
  check(signal: AbortSignal): Promise<string | undefined>
  /** Once it is gone and nobody reads it any more: removes what `stop` left, if anything is; may be asked twice at once. */
  remove?(): Promise<void>
}

export interface Endpoint {
  address: string
  internalAddress: string | null
  port: number | null
  startedAt: Date
}

/** What a driver found running when it began: a slot starts from it. */
export interface Found {
  spec: Pick<SchoolSpec, 'schoolId' | 'code'>
  /** Tells whether it runs as a spec says: see fingerprint.ts. */
  fingerprint: string
  instance: Instance
  /** Starts the same thing again after it ended by itself. Without it the school is then `stopped`, until somebody ensures it. */
  again?(): Promise<Instance>
}
