import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import type { Logger } from 'pino'
import type { StepName } from '#src/modules/operations/operation-kinds.ts'
import { forPeople, isAway, reasonOf } from './failure-reason.ts'
import { type ClaimedOperation, LeaseLostError, type OperationStore } from './operation-store.ts'
import { hasRestartedWithin, readSchool } from './provisioning.queries.ts'
import type { Step, StepContext } from './step.ts'

/** Called where being cut off hurts most: what a test kills the process with. */
export interface DriverHooks {
  /** Nothing of the step has happened, nor is it written that it begins. */
  beforeStep?(operation: ClaimedOperation, name: string): Promise<void> | void
  /** All of the step has happened, and nothing says so yet. */
  afterStep?(operation: ClaimedOperation, name: string): Promise<void> | void
}

export interface OperationDriver {
  /**
   * Drives an operation to its end if nobody else does; resolves when it has ended or was left to somebody else. Never throws:
   * what goes wrong stands in the operation or, when that cannot be written, in the log, and the lease ends by itself.
   */
  drive(operationId: string): Promise<{ tenantId: string } | undefined>
  /** Drives nothing more; what is under way is left at its step for the next process, without waiting for its lease. */
  close(): Promise<void>
}

/**
 * Steps whose effect may be gone with the process that took them, though they stand as succeeded: schools may have ended with it,
 * and a driver whose schools go on has forgotten which of two is the school. Whoever takes over begins with them again; where all
 * is as they left it they change nothing. What was destroyed or written to a database stays so.
 */
const DIES_WITH_US: ReadonlySet<string> = new Set<StepName>([
  'start-runtime',
  'check-health',
  'stage-runtime',
  'smoke-test',
  'switch',
])

interface DriverDeps {
  pool: pg.Pool
  store: OperationStore
  steps: Record<StepName, Step>
  log: Logger
  hooks?: DriverHooks
  /** Milliseconds between two renewals of a lease. */
  renewMs?: number
  /** How long a step waits for PostgreSQL or the runtime to answer again before the operation fails (milliseconds). */
  patienceMs?: number
}

const AWAY_PAUSE_MS = 1_000

export function createOperationDriver({
  pool,
  store,
  steps,
  log,
  hooks = {},
  renewMs = 3_000,
  patienceMs = 600_000,
}: DriverDeps): OperationDriver {
  const driving = new Map<string, Promise<{ tenantId: string } | undefined>>()
  const closing = new AbortController()

  async function run(operationId: string) {
    const operation = await store.claim(operationId)
    if (!operation) return undefined
    const lost = new AbortController()
    const renewing = setInterval(() => {
      store.renew(operation).then(
        (held) => held || lost.abort(new LeaseLostError(operation.id)),
        (error: unknown) => {
          log.warn({ err: error, operationId }, 'a lease was not renewed; trying again')
        },
      )
    }, renewMs)
    const signal = AbortSignal.any([lost.signal, closing.signal])
    try {
      await runSteps(operation, signal)
    } finally {
      clearInterval(renewing)
    }
    return { tenantId: operation.tenantId }
  }

  async function runSteps(operation: ClaimedOperation, signal: AbortSignal): Promise<void> {
    let current: string | undefined
    const opLog = log.child({ operationId: operation.id, kind: operation.kind })
    try {
      for (const { name } of operation.steps.filter(
        (step) => !step.done || DIES_WITH_US.has(step.name),
      )) {
        if (signal.aborted) break
        const step = steps[name as StepName] as Step | undefined
        if (!step) throw new Error(`This release does not know the step ${name}`)
        current = name
        await hooks.beforeStep?.(operation, name)
        await store.stepStarted(operation, name)
        const school = await readSchool(pool, operation.tenantId)
        await persist(step, {
          operation,
          school,
          signal,
          say: (message) => store.logLine(operation, 'info', forPeople(message)),
          fenced: (work) => store.fenced(operation, work),
          keep: (facts, also) => store.keep(operation, facts, also),
        })
        await hooks.afterStep?.(operation, name)
        await store.stepSucceeded(operation, name)
        opLog.info({ school: school.code, step: name }, 'step done')
      }
      if (signal.aborted) return await leave(operation)
      await store.succeeded(operation)
    } catch (error) {
      if (error instanceof LeaseLostError) {
        opLog.warn({ step: current }, 'somebody else drives this operation now')
        return
      }
      // Cut off by our own end, not by a fault: the next process goes on from this step.
      if (signal.aborted) return await leave(operation)
      opLog.error({ err: error, step: current }, 'step failed')
      await store.failed(operation, current, reasonOf(error)).catch((failure: unknown) => {
        if (!(failure instanceof LeaseLostError)) throw failure
      })
    }
  }

  /** A step may be taken again, so what is only away for a while fails nothing. */
  async function persist(step: Step, context: StepContext): Promise<void> {
    const deadline = performance.now() + patienceMs
    for (let isSaid = false; ;) {
      const beganAt = performance.now()
      try {
        return await step(context)
      } catch (error) {
        if (context.signal.aborted || performance.now() > deadline) throw error
        if (!isAway(error) && !(await wasPostgresAway(performance.now() - beganAt))) throw error
        log.warn({ err: error, operationId: context.operation.id }, 'a step waits, and tries again')
        // PostgreSQL itself may be what is away.
        isSaid ||= await context.say(`${reasonOf(error)}; trying again`).then(
          () => true,
          (failure: unknown) => {
            if (failure instanceof LeaseLostError) throw failure
            return false
          },
        )
      }
      await sleep(AWAY_PAUSE_MS, undefined, { signal: context.signal })
    }
  }

  /** A school that ends because its database went away says so in its own words, which prove nothing. */
  const wasPostgresAway = (withinMs: number) =>
    // It cannot even be asked.
    hasRestartedWithin(pool, withinMs).catch(() => true)

  const leave = (operation: ClaimedOperation) => store.release(operation)

  async function drive(operationId: string) {
    if (closing.signal.aborted) return undefined
    const under = driving.get(operationId)
    if (under) return under
    const run_ = run(operationId).catch((error: unknown) => {
      log.error({ err: error, operationId }, 'an operation was left unfinished; it is tried again')
      return undefined
    })
    driving.set(operationId, run_)
    try {
      return await run_
    } finally {
      driving.delete(operationId)
    }
  }

  return {
    drive,
    async close() {
      closing.abort()
      await Promise.all(driving.values())
    },
  }
}
