import type { Logger } from 'pino'
import type { Endpoint, Found, Instance, Launcher } from './launcher.ts'
import { type Program, programFound, programOf } from './program.ts'
import { SchoolStartError, type SchoolSpec } from './school-runtime.ts'
import { createTurns } from './turns.ts'

/** A program that listens beside the one that is the school. */
export interface Staged {
  program: Program
  instance: Instance
  endpoint: Endpoint
}

/** What runs of a school besides itself: at most one that is to take over, and those it took over from. */
export interface SlotStaging {
  /** @throws SchoolStartError when it did not listen; nothing of it is left then */
  stage(spec: SchoolSpec): Promise<Staged>
  /** Takes what is staged and listens out of here, to be the school. */
  take(isMeant: (program: Program) => boolean): Staged | undefined
  /** What was the school; it is ended by `prune`. */
  retire(instance: Instance): void
  /** Settles when it is known whether what was found staged listens. Never rejects. */
  adopt(staged: Found | undefined, leftOver: readonly Found[]): Promise<unknown>
  /** Ends and removes everything here, starts under way too. */
  prune(graceMs: number): Promise<void>
  check(signal: AbortSignal): Promise<string | undefined>
  count(): number
}

interface StagingOptions {
  launcher: Launcher
  log: Logger
  /** Called when `count` may have changed. */
  changed: () => void
}

export function createSlotStaging({ launcher, log, changed }: StagingOptions): SlotStaging {
  let staged: (Omit<Staged, 'endpoint'> & Partial<Staged>) | undefined
  const retiring = new Set<Instance>()
  const askedToEnd = new WeakSet<Instance>()
  const { inTurn, settled } = createTurns()
  /** Grows with every `prune`: a start that was asked for before is not wanted any more. */
  let pruned = 0

  const isHere = (instance: Instance) => staged?.instance === instance || retiring.has(instance)

  function forget(instance: Instance) {
    if (staged?.instance === instance) staged = undefined
    retiring.delete(instance)
    changed()
  }

  async function end(instance: Instance, graceMs: number) {
    // At once: what is about to end must not become the school any more.
    if (staged?.instance === instance) staged = undefined
    retiring.add(instance)
    askedToEnd.add(instance)
    await instance.stop(graceMs)
    forget(instance)
    await instance.remove?.()
  }

  /** What ends here by itself is not started again. */
  function watch(instance: Instance) {
    void instance.ended.then(async (how) => {
      if (!isHere(instance)) return
      if (!askedToEnd.has(instance))
        log.warn({ reason: how, generation: instance.generation }, 'what ran beside it has ended')
      forget(instance)
      await removeQuietly(instance, log)
    })
    changed()
  }

  function retire(instance: Instance) {
    retiring.add(instance)
    watch(instance)
  }

  async function comesUp(program: Program, instance: Instance): Promise<Staged> {
    const starting = { program, instance }
    staged = starting
    watch(instance)
    try {
      const endpoint = await instance.ready
      if (staged !== starting) throw new SchoolStartError(await instance.ended)
      const come = { ...starting, endpoint }
      staged = come
      return come
    } catch (error) {
      await end(instance, 0)
      throw error
    }
  }

  function stage(spec: SchoolSpec): Promise<Staged> {
    const round = pruned
    const refuseLate = () => {
      if (pruned !== round) throw new SchoolStartError('It was stopped before it listened')
    }
    return inTurn(async () => {
      refuseLate()
      const program = programOf(launcher, spec)
      const { instance: known, endpoint } = staged ?? {}
      if (known && endpoint && staged?.program.fingerprint === program.fingerprint)
        return { program, instance: known, endpoint }
      if (known) await end(known, 0)
      // Never at the port of the one it runs beside.
      const instance = await launcher.launch({ ...spec, port: null })
      if (pruned !== round) await end(instance, 0)
      refuseLate()
      return comesUp(program, instance)
    })
  }

  return {
    stage,
    retire,

    take(isMeant) {
      if (!staged?.endpoint || !isMeant(staged.program)) return undefined
      const { program, instance, endpoint } = staged
      staged = undefined
      return { program, instance, endpoint }
    },

    async adopt(found, leftOver) {
      for (const { instance } of leftOver) retire(instance)
      if (!found) return
      await inTurn(() => comesUp(programFound(found), found.instance)).catch((error: unknown) => {
        log.warn({ err: error }, 'what was staged did not come up')
      })
    },

    async prune(graceMs) {
      pruned++
      const startsUnderWay = settled()
      const instances = [...retiring, ...(staged ? [staged.instance] : [])]
      await Promise.all(instances.map((instance) => end(instance, graceMs)))
      // What was being started when this began ends there. What is staged since is not waited for.
      await startsUnderWay
    },

    check: async (signal) =>
      staged?.endpoint ? staged.instance.check(signal) : 'nothing is staged',

    count: () => retiring.size + (staged ? 1 : 0),
  }
}

/** What is not removed now is found by its marks later: no reason not to start what comes after it. */
export async function removeQuietly(instance: Instance, log: Logger) {
  await instance.remove?.().catch((error: unknown) => {
    log.warn({ err: error, generation: instance.generation }, 'what has ended was not removed')
  })
}
