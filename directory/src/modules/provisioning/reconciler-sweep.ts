import type pg from 'pg'
import type { Logger } from 'pino'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import { readOwnedSchools } from './desired-schools.queries.ts'

/** Removes now and then what the runtime keeps of schools that are not there any more, and first of all when it begins. */
export interface Sweeper {
  /** Begins when it is time. */
  sweepIfDue(): void
  /** Resolves when none is under way. Never rejects. */
  done(): Promise<void>
}

export function createSweeper({
  pool,
  runtime,
  log,
  everyMs,
}: {
  pool: pg.Pool
  runtime: SchoolRuntime
  log: Logger
  everyMs: number
}): Sweeper {
  let sweeping: Promise<void> | undefined
  let sweptAt: number | undefined

  async function sweep() {
    try {
      const removed = await runtime.sweep(await readOwnedSchools(pool))
      sweptAt = performance.now()
      if (removed.length > 0) log.warn({ removed }, 'what belonged to no school was removed')
    } catch (error) {
      log.warn({ err: error }, 'what belongs to no school was not removed; it is tried again')
    }
  }

  return {
    sweepIfDue() {
      if (sweeping || (sweptAt !== undefined && performance.now() - sweptAt < everyMs)) return
      sweeping = sweep().finally(() => (sweeping = undefined))
    },
    done: async () => sweeping,
  }
}
