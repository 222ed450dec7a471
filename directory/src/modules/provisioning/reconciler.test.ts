import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { processesNaming } from '#src/runtime/testing/processes-naming.ts'
import { type DatabaseGate, startDatabaseGate } from '#src/testing/database-gate.ts'
import { addSchool, readWork, requestWork } from './testing/operations.ts'
import {
  askHealth,
  eventually,
  hopHeaders,
  prepareProvisioning,
  type ProvisioningFixture,
} from './testing/provisioning-fixture.ts'

let fixture: ProvisioningFixture

beforeAll(async () => {
  fixture = await prepareProvisioning()
})
afterAll(() => fixture?.close())
afterEach(() => fixture.rest())

describe('what should run and what does', () => {
  it('stops a school when it is suspended, and starts it at the same port when it is resumed', async () => {
    await fixture.start({ RECONCILE_SECONDS: '3600' })
    const school = await fixture.provision()
    const { address } = await fixture.runtimeOf(school.id)
    await fixture.setStatus(school.id, 'SUSPENDED')
    await eventually(async () => expect((await fixture.runtimeOf(school.id)).address).toBeNull())
    await expect(askHealth(address, hopHeaders(school))).rejects.toThrow()

    await fixture.setStatus(school.id, 'ACTIVE')
    await eventually(async () => expect((await fixture.runtimeOf(school.id)).address).toBe(address))
    expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
  })

  it('records the new addresses of a school that ended by itself', async () => {
    await fixture.start({ RECONCILE_SECONDS: '3600' })
    const school = await fixture.provision()
    const before = await fixture.runtimeOf(school.id)
    const [pid] = fixture.pidsOf(school.code)
    process.kill(Number(pid), 'SIGKILL')
    await eventually(async () => {
      const now = await fixture.runtimeOf(school.id)
      expect(now.internalAddress).not.toBeNull()
      expect(now.internalAddress).not.toBe(before.internalAddress)
      expect(now.address).toBe(before.address)
    })
    expect((await askHealth(before.address, hopHeaders(school))).status).toBe(200)
  })

  it('restarts a school on request', async () => {
    await fixture.start()
    const school = await fixture.provision()
    const before = await fixture.runtimeOf(school.id)
    const id = await requestWork(fixture.cluster.pool, school.id, 'RESTART')
    await fixture.provisioner().reconcile()
    expect(await readWork(fixture.cluster.pool, id)).toMatchObject({ status: 'SUCCEEDED' })
    const now = await fixture.runtimeOf(school.id)
    expect(now.address).toBe(before.address)
    expect(Number(now.startedAt)).toBeGreaterThan(Number(before.startedAt))
    expect(fixture.pidsOf(school.code)).toHaveLength(1)
  })

  it('leaves a suspended school stopped when it is to be restarted', async () => {
    await fixture.start()
    const school = await fixture.provision()
    await fixture.setStatus(school.id, 'SUSPENDED')
    const id = await requestWork(fixture.cluster.pool, school.id, 'RESTART')
    await fixture.provisioner().reconcile()
    expect(await fixture.finished(id)).toMatchObject({ status: 'SUCCEEDED' })
    await eventually(() => expect(fixture.pidsOf(school.code)).toEqual([]))
    await eventually(async () => expect((await fixture.runtimeOf(school.id)).address).toBeNull())
  })

  it('stops every school when it closes, takes their addresses away, and the next one starts them', async () => {
    await fixture.start()
    const school = await fixture.provision()
    const { address, generation } = await fixture.runtimeOf(school.id)
    await fixture.provisioner().close()
    expect(processesNaming(fixture.cluster.dataDir)).toEqual([])
    expect((await fixture.runtimeOf(school.id)).address).toBeNull()

    await fixture.start()
    await fixture.provisioner().reconcile()
    const now = await fixture.runtimeOf(school.id)
    expect(now.address).toBe(address)
    expect(now.generation).toBeGreaterThan(generation)
    expect((await askHealth(now.address, hopHeaders(school))).status).toBe(200)
  })
})

describe('two provisioners on one database', () => {
  it('do not fight: the second waits, and runs every school when the first has ended', async () => {
    const first = await fixture.start({ RECONCILE_SECONDS: '1' })
    const school = await fixture.provision()
    const before = await fixture.runtimeOf(school.id)
    const starting = fixture.start({ RECONCILE_SECONDS: '1' })
    await expect(fixture.start({}, { leadWithinMs: 1_000 })).rejects.toThrow(
      'Another provisioner works on this database',
    )
    expect(await fixture.runtimeOf(school.id)).toEqual(before)
    expect(fixture.pidsOf(school.code)).toHaveLength(1)

    await first.close()
    await starting
    await eventually(async () =>
      expect((await fixture.runtimeOf(school.id)).address).not.toBeNull(),
    )
    const now = await fixture.runtimeOf(school.id)
    expect((await askHealth(now.address, hopHeaders(school))).status).toBe(200)
    expect(fixture.pidsOf(school.code)).toHaveLength(1)
  })

  it('leave everything to the one that took over while the database was away for the other', async () => {
    const gate = await startDatabaseGate(fixture.cluster.provisionerUrl)
    try {
      const { promise: ousted, resolve: onOusted } = Promise.withResolvers<void>()
      await fixture.start({ DATABASE_URL: gate.url, RECONCILE_SECONDS: '1' }, { onOusted })
      const school = await fixture.provision()
      gate.shut()
      await fixture.start({ RECONCILE_SECONDS: '1' })
      gate.open()
      await ousted
      await eventually(async () => {
        const { address } = await fixture.runtimeOf(school.id)
        expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
        expect(fixture.pidsOf(school.code)).toHaveLength(1)
      })
    } finally {
      await gate.close()
    }
  })
})

describe('PostgreSQL that does not answer', () => {
  let gate: DatabaseGate
  beforeAll(async () => {
    gate = await startDatabaseGate(fixture.cluster.provisionerUrl)
  })
  afterEach(() => gate.open())
  afterAll(() => gate?.close())

  it('is waited for: the job says so, and makes the school when it answers again', async () => {
    await fixture.start({ POSTGRES_ADMIN_URL: gate.url })
    gate.shut()
    const school = await addSchool(fixture.cluster.pool, fixture.nextCode())
    const operationId = await requestWork(fixture.cluster.pool, school.id, 'PROVISION')
    const making = fixture.provisioner().reconcile()
    await eventually(async () => {
      const { rows } = await fixture.cluster.pool.query<{ message: string }>(
        `select data->>'message' as message from operation_event where operation_id = $1 and type = 'log'`,
        [operationId],
      )
      expect(rows.map(({ message }) => message).join()).toContain('PostgreSQL does not answer')
    })
    expect((await readWork(fixture.cluster.pool, operationId)).status).toBe('RUNNING')

    gate.open()
    await making
    expect(await readWork(fixture.cluster.pool, operationId)).toMatchObject({
      status: 'SUCCEEDED',
      schoolStatus: 'ACTIVE',
    })
  })

  it('fails provisioning when it is away for too long, and a second request makes the school', async () => {
    await fixture.start({ POSTGRES_ADMIN_URL: gate.url }, { patienceMs: 0 })
    gate.shut()
    const school = await fixture.provision()
    const failed = await readWork(fixture.cluster.pool, school.operationId)
    expect(failed).toMatchObject({ status: 'FAILED', schoolStatus: 'FAILED' })
    expect(failed.error).toContain('PostgreSQL does not answer')

    gate.open()
    await fixture.setStatus(school.id, 'PROVISIONING')
    const again = await requestWork(fixture.cluster.pool, school.id, 'PROVISION')
    await fixture.provisioner().reconcile()
    expect(await readWork(fixture.cluster.pool, again)).toMatchObject({ schoolStatus: 'ACTIVE' })
  })

  it('keeps schools running while the directory is away, and notices what was decided meanwhile', async () => {
    await fixture.start({ DATABASE_URL: gate.url, RECONCILE_SECONDS: '1' })
    const school = await fixture.provision()
    const { address } = await fixture.runtimeOf(school.id)
    gate.shut()
    await fixture.setStatus(school.id, 'SUSPENDED')
    expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
    gate.open()
    await eventually(() => expect(fixture.pidsOf(school.code)).toEqual([]))
    await eventually(async () => expect((await fixture.runtimeOf(school.id)).address).toBeNull())
  })

  it('refuses to start without it', async () => {
    gate.shut()
    await expect(
      fixture.start({ POSTGRES_ADMIN_URL: gate.url, DATABASE_URL: gate.url }),
    ).rejects.toThrow('PostgreSQL does not answer')
    expect(processesNaming(fixture.cluster.dataDir)).toEqual([])
  })
})
