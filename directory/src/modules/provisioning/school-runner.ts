import { hopSecretOf } from '@usms/service-kit/auth/opaque-token'
import type pg from 'pg'
import type { Logger } from 'pino'
import { limitsOf } from '#src/runtime/plans.ts'
import type {
  Observation,
  Removed,
  SchoolRuntime,
  SchoolSpec,
} from '#src/runtime/school-runtime.ts'
import {
  allocateGeneration,
  nextGeneration,
  readRunOrder,
  recordRuntime,
} from './provisioning.queries.ts'
import type { SchoolSecretStore } from './school-secrets.ts'

/** Starts and stops schools through the runtime, and records where they run. */
export interface SchoolRunner {
  /**
   * Resolves when the school listens and its address stands in the registry; one that does already is left alone.
   * @param through how the decision is written; a step writes it only while it drives its operation
   * @throws SchoolStartError, SupersededError
   */
  start(school: RunnableSchool, through?: Through): Promise<Observation>
  stop(school: RunnableSchool, through?: Through): Promise<void>
  /** Starts another release beside what runs, which goes on serving and being recorded. @throws SchoolStartError */
  stage(school: RunnableSchool, release: string, through: Through): Promise<Observation>
  /**
   * Makes what is staged the school; where it is already, nothing changes.
   * @param decide writes that it is, before anything else is done to this school
   * @throws SchoolStartError where it neither is staged nor runs
   */
  promote(
    school: RunnableSchool,
    release: string,
    decide: (promoted: Observation) => Promise<void>,
  ): Promise<Observation>
  /** Stops it and deletes all that the runtime keeps of it. */
  destroy(school: RunnableSchool, through: Through): Promise<Removed[]>
  /** Records what the runtime says now; also called whenever that changes. Never throws. */
  record(schoolId: string): Promise<void>
  close(): Promise<void>
}

export interface RunnableSchool {
  id: string
  code: string
}

type Through = <T>(work: (db: Pick<pg.ClientBase, 'query'>) => Promise<T>) => Promise<T>

interface RunnerDeps {
  pool: pg.Pool
  runtime: SchoolRuntime
  secrets: SchoolSecretStore
  /** The connection URL with which a school's API reaches its own database. */
  schoolAppUrl: (code: string, password: string) => string
  routerKey: string
  /** Plain settings that every school gets. */
  settings: Readonly<Record<string, string>>
  log: Logger
}

export function createSchoolRunner({
  pool,
  runtime,
  secrets,
  schoolAppUrl,
  routerKey,
  settings,
  log,
}: RunnerDeps): SchoolRunner {
  const turns = new Map<string, Promise<unknown>>()
  const directly: Through = (work) => work(pool)

  /** What concerns one school happens in the order in which it was asked for: the last state is the one recorded last. */
  function inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const result = (turns.get(key) ?? Promise.resolve()).then(work)
    const settled = result.catch(() => {})
    turns.set(key, settled)
    void settled.then(() => turns.get(key) === settled && turns.delete(key))
    return result
  }

  async function write(schoolId: string) {
    const observation = await runtime.observe(schoolId)
    if (observation) await recordRuntime(pool, observation)
  }

  const record = (schoolId: string) =>
    inTurn(`record ${schoolId}`, () => write(schoolId)).catch((error: unknown) => {
      log.warn({ err: error, schoolId }, 'where a school runs was not recorded; it is tried again')
    })

  const unsubscribe = runtime.onChange(({ schoolId }) => void record(schoolId))

  async function secretsOf(school: RunnableSchool): Promise<SchoolSpec['secrets']> {
    const { dbPassword, jwtSecret, refreshKey } = await secrets.read(school.id)
    return {
      DATABASE_URL: schoolAppUrl(school.code, dbPassword),
      JWT_SECRET: jwtSecret,
      REFRESH_KEY: refreshKey,
      HOP_SECRET: hopSecretOf(school.id, routerKey),
    }
  }

  async function start(school: RunnableSchool, through: Through) {
    const running = await runtime.observe(school.id)
    const order = await readRunOrder(pool, school.id)
    const release = order.release ?? runtime.release
    const isRecorded =
      order.generation === running?.generation && order.address === running?.address
    if (running?.state === 'running' && running.release === release && isRecorded) return running
    const own = await secretsOf(school)
    const { generation, port } = await through((db) => nextGeneration(db, school.id))
    const observation = await runtime.ensure({
      schoolId: school.id,
      code: school.code,
      generation,
      release,
      settings,
      secrets: own,
      limits: limitsOf(order.plan),
      port,
    })
    await inTurn(`record ${school.id}`, () => write(school.id))
    return observation
  }

  async function stop(school: RunnableSchool, through: Through) {
    const { generation } = await through((db) => nextGeneration(db, school.id))
    await runtime.stop(school.id, generation)
    await inTurn(`record ${school.id}`, () => write(school.id))
  }

  async function stage(school: RunnableSchool, release: string, through: Through) {
    const { plan } = await readRunOrder(pool, school.id)
    const own = await secretsOf(school)
    return runtime.stage({
      schoolId: school.id,
      code: school.code,
      generation: await through((db) => allocateGeneration(db, school.id)),
      release,
      settings,
      secrets: own,
      limits: limitsOf(plan),
      // The port it had last is taken, by what runs.
      port: null,
    })
  }

  return {
    start: (school, through = directly) => inTurn(school.id, () => start(school, through)),
    stop: (school, through = directly) => inTurn(school.id, () => stop(school, through)),
    stage: (school, release, through) => inTurn(school.id, () => stage(school, release, through)),
    promote: (school, release, decide) =>
      inTurn(school.id, async () => {
        const promoted = await runtime.promote(school.id, release)
        // What changed meanwhile was recorded under the earlier decision, or not at all.
        await inTurn(`record ${school.id}`, () => decide(promoted))
        return promoted
      }),
    destroy: (school, through) =>
      inTurn(school.id, async () => {
        await stop(school, through)
        return runtime.destroy({ schoolId: school.id, code: school.code })
      }),
    record,
    async close() {
      unsubscribe()
      await Promise.all(turns.values())
    },
  }
}
