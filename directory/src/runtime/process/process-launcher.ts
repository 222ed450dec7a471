import { probeSchool } from '@usms/school-api/probe'
import type { Logger } from 'pino'
import { lastWords } from '../last-words.ts'
import type { Endpoint, Instance, Launcher } from '../launcher.ts'
import { SchoolStartError, type SchoolSpec } from '../school-runtime.ts'
import { createTurns } from '../turns.ts'
import type { Releases } from './releases.ts'
import { markSchool, schoolDir, writeSecrets } from './school-files.ts'
import { saidBy, type SchoolLog } from './school-log.ts'
import { EXIT_PORT_IN_USE, type Exit, type SchoolProcess, spawnSchool } from './school-process.ts'

interface LauncherOptions {
  dataDir: string
  releases: Releases
  schoolLog: SchoolLog
  log: Logger
  /** Milliseconds from spawn until a school must listen. */
  startTimeoutMs: number
}

const HOST = '127.0.0.1'
/** More than the one beside it writes while a crash is printed. */
const LAST_WORDS_AMONG_LINES = 2_000

/** Starts one school's processes, one after the other or, for an upgrade, two beside each other. */
export function createProcessLauncher(options: LauncherOptions): Launcher {
  const { dataDir, releases, schoolLog } = options
  const { inTurn } = createTurns()

  /** In turn: what runs and what is staged are started from the same files. */
  const prepare = (spec: SchoolSpec) =>
    inTurn(async () => {
      await markSchool(dataDir, spec)
      const files = await writeSecrets(dataDir, spec.code, spec.secrets)
      await schoolLog.turn()
      return { files, begin: await schoolLog.end() }
    })

  return {
    async launch(spec) {
      const bundle = await releases.find(spec.release)
      if (!bundle) throw new SchoolStartError(`Release ${spec.release} is not here`)
      const { files, begin } = await prepare(spec)
      const spawnAt = (port: number) =>
        spawnSchool({
          bundle,
          code: spec.code,
          heapMb: spec.limits.heapMb,
          environment: {
            ...spec.settings,
            ...files,
            SCHOOL_CODE: spec.code,
            HOST,
            PORT: String(port),
            INTERNAL_HOST: HOST,
            INTERNAL_PORT: '0',
          },
          cwd: schoolDir(dataDir, spec.code),
          logFile: schoolLog.file,
        })
      const first = await spawnAt(spec.port ?? 0)
      return createInstance({ ...options, spec, begin, first, spawnAt })
    },
  }
}

interface InstanceOptions extends LauncherOptions {
  spec: SchoolSpec
  /** Where its log ended before it was started. */
  begin: number
  first: SchoolProcess
  spawnAt: (port: number) => Promise<SchoolProcess>
}

function createInstance(options: InstanceOptions): Instance {
  const { spec, schoolLog, log, startTimeoutMs } = options
  const ready = Promise.withResolvers<Endpoint>()
  const ended = Promise.withResolvers<string>()
  // Whoever does not wait for it hears of its end.
  ready.promise.catch(() => {})
  let school = options.first
  let stopGraceMs: number | undefined
  let urls: { publicUrl: string; internalUrl: string } | undefined

  async function follow() {
    let ports = await within(school.listening, startTimeoutMs)
    const isPortTaken =
      !ports && spec.port !== null && (await school.exited).code === EXIT_PORT_IN_USE
    if (isPortTaken && stopGraceMs === undefined) {
      // The kept port belongs to somebody else by now: any other, and that one is kept from now on.
      log.warn({ port: spec.port }, "the school's port is taken; it gets another one")
      school = await options.spawnAt(0)
      if (stopGraceMs !== undefined) void school.stop(stopGraceMs)
      ports = await within(school.listening, startTimeoutMs)
    }
    if (ports === 'late') await school.stop(0)
    else if (ports) {
      const address = `${HOST}:${ports.port}`
      const internalAddress = `${HOST}:${ports.internalPort}`
      urls = { publicUrl: `http://${address}`, internalUrl: `http://${internalAddress}` }
      ready.resolve({ address, internalAddress, port: ports.port, startedAt: new Date() })
    }
    const exit = await school.exited
    const what =
      ports === 'late' ? `did not listen within ${startTimeoutMs / 1000} s` : howItEnded(exit)
    const words = exit.error ? '' : await readLastWords(ports !== null && ports !== 'late')
    const how = words === '' ? `It ${what}` : `It ${what}; its last words:\n${words}`
    ready.reject(new SchoolStartError(how, { cause: exit.error }))
    ended.resolve(how)
  }

  /** Of a start, what was written since; of one that ran, the end of it all. */
  async function readLastWords(ran: boolean): Promise<string> {
    const lines = ran
      ? await schoolLog.tail(LAST_WORDS_AMONG_LINES)
      : (await schoolLog.linesSince(options.begin)).lines
    return lastWords(saidBy(school.pid, lines))
  }

  follow().catch((error: unknown) => {
    ready.reject(error)
    ended.resolve(`It could not be followed: ${(error as Error).message}`)
  })

  return {
    generation: spec.generation,
    release: spec.release,
    ready: ready.promise,
    ended: ended.promise,
    async stop(graceMs) {
      stopGraceMs = graceMs
      await school.stop(graceMs)
      await ended.promise
    },
    check: async (signal) =>
      urls
        ? probeSchool({
            ...urls,
            code: spec.code,
            hopSecret: spec.secrets['HOP_SECRET'] ?? '',
            signal,
          })
        : 'it does not listen',
  }
}

function howItEnded({ code, signal, error }: Exit): string {
  if (error) return `could not be started: ${error.message}`
  return signal ? `ended by ${signal}` : `ended with code ${code}`
}

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
