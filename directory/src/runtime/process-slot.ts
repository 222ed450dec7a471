import { isDeepStrictEqual } from 'node:util'
import type { Logger } from 'pino'
import type { SchoolBundle } from './school-bundle.ts'
import { schoolDir, writeSecrets } from './school-files.ts'
import { LAST_WORDS_FROM_LINES, lastWords, type SchoolLog } from './school-log.ts'
import { EXIT_PORT_IN_USE, type Exit, type SchoolProcess, spawnSchool } from './school-process.ts'
import {
  type Observation,
  SchoolStartError,
  type SchoolSpec,
  SupersededError,
} from './school-runtime.ts'

interface SlotOptions {
  schoolId: string
  code: string
  bundle: SchoolBundle
  dataDir: string
  schoolLog: SchoolLog
  log: Logger
  startTimeoutMs: number
  stopGraceMs: number
  backOffMs: number
  maxBackOffMs: number
  steadyMs: number
  changed: (observation: Observation) => void
}

/** One school's place in the process driver: at most one process, and the memory of who decided last. */
export interface ProcessSlot {
  log: SchoolLog
  ensure(spec: SchoolSpec, how: { anew: boolean }): Promise<Observation>
  stop(generation: number): Promise<Observation>
  /** Stops it whatever the generation; nothing is started here any more. */
  end(): Promise<Observation>
  observe(): Observation
}

const HOST = '127.0.0.1'

export function createProcessSlot(options: SlotOptions): ProcessSlot {
  const { schoolId, code, bundle, schoolLog, log } = options
  let seen: Observation = {
    schoolId,
    code,
    generation: 0,
    release: bundle.release,
    state: 'stopped',
    address: null,
    internalAddress: null,
    port: null,
    startedAt: null,
    lastError: null,
  }
  /** What it shall run; undefined: it shall not run. */
  let wanted: SchoolSpec | undefined
  let child: SchoolProcess | undefined
  let pauseMs = options.backOffMs
  let retry: NodeJS.Timeout | undefined
  let turn: Promise<unknown> = Promise.resolve()
  let hasEnded = false

  /** Starts and stops of one school happen one after the other. */
  function inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = turn.then(work)
    turn = result.catch(() => {})
    return result
  }

  function become(change: Partial<Observation>): Observation {
    const before = seen
    seen = { ...seen, ...change }
    if (!isDeepStrictEqual(before, seen)) options.changed(seen)
    return seen
  }

  const DOWN = { address: null, internalAddress: null, startedAt: null } as const

  async function ensure(spec: SchoolSpec, { anew }: { anew: boolean }): Promise<Observation> {
    refuseOlder(spec)
    if (spec.release !== bundle.release)
      throw new SchoolStartError(`Release ${spec.release} is not here; this is ${bundle.release}`)
    // At once and not in turn: a stop that was decided earlier and comes later must see it.
    seen = { ...seen, generation: spec.generation }
    return inTurn(async () => {
      refuseOlder(spec)
      if (hasEnded) throw new SchoolStartError(`School ${code} is being taken away`)
      clearTimeout(retry)
      const asWanted = wanted !== undefined && runsTheSame(wanted, spec) && seen.state === 'running'
      wanted = spec
      if (asWanted && !anew) return become({ generation: spec.generation })
      // Said first: the end of what runs now is no crash.
      become({ ...DOWN, state: 'starting' })
      await child?.stop(options.stopGraceMs)
      pauseMs = options.backOffMs
      return startOnce(spec)
    })
  }

  function refuseOlder({ generation }: SchoolSpec) {
    if (generation < seen.generation) throw new SupersededError(code, generation, seen.generation)
  }

  async function stop(generation: number): Promise<Observation> {
    if (generation < seen.generation) return seen
    seen = { ...seen, generation }
    return halt()
  }

  function end(): Promise<Observation> {
    hasEnded = true
    return halt()
  }

  async function halt(): Promise<Observation> {
    wanted = undefined
    clearTimeout(retry)
    // A start under way is not waited for: it ends with its process.
    const ending = child?.stop(options.stopGraceMs)
    return inTurn(async () => {
      await ending
      if (wanted) return seen
      await child?.stop(options.stopGraceMs)
      return become({ ...DOWN, state: 'stopped', lastError: null })
    })
  }

  async function startOnce(spec: SchoolSpec): Promise<Observation> {
    const kept = spec.port ?? seen.port
    become({ ...DOWN, state: 'starting', release: bundle.release })
    try {
      const files = await writeSecrets(options.dataDir, code, spec.secrets)
      await schoolLog.turn()
      const exit =
        (await tryPort(spec, files, kept ?? 0)) ??
        // The kept port belongs to somebody else by now: any other, and that one is kept from now on.
        (await tryPort(spec, files, 0))
      if (!exit) throw new SchoolStartError('Its port was taken twice')
      return exit
    } catch (error) {
      if (wanted !== spec)
        throw new SchoolStartError('It was stopped before it listened', { cause: error })
      backOff((error as Error).message)
      throw error
    }
  }

  /** @returns undefined when the port is taken @throws SchoolStartError */
  async function tryPort(spec: SchoolSpec, files: Record<string, string>, port: number) {
    if (wanted !== spec) throw new SchoolStartError('It was stopped before it listened')
    const begin = await schoolLog.end()
    const starting = await spawnSchool({
      bundle,
      code,
      environment: {
        ...spec.settings,
        ...files,
        SCHOOL_CODE: code,
        HOST,
        PORT: String(port),
        INTERNAL_HOST: HOST,
        INTERNAL_PORT: '0',
      },
      cwd: schoolDir(options.dataDir, code),
      logFile: schoolLog.file,
    })
    child = starting
    void starting.exited.then((exit) => ended(starting, exit))
    // Stopped while it was being spawned: stop() saw no child to end.
    if (wanted !== spec) void starting.stop(options.stopGraceMs)
    const ports = await within(starting.listening, options.startTimeoutMs)
    if (ports === 'late') {
      await starting.stop(0)
      throw new SchoolStartError(`It did not listen within ${options.startTimeoutMs / 1000} s`)
    }
    if (ports) {
      log.info({ port: ports.port, pid: starting.pid }, 'school started')
      return become({
        state: 'running',
        address: `${HOST}:${ports.port}`,
        internalAddress: `${HOST}:${ports.internalPort}`,
        port: ports.port,
        startedAt: new Date(),
        lastError: null,
      })
    }
    const exit = await starting.exited
    if (exit.code === EXIT_PORT_IN_USE && port !== 0) {
      log.warn({ port }, "the school's port is taken; it gets another one")
      return undefined
    }
    throw new SchoolStartError(await describeEnd(exit, begin), { cause: exit.error })
  }

  function ended(which: SchoolProcess, exit: Exit) {
    if (child !== which) return
    child = undefined
    // While starting the one who waits for it decides.
    if (!wanted || seen.state !== 'running') return
    const upMs = Date.now() - (seen.startedAt?.getTime() ?? 0)
    if (upMs >= options.steadyMs) pauseMs = options.backOffMs
    // Not to be started in the moment between its end and its last words being read.
    become({ ...DOWN, state: 'backing-off' })
    const spec = wanted
    void describeEnd(exit).then((reason) => {
      if (wanted === spec && seen.state === 'backing-off') backOff(reason)
    })
  }

  function backOff(reason: string) {
    log.warn({ reason, againInMs: pauseMs }, 'school is down')
    become({ ...DOWN, state: 'backing-off', lastError: reason })
    clearTimeout(retry)
    retry = setTimeout(() => {
      void inTurn(async () => {
        if (wanted && seen.state === 'backing-off') await startOnce(wanted)
      }).catch(() => {})
    }, pauseMs)
    pauseMs = Math.min(pauseMs * 2, options.maxBackOffMs)
  }

  async function describeEnd({ code: exitCode, signal, error }: Exit, begin?: number) {
    if (error) return `It could not be started: ${error.message}`
    const how = signal ? `ended by ${signal}` : `ended with code ${exitCode}`
    const words = lastWords(
      begin === undefined
        ? await schoolLog.tail(LAST_WORDS_FROM_LINES)
        : (await schoolLog.linesSince(begin)).lines,
    )
    return words === '' ? `It ${how}` : `It ${how}; its last words:\n${words}`
  }

  return { log: schoolLog, ensure, stop, end, observe: () => seen }
}

const runsTheSame = (a: SchoolSpec, b: SchoolSpec) =>
  a.release === b.release &&
  isDeepStrictEqual(a.settings, b.settings) &&
  isDeepStrictEqual(a.secrets, b.secrets)

/** The timer must not keep the process from ending, nor outlive what it waits for. */
async function within<T>(work: Promise<T>, ms: number): Promise<T | 'late'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'late'>((resolve) => {
    timer = setTimeout(() => resolve('late'), ms)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
