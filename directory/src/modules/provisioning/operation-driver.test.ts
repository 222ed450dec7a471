import { fileURLToPath } from 'node:url'
import { type ClonedDatabase, cloneDatabase } from '@usms/service-kit/testing/postgres'
import pg from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { STEPS_OF, type StepName } from '#src/modules/operations/operation-kinds.ts'
import { startDatabaseGate } from '#src/testing/database-gate.ts'
import { createOperationDriver } from './operation-driver.ts'
import { createOperationStore } from './operation-store.ts'
import type { Step, StepContext } from './step.ts'
import { addSchool, readWork, requestWork } from './testing/operations.ts'

let database: ClonedDatabase
let pool: pg.Pool
let serial = 0
let done: string[]
let faults: Partial<Record<StepName, Step>>

const PROVISION = STEPS_OF.PROVISION

beforeAll(async () => {
  const prismaDir = fileURLToPath(new URL('../../../prisma', import.meta.url))
  database = await cloneDatabase({ prismaDir })
  pool = new pg.Pool({ connectionString: database.url, max: 8 })
})
afterAll(async () => {
  await pool?.end()
  await database?.drop()
})
beforeEach(() => {
  done = []
  faults = {}
})

/** Steps of every name that only say that they ran, but for those a test replaces. */
const allSteps = Object.fromEntries(
  Object.values(STEPS_OF)
    .flat()
    .map((name): [StepName, Step] => [
      name,
      async (context) => {
        await faults[name]?.(context)
        done.push(name)
      },
    ]),
) as Record<StepName, Step>

function newDriver({
  owner = 'here|data|1|a',
  leaseMs = 10_000,
  over = pool,
}: { owner?: string; leaseMs?: number; over?: pg.Pool } = {}) {
  const store = createOperationStore(over, { owner, leaseMs })
  return createOperationDriver({
    pool: over,
    store,
    steps: allSteps,
    log: pino({ level: 'silent' }),
    renewMs: leaseMs / 3,
  })
}

async function newWork(status = 'PROVISIONING') {
  const school = await addSchool(pool, `DRV${++serial}`, status)
  return { school, id: await requestWork(pool, school.id, 'PROVISION') }
}

const failOnce = (message: string): Step => {
  let failed = false
  return async () => {
    if (failed) return
    failed = true
    throw new Error(message)
  }
}

describe('driving an operation', () => {
  it('runs the steps in their order and tells every one of them, then that it is done', async () => {
    const { id, school } = await newWork()
    faults.seed = ({ say }) => say('seeding')
    expect(await newDriver().drive(id)).toEqual({ tenantId: school.id })

    expect(done).toEqual([...PROVISION])
    const work = await readWork(pool, id)
    expect(work).toMatchObject({ status: 'SUCCEEDED', error: null, leaseOwner: null, fence: 1 })
    expect(work.steps.map(({ status }) => status)).toEqual(PROVISION.map(() => 'SUCCEEDED'))
    const told = work.events.map(({ type, data }) =>
      type === 'step' ? `${String(data['name'])} ${String(data['status'])}` : type,
    )
    const expected = PROVISION.flatMap((name) => [
      `${name} RUNNING`,
      ...(name === 'seed' ? ['log'] : []),
      `${name} SUCCEEDED`,
    ])
    expect(told).toEqual([...expected, 'done'])
    expect(work.events.find(({ type }) => type === 'log')?.data).toEqual({
      level: 'info',
      message: 'seeding',
    })
  })

  it('does nothing for an operation that has ended, or that is not there', async () => {
    const { id } = await newWork()
    await newDriver().drive(id)
    done = []
    expect(await newDriver().drive(id)).toBeUndefined()
    expect(await newDriver().drive('00000000-0000-7000-8000-000000000000')).toBeUndefined()
    expect(done).toEqual([])
  })

  it('runs once when it is asked for several times at once, by one driver or by two', async () => {
    const { id } = await newWork()
    const [here, there] = [newDriver(), newDriver({ owner: 'there|data|2|b' })]
    await Promise.all([here.drive(id), here.drive(id), there.drive(id), there.drive(id)])
    expect(done).toEqual([...PROVISION])
  })
})

describe('a step that fails', () => {
  it('fails the operation and the school with the reason, and runs nothing after it', async () => {
    const { id } = await newWork()
    faults.seed = failOnce('no room for seeds')
    await newDriver().drive(id)

    const work = await readWork(pool, id)
    expect(work).toMatchObject({
      status: 'FAILED',
      error: 'no room for seeds',
      schoolStatus: 'FAILED',
      leaseOwner: null,
    })
    expect(work.steps.map(({ status }) => status)).toEqual([
      'SUCCEEDED',
      'SUCCEEDED',
      'FAILED',
      'PENDING',
      'PENDING',
      'PENDING',
    ])
    expect(work.steps[2]?.error).toBe('no room for seeds')
    expect(work.events.slice(-2)).toEqual([
      { type: 'log', data: { level: 'error', message: 'no room for seeds' } },
      { type: 'done', data: { status: 'FAILED', error: 'no room for seeds' } },
    ])
    expect(done).toEqual(['create-database', 'migrate'])
  })

  it('keeps what was made: a second request starts over, finds it and ends well', async () => {
    const { id, school } = await newWork()
    faults.seed = failOnce('no room for seeds')
    await newDriver().drive(id)
    await pool.query(`update tenant set status = 'PROVISIONING' where id = $1`, [school.id])
    const again = await requestWork(pool, school.id, 'PROVISION')
    await newDriver().drive(again)
    expect(await readWork(pool, again)).toMatchObject({ status: 'SUCCEEDED' })
    expect(done).toEqual(['create-database', 'migrate', ...PROVISION])
  })

  it('leaves an active school active when it was only to be restarted', async () => {
    const school = await addSchool(pool, `DRV${++serial}`, 'ACTIVE')
    const id = await requestWork(pool, school.id, 'RESTART')
    faults['start-runtime'] = failOnce('it does not start')
    await newDriver().drive(id)
    expect(await readWork(pool, id)).toMatchObject({ status: 'FAILED', schoolStatus: 'ACTIVE' })
  })

  it('tells nobody the password of a connection URL', async () => {
    const { id } = await newWork()
    faults.migrate = failOnce('cannot reach postgres://usms:very-secret@localhost/usms')
    await newDriver().drive(id)
    const work = await readWork(pool, id)
    expect(JSON.stringify(work)).not.toContain('very-secret')
    expect(work.error).toContain('postgres://usms:***@localhost/usms')
  })

  it('says that PostgreSQL does not answer when that is why', async () => {
    const { id } = await newWork()
    faults['create-database'] = async () => {
      const client = new pg.Client({ host: '127.0.0.1', port: 1 })
      await client.connect()
    }
    await newDriver().drive(id)
    expect((await readWork(pool, id)).error).toContain('PostgreSQL does not answer (ECONNREFUSED)')
  })
})

describe('a driver that was cut off', () => {
  /** As after kill -9: the lease stands, and nobody renews it. */
  async function abandonAt(name: StepName, owner = 'elsewhere|data|9|z') {
    const { id, school } = await newWork()
    const store = createOperationStore(pool, { owner, leaseMs: 60_000 })
    const operation = await store.claim(id)
    if (!operation) throw new Error('not claimed')
    for (const step of operation.steps) {
      await store.stepStarted(operation, step.name)
      if (step.name === name) break
      await store.stepSucceeded(operation, step.name)
    }
    const endLease = () =>
      pool.query(`update operation set lease_until = now() - interval '1 second' where id = $1`, [
        id,
      ])
    return { id, school, store, operation, endLease }
  }

  it('is waited for until its lease ends, then its work goes on from the step it stood at', async () => {
    const { id, endLease } = await abandonAt('seed')
    const driver = newDriver()
    expect(await driver.drive(id)).toBeUndefined()
    expect(done).toEqual([])
    await endLease()
    await driver.drive(id)
    expect(done).toEqual(['seed', 'start-runtime', 'check-health', 'activate'])
    expect(await readWork(pool, id)).toMatchObject({ status: 'SUCCEEDED', fence: 2 })
  })

  it('has its school started again by who takes over: that may have ended with it', async () => {
    const { id, endLease } = await abandonAt('activate')
    await endLease()
    await newDriver().drive(id)
    expect(done).toEqual(['start-runtime', 'check-health', 'activate'])
    expect(await readWork(pool, id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('changes nothing any more once somebody else has taken over', async () => {
    const { id, store, operation, endLease } = await abandonAt('seed')
    await endLease()
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const reached = new Promise<void>((resolve) => {
      faults['start-runtime'] = async () => {
        resolve()
        await held
      }
    })
    const driving = newDriver().drive(id)
    await reached

    const before = await readWork(pool, id)
    const lost = { name: 'LeaseLostError' }
    await expect(store.stepSucceeded(operation, 'seed')).rejects.toMatchObject(lost)
    await expect(store.logLine(operation, 'info', 'late')).rejects.toMatchObject(lost)
    await expect(store.failed(operation, 'seed', 'late')).rejects.toMatchObject(lost)
    await expect(store.succeeded(operation)).rejects.toMatchObject(lost)
    await expect(
      store.fenced(operation, (tx) => tx.query(`update tenant set name = 'late'`)),
    ).rejects.toMatchObject(lost)
    expect(await store.renew(operation)).toBe(false)
    expect(await readWork(pool, id)).toEqual(before)
    const { rowCount } = await pool.query(`select from tenant where name = 'late'`)
    expect(rowCount).toBe(0)

    release()
    await driving
    expect(await readWork(pool, id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('stops at once when it learns in a step that its lease is gone, and fails nothing', async () => {
    const { id } = await newWork()
    const signals: AbortSignal[] = []
    faults.seed = async ({ signal, fenced }: StepContext) => {
      signals.push(signal)
      await pool.query(
        `update operation set fence = fence + 1, lease_owner = 'other', lease_until = now() + interval '1 minute'
          where id = $1`,
        [id],
      )
      await vi.waitFor(() => expect(signal.aborted).toBe(true), { timeout: 10_000 })
      await fenced(async () => {})
    }
    await newDriver({ leaseMs: 300 }).drive(id)
    expect(signals[0]?.aborted).toBe(true)
    expect(done).toEqual(['create-database', 'migrate'])
    expect(await readWork(pool, id)).toMatchObject({
      status: 'RUNNING',
      schoolStatus: 'PROVISIONING',
    })
  })

  it('keeps its lease for as long as a step takes', async () => {
    const { id } = await newWork()
    let until: Date | undefined
    const leaseUntil = async () => {
      const { rows } = await pool.query<{ until: Date }>(
        'select lease_until as until from operation where id = $1',
        [id],
      )
      return rows[0]?.until
    }
    faults.seed = async () => {
      until = await leaseUntil()
      await vi.waitFor(
        async () => expect(Number(await leaseUntil())).toBeGreaterThan(Number(until) + 300),
        { timeout: 10_000 },
      )
    }
    await newDriver({ leaseMs: 300 }).drive(id)
    expect(await readWork(pool, id)).toMatchObject({ status: 'SUCCEEDED', fence: 1 })
  })

  it('outlives the loss of the database in the middle of a write, and the work goes on later', async () => {
    const { id } = await newWork()
    const gate = await startDatabaseGate(database.url)
    const gated = new pg.Pool({ connectionString: gate.url, max: 4 })
    gated.on('error', () => {})
    faults.seed = ({ fenced }) =>
      fenced(async (tx) => {
        gate.shut()
        await tx.query('select pg_sleep(10)')
      })
    await newDriver({ over: gated }).drive(id)
    expect(await readWork(pool, id)).toMatchObject({ status: 'RUNNING' })

    gate.open()
    faults = {}
    await newDriver({ over: gated }).drive(id)
    expect(await readWork(pool, id)).toMatchObject({ status: 'SUCCEEDED', fence: 2 })
    await gated.end()
    await gate.close()
  })

  it('gives the lease back when it closes in the middle, for the next one to go on at once', async () => {
    const { id } = await newWork()
    const driver = newDriver()
    const reached = new Promise<void>((resolve) => {
      faults.seed = ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('interrupted')))
          resolve()
        })
    })
    const driving = driver.drive(id)
    await reached
    await driver.close()
    await driving
    expect(await readWork(pool, id)).toMatchObject({ status: 'RUNNING', leaseOwner: null })
    faults = {}
    await newDriver({ owner: 'next|data|3|c' }).drive(id)
    expect(await readWork(pool, id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(done).toEqual([...PROVISION])
  })
})
