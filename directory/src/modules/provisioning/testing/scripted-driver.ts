import { fileURLToPath } from 'node:url'
import { cloneDatabase } from '@usms/service-kit/testing/postgres'
import pg from 'pg'
import { pino } from 'pino'
import { STEPS_OF, type StepName } from '#src/modules/operations/operation-kinds.ts'
import { createOperationDriver, type OperationDriver } from '../operation-driver.ts'
import { createOperationStore } from '../operation-store.ts'
import type { Step } from '../step.ts'
import { addSchool, requestWork, type TestSchool } from './operations.ts'

/** The real driver and store on a directory database of their own; the steps do what a test says. */
export interface ScriptedDriver {
  databaseUrl: string
  pool: pg.Pool
  /** Names of the steps that succeeded, in order. */
  done: StepName[]
  /** What steps do besides being noted; nothing where absent. */
  script: Partial<Record<StepName, Step>>
  newDriver(options?: {
    owner?: string
    leaseMs?: number
    over?: pg.Pool
    patienceMs?: number
  }): OperationDriver
  newWork(): Promise<{ school: TestSchool; id: string }>
  newSchool(status: string): Promise<TestSchool>
  /** Forgets what was done and what steps do. */
  reset(): void
  close(): Promise<void>
}

export async function prepareScriptedDriver(): Promise<ScriptedDriver> {
  const prismaDir = fileURLToPath(new URL('../../../../prisma', import.meta.url))
  const database = await cloneDatabase({ prismaDir })
  const pool = new pg.Pool({ connectionString: database.url, max: 8 })
  let serial = 0

  const steps = Object.fromEntries(
    Object.values(STEPS_OF)
      .flat()
      .map((name): [StepName, Step] => [
        name,
        async (context) => {
          await scripted.script[name]?.(context)
          scripted.done.push(name)
        },
      ]),
  ) as Record<StepName, Step>

  const scripted: ScriptedDriver = {
    databaseUrl: database.url,
    pool,
    done: [],
    script: {},

    newDriver({ owner = 'here|data|1|a', leaseMs = 10_000, over = pool, patienceMs = 0 } = {}) {
      return createOperationDriver({
        pool: over,
        store: createOperationStore(over, { owner, leaseMs }),
        steps,
        log: pino({ level: 'silent' }),
        renewMs: leaseMs / 3,
        patienceMs,
      })
    },

    newSchool: (status) => addSchool(pool, `DRV${++serial}`, status),

    async newWork() {
      const school = await scripted.newSchool('PROVISIONING')
      return { school, id: await requestWork(pool, school.id, 'PROVISION') }
    },

    reset() {
      scripted.done = []
      scripted.script = {}
    },

    async close() {
      await pool.end()
      await database.drop()
    },
  }
  return scripted
}
