import { existsSync } from 'node:fs'
import type { Logger } from 'pino'
import { followLog } from './process/follow-log.ts'
import { createProcessLauncher } from './process/process-launcher.ts'
import { createReleases } from './process/releases.ts'
import { logFileOf, readMarks, removeSchoolDir, schoolDir } from './process/school-files.ts'
import { createSchoolLog, type SchoolLog } from './process/school-log.ts'
import type { SchoolBundle } from './school-bundle.ts'
import {
  type LogQuery,
  type Observation,
  type Removed,
  type SchoolRuntime,
  type SchoolSpec,
} from './school-runtime.ts'
import { createSchoolSlot, type SchoolSlot } from './school-slot.ts'
import type { SlotTimings } from './slot-pause.ts'
import { throughSlots } from './through-slots.ts'

export interface ProcessRuntimeOptions extends Partial<SlotTimings> {
  dataDir: string
  bundle: SchoolBundle
  log: Logger
  /** Milliseconds from spawn until a school must listen. */
  startTimeoutMs?: number
  /** Bytes at which a school's log is turned. */
  maxLogBytes?: number
}

const LOOK_AT_LOGS_MS = 10_000

/**
 * The driver for development and small installations: every school is a child process of this one, under the same account, and
 * ends with it. No wall between schools; of their limits it holds them to the heap.
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): SchoolRuntime {
  const { dataDir, bundle, log, maxLogBytes = 5_000_000 } = options
  const releases = createReleases({ dataDir, current: bundle })
  const slots = new Map<string, { code: string; slot: SchoolSlot; schoolLog: SchoolLog }>()
  const listeners = new Set<(observation: Observation) => void>()
  let closing: Promise<void> | undefined

  const logOf = (code: string) => createSchoolLog(logFileOf(dataDir, code), maxLogBytes)
  const slotOf = (schoolId: string) => slots.get(schoolId)?.slot

  const turning = setInterval(() => {
    for (const { code, schoolLog } of slots.values())
      schoolLog.turn().catch((error: unknown) => {
        log.warn({ err: error, school: code }, "a school's log cannot be turned")
      })
  }, LOOK_AT_LOGS_MS)
  turning.unref()

  function slotFor({ schoolId, code }: SchoolSpec): SchoolSlot {
    if (closing) throw new Error('The runtime is closing; nothing is started any more')
    const known = slotOf(schoolId)
    if (known) return known
    const schoolLog = logOf(code)
    const schoolsLog = log.child({ school: code })
    const slot = createSchoolSlot({
      schoolId,
      code,
      release: bundle.release,
      launcher: createProcessLauncher({
        dataDir,
        releases,
        schoolLog,
        log: schoolsLog,
        startTimeoutMs: options.startTimeoutMs ?? 20_000,
      }),
      timings: {
        stopGraceMs: options.stopGraceMs ?? 2_000,
        backOffMs: options.backOffMs ?? 250,
        maxBackOffMs: options.maxBackOffMs ?? 30_000,
        steadyMs: options.steadyMs ?? 60_000,
      },
      log: schoolsLog,
      changed: (observation) => listeners.forEach((listener) => listener(observation)),
    })
    slots.set(schoolId, { code, slot, schoolLog })
    return slot
  }

  async function belongings({ schoolId, code }: LogQuery): Promise<Removed[]> {
    const seen = slotOf(schoolId)?.observe()
    const runs = seen !== undefined && (seen.state !== 'stopped' || seen.others > 0)
    return [
      ...(runs ? [{ kind: 'process', name: code }] : []),
      ...(existsSync(schoolDir(dataDir, code))
        ? [{ kind: 'folder', name: `schools/${code}` }]
        : []),
    ]
  }

  async function destroy(school: LogQuery): Promise<Removed[]> {
    const removed = await belongings(school)
    await slotOf(school.schoolId)?.end()
    slots.delete(school.schoolId)
    await removeSchoolDir(dataDir, school.code)
    return removed
  }

  async function sweep(known: ReadonlySet<string>): Promise<Removed[]> {
    const ours = [
      ...[...slots].map(([schoolId, { code }]) => ({ schoolId, code })),
      ...(await readMarks(dataDir)),
    ]
    const foreign = new Map(
      ours.filter(({ schoolId }) => !known.has(schoolId)).map((each) => [each.schoolId, each]),
    )
    return (await Promise.all([...foreign.values()].map(destroy))).flat()
  }

  async function closeAll() {
    clearInterval(turning)
    await Promise.all([...slots.values()].map(({ slot }) => slot.end()))
  }

  return {
    release: bundle.release,
    pinsReleases: false,
    async fetchRelease(name) {
      const { release, version, schemaLevel } = await releases.named(name)
      return { id: release, version, schemaLevel }
    },
    ...throughSlots({ slotOf, slotFor }),
    belongings,
    destroy,
    sweep,
    observeAll: async () => [...slots.values()].map(({ slot }) => slot.observe()),
    logs: ({ code }, lines) => logOf(code).tail(lines),
    followLogs: ({ code }, onLine) => followLog(logOf(code), log, onLine),
    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
    close: () => (closing ??= closeAll()),
  }
}
