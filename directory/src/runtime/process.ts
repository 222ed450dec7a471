import { mkdir } from 'node:fs/promises'
import type { Logger } from 'pino'
import { createProcessSlot, type ProcessSlot } from './process-slot.ts'
import type { SchoolBundle } from './school-bundle.ts'
import { logFileOf, removeSchoolDir, schoolDir } from './school-files.ts'
import { createSchoolLog } from './school-log.ts'
import type { LogQuery, Observation, SchoolRuntime, SchoolSpec } from './school-runtime.ts'

export interface ProcessRuntimeOptions {
  dataDir: string
  bundle: SchoolBundle
  log: Logger
  /** Milliseconds from spawn until a school must listen. */
  startTimeoutMs?: number
  /** Milliseconds between SIGTERM and SIGKILL. */
  stopGraceMs?: number
  /** The first pause before a school that ended by itself is started again (milliseconds); doubles up to the longest. */
  backOffMs?: number
  maxBackOffMs?: number
  /** Milliseconds a school must run for its next end to count as the first. */
  steadyMs?: number
  /** Bytes at which a school's log is turned. */
  maxLogBytes?: number
}

const LOOK_AT_LOGS_MS = 10_000
const FOLLOW_MS = 200

/**
 * The driver for development and small installations: every school is a child process of this one, under the same account.
 * No wall between schools.
 */
export function createProcessRuntime(options: ProcessRuntimeOptions): SchoolRuntime {
  const { dataDir, bundle, log, maxLogBytes = 5_000_000 } = options
  const slots = new Map<string, ProcessSlot>()
  const listeners = new Set<(observation: Observation) => void>()
  let closing: Promise<void> | undefined

  const logOf = (code: string) => createSchoolLog(logFileOf(dataDir, code), maxLogBytes)

  const turning = setInterval(() => {
    for (const slot of slots.values())
      slot.log.turn().catch((error: unknown) => {
        log.warn({ err: error, school: slot.observe().code }, "a school's log cannot be turned")
      })
  }, LOOK_AT_LOGS_MS)
  turning.unref()

  function slotOf({ schoolId, code }: SchoolSpec): ProcessSlot {
    const known = slots.get(schoolId)
    if (known) return known
    const slot = createProcessSlot({
      schoolId,
      code,
      bundle,
      dataDir,
      schoolLog: logOf(code),
      log: log.child({ school: code }),
      startTimeoutMs: options.startTimeoutMs ?? 20_000,
      stopGraceMs: options.stopGraceMs ?? 2_000,
      backOffMs: options.backOffMs ?? 250,
      maxBackOffMs: options.maxBackOffMs ?? 30_000,
      steadyMs: options.steadyMs ?? 60_000,
      changed: (observation) => listeners.forEach((listener) => listener(observation)),
    })
    slots.set(schoolId, slot)
    return slot
  }

  async function start(spec: SchoolSpec, { anew }: { anew: boolean }) {
    await mkdir(schoolDir(dataDir, spec.code), { recursive: true, mode: 0o700 })
    if (closing) throw new Error('The runtime is closing; nothing is started any more')
    return slotOf(spec).ensure(spec, { anew })
  }

  async function closeAll() {
    clearInterval(turning)
    await Promise.all([...slots.values()].map((slot) => slot.end()))
  }

  return {
    release: bundle.release,
    ensure: (spec) => start(spec, { anew: false }),
    restart: (spec) => start(spec, { anew: true }),
    stop: async (schoolId, generation) => slots.get(schoolId)?.stop(generation),

    async destroy({ schoolId, code }) {
      await slots.get(schoolId)?.end()
      slots.delete(schoolId)
      await removeSchoolDir(dataDir, code)
    },

    observe: async (schoolId) => slots.get(schoolId)?.observe(),
    observeAll: async () => [...slots.values()].map((slot) => slot.observe()),
    logs: ({ code }: LogQuery, lines) => logOf(code).tail(lines),

    followLogs({ code }, onLine) {
      const schoolLog = logOf(code)
      let at = schoolLog.end()
      let reading = false
      // Looked at, not watched: watching files says nothing on some file systems, and the file is turned now and then.
      const timer = setInterval(async () => {
        if (reading) return
        reading = true
        try {
          const { lines, end } = await schoolLog.linesSince(await at)
          at = Promise.resolve(end)
          lines.forEach(onLine)
        } catch (error) {
          log.warn({ err: error, school: code }, "a school's log cannot be read")
        } finally {
          reading = false
        }
      }, FOLLOW_MS)
      return () => clearInterval(timer)
    },

    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    close: () => (closing ??= closeAll()),
  }
}
