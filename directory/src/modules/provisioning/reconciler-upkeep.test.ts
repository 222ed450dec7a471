import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { readDesired } from './desired-schools.queries.ts'
import { addSchool, requestWork, type TestSchool } from './testing/operations.ts'
import {
  askHealth,
  eventually,
  hopHeaders,
  prepareProvisioning,
  type ProvisioningFixture,
} from './testing/provisioning-fixture.ts'
import { createReconcilerRig, type ReconcilerRig } from './testing/reconciler-rig.ts'

let fixture: ProvisioningFixture
let rig: ReconcilerRig
let school: TestSchool

beforeAll(async () => {
  fixture = await prepareProvisioning()
})
afterAll(() => fixture?.close())
beforeEach(async () => {
  await fixture.start()
  school = await fixture.provision()
  // It is suspended and resumed by turns: its database stays.
  await fixture.rest()
  await fixture.setStatus(school.id, 'ACTIVE')
  rig = await createReconcilerRig(fixture.cluster)
})
afterEach(async () => {
  await rig.close()
  await fixture.rest()
})

const sql = (text: string, values: unknown[] = []) => fixture.cluster.pool.query(text, values)
const directly = <T>(work: (db: ProvisioningFixture['cluster']['pool']) => Promise<T>) =>
  work(fixture.cluster.pool)

const generationOf = async (schoolId: string) =>
  (await sql('select last_generation from tenant_runtime where tenant_id = $1', [schoolId])).rows[0]
    ?.last_generation as number

describe('what runs besides a school', () => {
  it('is ended when no operation is unfinished, while the school goes on', async () => {
    await rig.reconciler.reconcile()
    const { address } = await fixture.runtimeOf(school.id)
    await rig.runner.stage(school, rig.runtime.release, directly)
    expect(fixture.pidsOf(school.code)).toHaveLength(2)

    await rig.reconciler.reconcile()
    expect(await rig.runtime.observe(school.id)).toMatchObject({ others: 0, address })
    await eventually(() => expect(fixture.pidsOf(school.code)).toHaveLength(1))
    expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
  })

  it('is left alone while an operation is unfinished that somebody else drives', async () => {
    await rig.reconciler.reconcile()
    await rig.runner.stage(school, rig.runtime.release, directly)
    const id = await requestWork(fixture.cluster.pool, school.id, 'UPGRADE')
    await sql(
      `update operation set status = 'RUNNING', lease_owner = 'elsewhere|data|9|z',
              lease_until = now() + interval '1 minute' where id = $1`,
      [id],
    )
    await rig.reconciler.reconcile()
    expect(await rig.runtime.observe(school.id)).toMatchObject({ others: 1, state: 'running' })
    expect(fixture.pidsOf(school.code)).toHaveLength(2)
    await sql(`update operation set status = 'FAILED', lease_until = null where id = $1`, [id])
    await rig.reconciler.reconcile()
    expect(await rig.runtime.observe(school.id)).toMatchObject({ others: 0, state: 'running' })
  })
})

describe('what nobody owns', () => {
  const folderOf = ({ code }: TestSchool) => join(fixture.cluster.dataDir, 'schools', code)

  it('is removed, while a suspended school keeps what it needs to come back', async () => {
    await rig.reconciler.reconcile()
    expect(fixture.pidsOf(school.code)).toHaveLength(1)
    await fixture.setStatus(school.id, 'SUSPENDED')
    await rig.reconciler.reconcile()
    expect(fixture.pidsOf(school.code)).toEqual([])
    expect(existsSync(folderOf(school))).toBe(true)

    await fixture.setStatus(school.id, 'ARCHIVED')
    await rig.reconciler.reconcile()
    expect(existsSync(folderOf(school))).toBe(false)
  })

  it('is not looked for in what an unfinished operation works on', async () => {
    await rig.reconciler.reconcile()
    await fixture.setStatus(school.id, 'ARCHIVED')
    const id = await requestWork(fixture.cluster.pool, school.id, 'ERASE')
    await sql(
      `update operation set status = 'RUNNING', lease_owner = 'elsewhere|data|9|z',
              lease_until = now() + interval '1 minute' where id = $1`,
      [id],
    )
    await rig.reconciler.reconcile()
    expect(existsSync(folderOf(school))).toBe(true)
    expect(fixture.pidsOf(school.code)).toHaveLength(1)
    await sql(`update operation set status = 'FAILED', lease_until = null where id = $1`, [id])
  })
})

describe('a school that cannot be started', () => {
  it('is not decided over again and again, and starts as soon as it is meant to run something else', async () => {
    await sql(`update tenant set release = 'no-such-release' where id = $1`, [school.id])
    for (let i = 0; i < 20; i++) await rig.reconciler.reconcile()
    const before = await generationOf(school.id)
    for (let i = 0; i < 20; i++) await rig.reconciler.reconcile()
    expect((await generationOf(school.id)) - before).toBeLessThanOrEqual(1)
    expect(fixture.pidsOf(school.code)).toEqual([])

    await sql('update tenant set release = null where id = $1', [school.id])
    await rig.reconciler.reconcile()
    expect(await rig.runtime.observe(school.id)).toMatchObject({ state: 'running' })
  })
})

describe('one who does not lead', () => {
  it('changes nothing', async () => {
    rig.leads = false
    const before = await generationOf(school.id)
    const id = await requestWork(fixture.cluster.pool, school.id, 'RESTART')
    rig.reconciler.deliver(id)
    await rig.reconciler.reconcile()
    expect(fixture.pidsOf(school.code)).toEqual([])
    expect(await generationOf(school.id)).toBe(before)
    const { rows } = await sql('select status, fence from operation where id = $1', [id])
    expect(rows).toEqual([{ status: 'QUEUED', fence: 0 }])

    rig.leads = true
    await rig.reconciler.reconcile()
    expect(await fixture.finished(id)).toMatchObject({ status: 'SUCCEEDED' })
  })
})

describe('hundreds of schools', () => {
  it('are started only if they are still wanted when their turn comes', async () => {
    await rig.close()
    await fixture.start()
    const waiting = await fixture.provision()
    await fixture.rest()
    await sql(`update tenant set status = 'ACTIVE' where id = any($1)`, [[school.id, waiting.id]])
    await sql(`insert into tenant_activity (tenant_id, last_request_at) values ($1, now())`, [
      school.id,
    ])
    const before = await generationOf(waiting.id)
    rig = await createReconcilerRig(fixture.cluster, { concurrency: 1 })
    const reconciling = rig.reconciler.reconcile()
    await eventually(() => expect(fixture.pidsOf(school.code)).toHaveLength(1))
    await fixture.setStatus(waiting.id, 'SUSPENDED')
    await reconciling
    expect(await rig.runtime.observe(school.id)).toMatchObject({ state: 'running' })
    expect(await generationOf(waiting.id)).toBe(before)
  })

  it('come in the order in which they were asked for last, those never asked for at the end', async () => {
    const { pool } = fixture.cluster
    const added: TestSchool[] = []
    for (const code of ['NEVER', 'LONGAGO', 'JUSTNOW'])
      added.push(await addSchool(pool, code, 'ACTIVE'))
    await sql(
      `insert into tenant_activity (tenant_id, last_request_at)
       select id, now() - case code when 'LONGAGO' then interval '1 year' else '0' end
         from tenant where code in ('LONGAGO', 'JUSTNOW')`,
    )
    const ids = added.map(({ id }) => id)
    const desired = await readDesired(pool, [], ids)
    expect(desired.map(({ code }) => code)).toEqual(['JUSTNOW', 'LONGAGO', 'NEVER'])
    await sql('delete from tenant where id = any($1)', [ids])
  })
})
