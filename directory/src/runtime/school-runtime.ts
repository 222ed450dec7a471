/** What one school is started from. */
export interface SchoolSpec {
  schoolId: string
  code: string
  /** Grows with every decision to start or stop this school. Whoever comes with an older one changes nothing. */
  generation: number
  /** What it shall run: a source version or an image digest. */
  release: string
  /** Plain settings, by the names of the school's environment. */
  settings: Readonly<Record<string, string>>
  /** By the names of the school's environment; they reach the school as files. */
  secrets: Readonly<Record<string, string>>
  /** The port it had last, kept when it is free. Null: any. */
  port: number | null
}

/**
 * `starting`: not answering yet. `running`: said that it listens. `backing-off`: ended by itself and is started again after a
 * pause. `stopped`: nobody wants it.
 */
export type RuntimeState = 'starting' | 'running' | 'backing-off' | 'stopped'

/** What a driver knows of a school. */
export interface Observation {
  schoolId: string
  code: string
  generation: number
  release: string
  state: RuntimeState
  /** host:port of the public listener; null unless running. */
  address: string | null
  /** host:port of the operational listener; null unless running. */
  internalAddress: string | null
  /** The one kept for the next start. */
  port: number | null
  startedAt: Date | null
  /** The last lines of what it wrote before it ended by itself; cleared when it runs again and when it is stopped. */
  lastError: string | null
}

export interface LogQuery {
  schoolId: string
  code: string
}

/**
 * Runs schools. A driver maps a school to an endpoint: nothing outside it may assume one process, one container or one
 * address a school. All it knows it can find again or has lost with the schools themselves.
 */
export interface SchoolRuntime {
  /** The release that `ensure` would start now. */
  readonly release: string
  /**
   * Makes the school run and resolves when it listens. One that runs as wanted is left alone and takes the generation; one that
   * runs something else is replaced. Two calls at once start one.
   * @throws SupersededError for an older generation than the known one
   * @throws SchoolStartError when it ended or was silent before it listened; the driver goes on trying until it is stopped
   */
  ensure(spec: SchoolSpec): Promise<Observation>
  /** Resolves when nothing of it runs. With an older generation than the running one it changes nothing. */
  stop(schoolId: string, generation: number): Promise<Observation | undefined>
  /** Stops what runs and starts it new. @throws as `ensure` does */
  restart(spec: SchoolSpec): Promise<Observation>
  /** Stops the school and deletes what the driver keeps of it (secrets, logs). The database is not the driver's. */
  destroy(school: LogQuery): Promise<void>
  observe(schoolId: string): Promise<Observation | undefined>
  observeAll(): Promise<Observation[]>
  /** The newest lines of what the school wrote, oldest first. */
  logs(school: LogQuery, lines: number): Promise<string[]>
  /** Calls back with every line written from now on. @returns ends it */
  followLogs(school: LogQuery, onLine: (line: string) => void): () => void
  /** Calls back whenever what `observe` says has changed. @returns ends it */
  onChange(listener: (observation: Observation) => void): () => void
  /** Stops every school, in parallel. Afterwards nothing can be started. */
  close(): Promise<void>
}

/** Somebody newer has decided over this school. */
export class SupersededError extends Error {
  constructor(code: string, generation: number, known: number) {
    super(`A newer decision over school ${code} stands (${known}; this one is ${generation})`)
    this.name = 'SupersededError'
  }
}

/** A school did not come up; the message carries its last words. */
export class SchoolStartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'SchoolStartError'
  }
}
