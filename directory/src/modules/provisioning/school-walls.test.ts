import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { rekeySecrets } from './rekey-secrets.ts'
import { openSecretBox } from './secret-keys.ts'
import { ROUTER_KEY, SECRETS_KEY } from './testing/provisioning-cluster.ts'
import { hopSecretOf } from '@usms/service-kit/auth/opaque-token'
import {
  askHealth,
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

const inDatabase = (url: string, database: string) =>
  Object.assign(new URL(url), { pathname: `/${database}` }).href

describe('the walls around a school', () => {
  const REFUSED = { code: '42501' }

  it('lets its database role into its own database and no other', async () => {
    await fixture.start()
    const [a, b] = [await fixture.provision(), await fixture.provision()]
    const url = fixture.databaseUrlOf(a.code)
    expect(await query(url, 'select count(*)::int from app_user')).toEqual([[1]])
    for (const database of [
      `usms_${b.code.toLowerCase()}`,
      'usms_directory',
      'postgres',
      'template1',
    ])
      await expect(query(inDatabase(url, database), 'select 1'), database).rejects.toMatchObject(
        REFUSED,
      )
  })

  it('lets its database role make no table and change no trace', async () => {
    await fixture.start()
    const school = await fixture.provision()
    const url = fixture.databaseUrlOf(school.code)
    await query(url, `insert into audit_event (action, subject_type) values ('test', 'test')`)
    for (const sql of [
      'create table mine (id int)',
      `update audit_event set action = 'other'`,
      'delete from audit_event',
      'truncate audit_event',
      `update role_permission set scope = 'all'`,
      'select * from _prisma_migrations',
    ])
      await expect(query(url, sql), sql).rejects.toMatchObject(REFUSED)
    expect(await query(url, `select action from audit_event where subject_type = 'test'`)).toEqual([
      ['test'],
    ])
  })

  it('answers 421 without its hop secret, with that of another school, and to another code', async () => {
    await fixture.start()
    const [a, b] = [await fixture.provision(), await fixture.provision()]
    const { address } = await fixture.runtimeOf(a.id)
    const own = hopHeaders(a)
    expect((await askHealth(address, own)).status).toBe(200)
    for (const headers of [
      { 'x-school-code': a.code },
      { ...own, 'x-school-secret': hopSecretOf(b.id, ROUTER_KEY) },
      { ...own, 'x-school-code': b.code },
    ])
      expect((await askHealth(address, headers)).status).toBe(421)
  })

  it('keeps the sealed secrets from the role that faces the internet', async () => {
    await fixture.start()
    await fixture.provision()
    await expect(
      query(fixture.cluster.directoryUrl, 'select * from tenant_secret'),
    ).rejects.toMatchObject(REFUSED)
    await expect(
      query(fixture.cluster.directoryUrl, `update tenant_runtime set address = 'elsewhere:1'`),
    ).rejects.toMatchObject(REFUSED)
  })
})

describe('rekey', () => {
  const NEXT_KEY = '22'.repeat(32)

  it('seals every secret with the current key, and nothing is left to do the second time', async () => {
    await fixture.start()
    const school = await fixture.provision()
    await fixture.provisioner().close()
    const box = openSecretBox({ SECRETS_KEY: NEXT_KEY, SECRETS_KEYS_PREVIOUS: [SECRETS_KEY] })
    const { resealed } = await rekeySecrets(fixture.cluster.pool, box)
    expect(resealed).toBeGreaterThanOrEqual(3)
    expect(await rekeySecrets(fixture.cluster.pool, box)).toEqual({
      resealed: 0,
      current: resealed,
    })

    // The old key is not needed any more, and the school starts with the secrets it had.
    await fixture.start({ SECRETS_KEY: NEXT_KEY })
    await fixture.provisioner().reconcile()
    expect(
      (await askHealth((await fixture.runtimeOf(school.id)).address, hopHeaders(school))).status,
    ).toBe(200)
    await fixture.provisioner().close()
    await rekeySecrets(
      fixture.cluster.pool,
      openSecretBox({ SECRETS_KEY, SECRETS_KEYS_PREVIOUS: [NEXT_KEY] }),
    )
  })

  it('changes nothing without the key that sealed a secret, and says which is missing', async () => {
    await fixture.start()
    await fixture.provision()
    const box = openSecretBox({ SECRETS_KEY: NEXT_KEY, SECRETS_KEYS_PREVIOUS: [] })
    const before = await fixture.cluster.pool.query('select * from tenant_secret order by 1, 2')
    await expect(rekeySecrets(fixture.cluster.pool, box)).rejects.toThrow('not configured')
    const after = await fixture.cluster.pool.query('select * from tenant_secret order by 1, 2')
    expect(after.rows).toEqual(before.rows)
  })
})
