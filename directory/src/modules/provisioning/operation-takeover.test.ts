import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { STEPS_OF, type StepName } from '#src/modules/operations/operation-kinds.ts'
import { startDatabaseGate } from '#src/testing/database-gate.ts'
import { createOperationStore } from './operation-store.ts'
import type { StepContext } from './step.ts'
import { readWork } from './testing/operations.ts'
import { prepareScriptedDriver, type ScriptedDriver } from './testing/scripted-driver.ts'

let scripted: ScriptedDriver

beforeAll(async () => {
  scripted = await prepareScriptedDriver()
})
afterAll(() => scripted?.close())
beforeEach(() => scripted.reset())

const PROVISION = STEPS_OF.PROVISION

describe('a driver that was cut off', () => {
  /** As after kill -9: the lease stands, and nobody renews it. */
  async function abandonAt(name: StepName, owner = 'elsewhere|data|9|z') {
    const { id, school } = await scripted.newWork()
    const store = createOperationStore(scripted.pool, { owner, leaseMs: 60_000 })
    const operation = await store.claim(id)
    if (!operation) throw new Error('not claimed')
    for (const step of operation.steps) {
      await store.stepStarted(operation, step.name)
      if (step.name === name) break
      await store.stepSucceeded(operation, step.name)
    }
    const endLease = () =>
      scripted.pool.query(
        `update operation set lease_until = now() - interval '1 second' where id = $1`,
        [id],
      )
    return { id, school, store, operation, endLease }
  }

  it('is waited for until its lease ends, then its work goes on from the step it stood at', async () => {
    const { id, endLease } = await abandonAt('seed')
    const driver = scripted.newDriver()
    expect(await driver.drive(id)).toBeUndefined()
    expect(scripted.done).toEqual([])
    await endLease()
    await driver.drive(id)
    expect(scripted.done).toEqual(['seed', 'start-runtime', 'check-health', 'activate'])
    expect(await readWork(scripted.pool, id)).toMatchObject({ status: 'SUCCEEDED', fence: 2 })
  })

  it('has its school started again by who takes over: that may have ended with it', async () => {
    const { id, endLease } = await abandonAt('activate')
    await endLease()
    await scripted.newDriver().drive(id)
    expect(scripted.done).toEqual(['start-runtime', 'check-health', 'activate'])
    expect(await readWork(scripted.pool, id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('changes nothing any more once somebody else has taken over', async () => {
    const { id, store, operation, endLease } = await abandonAt('seed')
    await endLease()
    let release = () => {}
    const held = new Promise<void>((resolve) => (release = resolve))
    const reached = new Promise<void>((resolve) => {
      scripted.script['start-runtime'] = async () => {
        resolve()
        await held
      }
    })
    const driving = scripted.newDriver().drive(id)
    await reached

    const before = await readWork(scripted.pool, id)
    const lost = { name: 'LeaseLostError' }
    await expect(store.stepSucceeded(operation, 'seed')).rejects.toMatchObject(lost)
    await expect(store.logLine(operation, 'info', 'late')).rejects.toMatchObject(lost)
    await expect(store.failed(operation, 'seed', 'late')).rejects.toMatchObject(lost)
    await expect(store.succeeded(operation)).rejects.toMatchObject(lost)
    await expect(
      store.fenced(operation, (tx) => tx.query(`update tenant set name = 'late'`)),
    ).rejects.toMatchObject(lost)
    await expect(store.keep(operation, { late: true })).rejects.toMatchObject(lost)
    expect(await store.renew(operation)).toBe(false)
    expect(await readWork(scripted.pool, id)).toEqual(before)
    const { rowCount } = await scripted.pool.query(`select from tenant where name = 'late'`)
    expect(rowCount).toBe(0)

    release()
    await driving
    expect(await readWork(scripted.pool, id)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('stops at once when it learns in a step that its lease is gone, and fails nothing', async () => {
    const { id } = await scripted.newWork()
    const signals: AbortSignal[] = []
    scripted.script.seed = async ({ signal, fenced }: StepContext) => {
      signals.push(signal)
      await scripted.pool.query(
        `update operation set fence = fence + 1, lease_owner = 'other', lease_until = now() + interval '1 minute'
          where id = $1`,
        [id],
      )
      await vi.waitFor(() => expect(signal.aborted).toBe(true), { timeout: 10_000 })
      await fenced(async () => {})
    }
    await scripted.newDriver({ leaseMs: 300 }).drive(id)
    expect(signals[0]?.aborted).toBe(true)
    expect(scripted.done).toEqual(['create-database', 'migrate'])
    expect(await readWork(scripted.pool, id)).toMatchObject({
      status: 'RUNNING',
      schoolStatus: 'PROVISIONING',
    })
  })

  it('keeps its lease for as long as a step takes', async () => {
    const { id } = await scripted.newWork()
    let until: Date | undefined
    const leaseUntil = async () => {
      const { rows } = await scripted.pool.query<{ until: Date }>(
        'select lease_until as until from operation where id = $1',
        [id],
      )
      return rows[0]?.until
    }
    scripted.script.seed = async () => {
      until = await leaseUntil()
      await vi.waitFor(
        async () => expect(Number(await leaseUntil())).toBeGreaterThan(Number(until) + 300),
        { timeout: 10_000 },
      )
    }
    await scripted.newDriver({ leaseMs: 300 }).drive(id)
    expect(await readWork(scripted.pool, id)).toMatchObject({ status: 'SUCCEEDED', fence: 1 })
  })

  it('outlives the loss of the database in the middle of a write, and the work goes on later', async () => {
    const { id } = await scripted.newWork()
    const gate = await startDatabaseGate(scripted.databaseUrl)
    const gated = new pg.Pool({ connectionString: gate.url, max: 4 })
    gated.on('error', () => {})
    scripted.script.seed = ({ fenced }) =>
      fenced(async (tx) => {
        gate.shut()
        await tx.query('select pg_sleep(10)')
      })
    await scripted.newDriver({ over: gated }).drive(id)
    expect(await readWork(scripted.pool, id)).toMatchObject({ status: 'RUNNING' })

    gate.open()
    scripted.script = {}
    await scripted.newDriver({ over: gated }).drive(id)
    expect(await readWork(scripted.pool, id)).toMatchObject({ status: 'SUCCEEDED', fence: 2 })
    await gated.end()
    await gate.close()
  })

  it('gives the lease back when it closes in the middle, for the next one to go on at once', async () => {
    const { id } = await scripted.newWork()
    const driver = scripted.newDriver()
    const reached = new Promise<void>((resolve) => {
      scripted.script.seed = ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('interrupted')))
          resolve()
        })
    })
    const driving = driver.drive(id)
    await reached
    await driver.close()
    await driving
    expect(await readWork(scripted.pool, id)).toMatchObject({ status: 'RUNNING', leaseOwner: null })
    scripted.script = {}
    await scripted.newDriver({ owner: 'next|data|3|c' }).drive(id)
    expect(await readWork(scripted.pool, id)).toMatchObject({ status: 'SUCCEEDED' })
    expect(scripted.done).toEqual([...PROVISION])
  })
})
