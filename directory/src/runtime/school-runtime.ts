/** What one school is started from. */
export interface SchoolSpec {
  schoolId: string
  code: string
  /** Grows with every decision to start or stop this school. Whoever comes with an older one changes nothing. */
  generation: number
  /** What it shall run: the id that `fetchRelease` gave. */
  release: string
  /** Plain settings, by the names of the school's environment. */
  settings: Readonly<Record<string, string>>
  /** By the names of the school's environment; they reach the school as files. */
  secrets: Readonly<Record<string, string>>
  limits: SchoolLimits
  /** The port it had last, kept when it is free. Null: any. */
  port: number | null
}

/** What one school may take of its machine. A driver that cannot hold it to all of them holds it to those it can. */
export interface SchoolLimits {
  /** Of JavaScript's heap (MB). */
  heapMb: number
  /** Of everything (MB): beyond it the school is ended. */
  memoryMb: number
  /** Processors; 0.5 is half of one. */
  cpus: number
  /** Processes and threads. */
  pids: number
}

/** One version of the school API that can be started here. */
export interface Release {
  /** Never means anything else later: an image digest or a source version. Schools record it. */
  id: string
  /** What people call it. */
  version: string
  /** The last migration it was built with; null where that is not known. */
  schemaLevel: string | null
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
  /** host:port of the operational listener; null unless running, and where nobody but the driver reaches it. */
  internalAddress: string | null
  /** The one kept for the next start. */
  port: number | null
  startedAt: Date | null
  /** The last lines of what it wrote before it ended by itself; cleared when it runs again and when it is stopped. */
  lastError: string | null
  /** How much of it runs besides: staged for an upgrade, or left over from one. */
  others: number
}

export interface LogQuery {
  schoolId: string
  code: string
}

/** Something of a school that a driver has or had, for the certificate: `container`, `volume`, `process`, `folder`. */
export interface Removed {
  kind: string
  name: string
}

/**
 * Runs schools. A driver maps a school to an endpoint: nothing outside it may assume one process, one container or one
 * address a school. All it knows it can find again or has lost with the schools themselves.
 */
export interface SchoolRuntime {
  /** The id of the release that a school runs which is not meant to run a certain one. */
  readonly release: string
  /** Whether a school stays on the release it was made with until it is upgraded. Otherwise it follows `release`. */
  readonly pinsReleases: boolean
  /**
   * Makes a release available here, so that starting it fetches nothing any more.
   * @param name as people say it (a version), or an id
   * @throws UnknownReleaseError
   */
  fetchRelease(name: string): Promise<Release>
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
  /**
   * Starts the school once more beside what runs, and resolves when that listens; `observe` goes on speaking of what runs. What is
   * staged as wanted already is left alone; anything else that was staged is replaced.
   * @returns what was staged, with the generation it was started by
   * @throws SchoolStartError when it did not listen; nothing of it is left then
   */
  stage(spec: SchoolSpec): Promise<Observation>
  /**
   * From now on the staged one is the school and `observe` speaks of it; what ran before goes on running until `prune`. Where
   * nothing is staged and the school runs this release already, that is the answer.
   * @throws SchoolStartError where neither is so
   */
  promote(schoolId: string, release: string): Promise<Observation>
  /** Ends and removes what runs of the school besides itself; what it is answering it may answer for so long (milliseconds). */
  prune(schoolId: string, graceMs: number): Promise<void>
  /**
   * Asks the school itself: its dependencies answer, its public listener takes the router for the router and nobody else, a wrong
   * sign-in is refused as such.
   * @param which the school, or what is staged
   * @returns undefined when it is well, otherwise what is not, for people
   */
  check(
    schoolId: string,
    which: 'current' | 'staged',
    signal: AbortSignal,
  ): Promise<string | undefined>
  /** What there is of the school here, running or not: what `destroy` would remove. */
  belongings(school: LogQuery): Promise<Removed[]>
  /** Stops the school and deletes what the driver keeps of it (secrets, logs). The database is not the driver's. */
  destroy(school: LogQuery): Promise<Removed[]>
  /** Destroys what bears this driver's own marks and belongs to none of these schools (ids). */
  sweep(known: ReadonlySet<string>): Promise<Removed[]>
  observe(schoolId: string): Promise<Observation | undefined>
  observeAll(): Promise<Observation[]>
  /** The newest lines of what the school wrote, oldest first. */
  logs(school: LogQuery, lines: number): Promise<string[]>
  /** Calls back with every line written from now on. @returns ends it */
  followLogs(school: LogQuery, onLine: (line: string) => void): () => void
  /** Calls back whenever what `observe` says has changed. @returns ends it */
  onChange(listener: (observation: Observation) => void): () => void
  /** Nothing can be started afterwards. Schools that cannot live without the driver are stopped, in parallel; others go on. */
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

/** There is no such release, or it cannot be had here. */
export class UnknownReleaseError extends Error {
  constructor(name: string, options?: ErrorOptions & { because?: string }) {
    super(
      `Release ${name} cannot be had here${options?.because ? `: ${options.because}` : ''}`,
      options,
    )
    this.name = 'UnknownReleaseError'
  }
}

/**
 * What schools run on does not answer, or broke off in the middle: what was asked may have been done, and the school is not at
 * fault. It stands among the causes of an error.
 */
export class RuntimeAwayError extends Error {
  constructor(options?: ErrorOptions) {
    super('What schools run on does not answer', options)
    this.name = 'RuntimeAwayError'
  }
}
