import { createHash, randomBytes } from 'node:crypto'
import { schemaLevel } from '@usms/school-api/provision'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createProvisionerAsks } from '#src/modules/asks/ask-provisioner.ts'
import { createOperationQueue } from '#src/platform/operation-queue.ts'
import { newLeaseOwner } from './lease-owner.ts'
import { addSchool, readWork, requestWork } from './testing/operations.ts'
import {
  askHealth,
  eventually,
  hopHeaders,
  prepareProvisioning,
  type ProvisioningFixture,
  query,
} from './testing/provisioning-fixture.ts'

let fixture: ProvisioningFixture

beforeAll(async () => {
  fixture = await prepareProvisioning()
})
afterAll(() => fixture?.close())
afterEach(() => fixture.rest())

const log = pino({ level: 'silent' })

describe('provisioning', () => {
  it('brings a school to life: database, schema, first account, running API, ACTIVE', async () => {
    await fixture.start()
    const school = await fixture.provision()
    expect(await readWork(fixture.cluster.pool, school.operationId)).toMatchObject({
      status: 'SUCCEEDED',
      schoolStatus: 'ACTIVE',
    })

    const { address, port } = await fixture.runtimeOf(school.id)
    expect(address).toBe(`127.0.0.1:${port}`)
    expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
    const { rows } = await fixture.cluster.pool.query(
      'select schema_level from tenant where id = $1',
      [school.id],
    )
    expect(rows).toEqual([{ schema_level: schemaLevel() }])
    const ownUrl = fixture.databaseUrlOf(school.code)
    expect(await query(ownUrl, 'select username_key, role, email from app_user')).toEqual([
      ['admin', 'ADMIN', 'office@example.org'],
    ])
    expect(await query(ownUrl, 'select code, name from school_settings')).toEqual([
      [school.code, `School ${school.code}`],
    ])
    const asks = createProvisionerAsks({ databaseUrl: fixture.cluster.directoryUrl, log })
    await asks.start()
    try {
      expect(await asks.recentLogs(school.id, 5)).toContainEqual(
        expect.stringContaining(`"school":"${school.code}"`),
      )
      expect(await asks.databaseSize(school.id, 5_000)).toBeGreaterThan(1_000_000)
    } finally {
      await asks.close()
    }
  })

  it('begins at once when the directory delivers, with nobody looking', async () => {
    await fixture.start({ RECONCILE_SECONDS: '3600' })
    const school = await addSchool(fixture.cluster.pool, fixture.nextCode())
    const operationId = await requestWork(fixture.cluster.pool, school.id, 'PROVISION')
    // As the role that faces the internet.
    const queue = createOperationQueue({ databaseUrl: fixture.cluster.directoryUrl, log })
    await queue.deliver(operationId)
    await queue.close()
    expect(await fixture.finished(operationId)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('finds what was not delivered', async () => {
    await fixture.start({ RECONCILE_SECONDS: '1' })
    const school = await addSchool(fixture.cluster.pool, fixture.nextCode())
    const operationId = await requestWork(fixture.cluster.pool, school.id, 'PROVISION')
    expect(await fixture.finished(operationId)).toMatchObject({ status: 'SUCCEEDED' })
  })

  it('takes over from another machine once that renews its lease no more', async () => {
    const { pool } = fixture.cluster
    const school = await addSchool(pool, fixture.nextCode())
    const operationId = await requestWork(pool, school.id, 'PROVISION')
    await pool.query(
      `update operation set status = 'RUNNING', fence = 1, lease_owner = 'elsewhere|data|1|x',
              lease_until = now() + interval '2 seconds' where id = $1`,
      [operationId],
    )
    await fixture.start({ RECONCILE_SECONDS: '3600' })
    expect(await readWork(pool, operationId)).toMatchObject({ fence: 1 })
    expect(await fixture.finished(operationId)).toMatchObject({ status: 'SUCCEEDED', fence: 2 })
  })

  it('takes over at once from a dead process of this machine and data folder, whose lease would hold on', async () => {
    const { pool, dataDir } = fixture.cluster
    const school = await addSchool(pool, fixture.nextCode())
    const operationId = await requestWork(pool, school.id, 'PROVISION')
    // An earlier start with our pid: what runs now is not that one.
    await pool.query(
      `update operation set status = 'RUNNING', fence = 1, lease_owner = $2,
              lease_until = now() + interval '1 hour' where id = $1`,
      [operationId, newLeaseOwner(dataDir)],
    )
    await fixture.start({ RECONCILE_SECONDS: '3600' })
    expect(await fixture.finished(operationId)).toMatchObject({ status: 'SUCCEEDED', fence: 2 })
  })

  it('fails with the reason, keeps what is there, and a second request resumes', async () => {
    await fixture.start()
    const code = fixture.nextCode()
    const database = `usms_${code.toLowerCase()}`
    await query(fixture.cluster.adminUrl, `create database ${database}`)
    const school = await fixture.provision(code)
    const failed = await readWork(fixture.cluster.pool, school.operationId)
    expect(failed).toMatchObject({ status: 'FAILED', schoolStatus: 'FAILED' })
    expect(failed.error).toContain(database)
    expect(failed.steps[0]).toMatchObject({ name: 'create-database', status: 'FAILED' })
    expect(failed.steps[1]).toMatchObject({ status: 'PENDING' })

    await query(fixture.cluster.adminUrl, `drop database ${database}`)
    await fixture.setStatus(school.id, 'PROVISIONING')
    const again = await requestWork(fixture.cluster.pool, school.id, 'PROVISION')
    await fixture.provisioner().reconcile()
    expect(await readWork(fixture.cluster.pool, again)).toMatchObject({
      status: 'SUCCEEDED',
      schoolStatus: 'ACTIVE',
    })
  })

  it('stores an admin invite as a hash, and a repeated one once', async () => {
    await fixture.start()
    const school = await fixture.provision()
    const tokenHash = createHash('sha256').update(randomBytes(8)).digest('hex')
    const input = { role: 'OWNER', tokenHash, expiresAt: '2999-01-01T00:00:00.000Z' }
    for (let time = 0; time < 2; time++) {
      const id = await requestWork(fixture.cluster.pool, school.id, 'ADMIN_INVITE', input)
      await fixture.provisioner().reconcile()
      expect(await readWork(fixture.cluster.pool, id)).toMatchObject({ status: 'SUCCEEDED' })
    }
    const ownUrl = fixture.databaseUrlOf(school.code)
    expect(await query(ownUrl, 'select token_hash from invite where closed_at is null')).toEqual([
      [tokenHash],
    ])
    expect(await query(ownUrl, 'select role from app_user')).toEqual([['OWNER']])
  })

  it('says that there is nothing to be invited to before the school has a database', async () => {
    await fixture.start()
    const school = await addSchool(fixture.cluster.pool, fixture.nextCode(), 'PENDING')
    const id = await requestWork(fixture.cluster.pool, school.id, 'ADMIN_INVITE', {})
    await fixture.provisioner().reconcile()
    const work = await readWork(fixture.cluster.pool, id)
    expect(work).toMatchObject({ status: 'FAILED', schoolStatus: 'PENDING' })
    expect(work.error).toContain('provision it first')
  })
})

describe('restarting', () => {
  it('a school that is suspended and resumed meanwhile ends well, and the school runs', async () => {
    const schoolIs = (status: string, { tenantId }: { tenantId: string }) =>
      fixture.setStatus(tenantId, status)
    await fixture.start(undefined, {
      hooks: {
        async beforeStep(operation, name) {
          if (operation.kind !== 'RESTART') return
          if (name === 'start-runtime') await schoolIs('SUSPENDED', operation)
          if (name === 'check-health') await schoolIs('ACTIVE', operation)
        },
      },
    })
    const school = await fixture.provision()
    const id = await requestWork(fixture.cluster.pool, school.id, 'RESTART')
    await fixture.provisioner().reconcile()
    expect(await readWork(fixture.cluster.pool, id)).toMatchObject({
      status: 'SUCCEEDED',
      schoolStatus: 'ACTIVE',
    })
    await eventually(async () =>
      expect((await fixture.runtimeOf(school.id)).address).not.toBeNull(),
    )
  })
})
