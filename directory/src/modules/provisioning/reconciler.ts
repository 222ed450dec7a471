import type pg from 'pg'
import type { Logger } from 'pino'
import type { Observation, SchoolRuntime } from '#src/runtime/school-runtime.ts'
import { isDeadNeighbour } from './lease-owner.ts'
import { createLimiter } from './limiter.ts'
import type { OperationDriver } from './operation-driver.ts'
import type { OperationStore } from './operation-store.ts'
import {
  clearAddresses,
  type DesiredSchool,
  isBusy,
  readDesired,
} from './desired-schools.queries.ts'
import { createStartPauses } from './reconciler-pauses.ts'
import { createSweeper } from './reconciler-sweep.ts'
import type { SchoolRunner } from './school-runner.ts'

const LEASE_LOOK_MS = 4_000
/** What a left-over part of a school is answering it may answer for so long. */
const PRUNE_GRACE_MS = 10_000

export interface Reconciler {
  /** Looks at everything once; resolves when what this look and earlier ones began has ended. */
  reconcile(): Promise<void>
  /** Looks at this school soon. */
  wake(schoolId: string): void
  /** Looks at everything soon. */
  wakeAll(): void
  /** Drives one operation, at once if there is room. */
  deliver(operationId: string): void
  /** Begins nothing more. */
  close(): void
}

interface ReconcilerDeps {
  pool: pg.Pool
  store: OperationStore
  driver: OperationDriver
  runner: SchoolRunner
  runtime: SchoolRuntime
  /** This process, as leases name it. */
  leaseOwner: string
  log: Logger
  everyMs: number
  /** How often what nobody owns is looked for. */
  sweepEveryMs?: number
  /** Whether this process may change what runs: no second one on the same database does. */
  leads: () => boolean
  /** How many operations, and how many starts, at once. */
  concurrency?: number
}

/**
 * Makes what is into what should be: drives operations that nobody drives, starts schools that should run and stops those that
 * should not, and removes what nobody owns. Every look starts from what the database and the runtime say.
 */
export function createReconciler({
  pool,
  store,
  driver,
  runner,
  runtime,
  leaseOwner,
  log,
  everyMs,
  sweepEveryMs = 300_000,
  leads,
  concurrency = 4,
}: ReconcilerDeps): Reconciler {
  const operations = createLimiter(concurrency)
  const starts = createLimiter(concurrency)
  const pauses = createStartPauses()
  const sweeper = createSweeper({ pool, runtime, log, everyMs: sweepEveryMs })
  /** What is under way, so that a second look begins nothing twice. */
  const underWay = new Map<string, Promise<void>>()
  /** Schools that were looked at while something was under way for them: what is to be done now is not known. */
  const missed = new Set<string>()
  let asked: Set<string> | 'all' | undefined
  let looking = false
  let again: NodeJS.Timeout | undefined
  let closed = false

  function begin(key: string, work: () => Promise<void>): Promise<void> {
    const known = underWay.get(key)
    if (known) return known
    const begun = work()
      .catch((error: unknown) => log.warn({ err: error }, 'reconciling failed; it is tried again'))
      .finally(() => underWay.delete(key))
    underWay.set(key, begun)
    return begun
  }

  const drive = (operationId: string) =>
    begin(`operation ${operationId}`, () =>
      operations(async () => {
        // It may be for a school that was not there yet when the sweep asked whose is whose.
        await sweeper.done()
        const driven = closed || !leads() ? undefined : await driver.drive(operationId)
        // What was asked of the school meanwhile waited for the operation.
        if (driven) wake(driven.tenantId)
      }),
    )

  async function driveUnclaimed(): Promise<Promise<void>[]> {
    const others = (await store.leaseOwners()).filter((owner) => owner !== leaseOwner)
    for (const owner of others)
      if (isDeadNeighbour(owner, leaseOwner)) await store.freeLeasesOf(owner)
      else lookAgainSoon()
    return (await store.unclaimed()).map(drive)
  }

  /** Somebody elsewhere holds a lease: whether it is still renewed shows before the next regular look. */
  function lookAgainSoon() {
    clearTimeout(again)
    again = setTimeout(wakeAll, LEASE_LOOK_MS)
  }

  const observe = async (only: readonly string[] | null): Promise<Observation[]> =>
    only === null
      ? runtime.observeAll()
      : (await Promise.all(only.map((id) => runtime.observe(id)))).filter((seen) => !!seen)

  async function lookAtSchools(only: readonly string[] | null): Promise<Promise<void>[]> {
    const before = await observe(only)
    const desired = await readDesired(
      pool,
      before.map(({ schoolId }) => schoolId),
      only,
    )
    const observed = new Map((await observe(only)).map((seen) => [seen.schoolId, seen]))
    const free = desired.filter(({ id, busy }) => !busy && !isUnderWay(id))
    await clearAddresses(
      pool,
      free.filter(({ id, address }) => address !== null && observed.get(id)?.state !== 'running'),
    )
    return free.flatMap((school) => {
      const work = whatToDo(school, observed.get(school.id))
      if (!work) return []
      const begun = begin(`school ${school.id}`, work)
      return [begun.then(() => void (missed.delete(school.id) && wake(school.id)))]
    })
  }

  function isUnderWay(schoolId: string): boolean {
    const busy = underWay.has(`school ${schoolId}`)
    if (busy) missed.add(schoolId)
    return busy
  }

  function whatToDo(school: DesiredSchool, seen: Observation | undefined) {
    const runs = seen !== undefined && seen.state !== 'stopped'
    if (!school.active) {
      pauses.forget(school.id)
      return runs ? () => runner.stop(school) : undefined
    }
    const isCurrent =
      runs &&
      seen.generation === school.generation &&
      seen.release === (school.release ?? runtime.release)
    // What ended by itself the runtime starts again.
    if (!isCurrent) return pauses.allows(school) ? () => start(school) : undefined
    // Of an upgrade that did not get to its end, since no operation is under way.
    if (seen.others > 0) return () => prune(school)
    // Here only what was not written down is.
    return seen.address === school.address ? undefined : () => runner.record(school.id)
  }

  const start = (school: DesiredSchool) =>
    starts(async () => {
      if (closed || !leads()) return
      try {
        // With hundreds of schools its turn may come minutes later.
        if (await isStillWanted(school.id)) await runner.start(school)
        pauses.forget(school.id)
      } catch (error) {
        log.error({ err: error, school: school.code }, 'a school did not start; it is tried again')
        pauses.failed(school)
      }
    })

  async function isStillWanted(schoolId: string): Promise<boolean> {
    const [now] = await readDesired(pool, [], [schoolId])
    return now !== undefined && now.active && !now.busy
  }

  async function prune(school: DesiredSchool) {
    // Asked again at the last moment: what an upgrade has just staged is not left over.
    if (!leads() || (await isBusy(pool, school.id))) return
    await runtime.prune(school.id, PRUNE_GRACE_MS)
    await runner.record(school.id)
  }

  async function look(only: readonly string[] | null): Promise<Promise<void>[]> {
    if (closed || !leads()) return []
    // First: operations that begin now wait for it.
    if (only === null) sweeper.sweepIfDue()
    const driven = only === null ? await driveUnclaimed() : []
    return [...driven, ...(await lookAtSchools(only))]
  }

  /** One look at a time; what is asked meanwhile is one look more. */
  async function lookSoon() {
    if (looking) return
    looking = true
    try {
      while (asked && !closed) {
        const only = asked === 'all' ? null : [...asked]
        asked = undefined
        await look(only).catch((error: unknown) => {
          log.warn({ err: error }, 'reconciling failed; it is tried again')
        })
      }
    } finally {
      looking = false
    }
  }

  function wake(schoolId: string) {
    if (closed) return
    if (asked === undefined) asked = new Set([schoolId])
    else if (asked !== 'all') asked.add(schoolId)
    void lookSoon()
  }

  function wakeAll() {
    if (closed) return
    asked = 'all'
    void lookSoon()
  }

  const timer = setInterval(wakeAll, everyMs)

  return {
    async reconcile() {
      await look(null)
      await Promise.all([sweeper.done(), ...underWay.values()])
    },
    wake,
    wakeAll,
    deliver: (operationId) => void drive(operationId),
    close() {
      closed = true
      clearInterval(timer)
      clearTimeout(again)
    },
  }
}
