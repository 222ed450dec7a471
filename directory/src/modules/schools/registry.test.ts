import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { hopSecretOf } from '@usms/service-kit/auth/opaque-token'
import { type ClonedDatabase, cloneDatabase } from '@usms/service-kit/testing/postgres'
import { Pool } from 'pg'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type DatabaseGate, startDatabaseGate } from '#src/proxy/testing/database-gate.ts'
import { insertSchool, PRISMA_DIR } from '#src/proxy/testing/router-rig.ts'
import { until } from '#src/proxy/testing/until.ts'
import type { FeedTiming } from './registry-feed.ts'
import { createRegistry, type Registry, type RegistryChange } from './registry.ts'

const ROUTER_KEY = 'k'.repeat(32)
const silent = pino({ level: 'silent' })

let database: ClonedDatabase
let sql: Pool
let gate: DatabaseGate
let folder: string
const open: Registry[] = []

beforeAll(async () => {
  database = await cloneDatabase({ prismaDir: PRISMA_DIR })
  sql = new Pool({ connectionString: database.url, max: 2 })
  gate = await startDatabaseGate(database.url)
  folder = await mkdtemp(join(tmpdir(), 'registry-'))
})
afterEach(async () => {
  for (const registry of open.splice(0)) await registry.close()
})
afterAll(async () => {
  await gate.close()
  await sql.end()
  await database.drop()
  await rm(folder, { recursive: true })
})

const newCode = () => `S${randomBytes(6).toString('hex').toUpperCase()}`

async function started(
  options: { snapshotFile?: string; maxAgeMs?: number; timing?: Partial<FeedTiming> } = {},
) {
  const registry = createRegistry({
    databaseUrl: gate.url,
    maxAgeMs: 60_000,
    routerKey: ROUTER_KEY,
    log: silent,
    ...options,
  })
  open.push(registry)
  await registry.start()
  return registry
}

const codesIn = (registry: Registry, q?: string) =>
  (JSON.parse(registry.publicList(q).body.toString()) as { code: string }[]).map(({ code }) => code)

describe('what the registry knows', () => {
  it('are the ACTIVE schools, each with its address and its own hop secret', async () => {
    const [active, cold, pending] = [newCode(), newCode(), newCode()]
    const id = await insertSchool(sql, {
      code: active,
      name: 'Green Wood',
      address: '127.0.0.1:4101',
    })
    await insertSchool(sql, { code: cold, address: null })
    await insertSchool(sql, { code: pending, status: 'PENDING', address: '127.0.0.1:4102' })
    const registry = await started()
    expect(registry.byCode(active)).toEqual({
      schoolId: id,
      code: active,
      name: 'Green Wood',
      listed: true,
      address: { host: '127.0.0.1', port: 4101 },
      hopSecret: hopSecretOf(id, ROUTER_KEY),
    })
    expect(registry.byCode(cold)?.address).toBeNull()
    expect(registry.byCode(pending)).toBeUndefined()
    expect(registry.byCode(active.toLowerCase())).toBeUndefined()
  })

  it.each([
    ['[::1]:4101', { host: '::1', port: 4101 }],
    ['school-abc:4100', { host: 'school-abc', port: 4100 }],
    ['127.0.0.1', null],
    ['http://127.0.0.1:1', null],
    ['127.0.0.1:99999', null],
  ])('reads the address %s as %j', async (address, expected) => {
    const code = newCode()
    await insertSchool(sql, { code, address })
    expect((await started()).byCode(code)?.address).toEqual(expected)
  })

  it('is found by code and by subdomain as host labels', async () => {
    const code = newCode()
    await insertSchool(sql, { code, subdomain: `own-${code.toLowerCase()}` })
    const registry = await started()
    expect(registry.byHost(code.toLowerCase())?.code).toBe(code)
    expect(registry.byHost(`own-${code.toLowerCase()}`)?.code).toBe(code)
  })

  it('follows every change, and tells it', async () => {
    const registry = await started()
    const told: RegistryChange[] = []
    const stop = registry.onChange((change) => told.push(change))
    const code = newCode()
    const id = await insertSchool(sql, { code, status: 'PROVISIONING' })
    await sql.query(`update tenant_runtime set address = '127.0.0.1:4105' where tenant_id = $1`, [
      id,
    ])
    await sql.query(`update tenant set status = 'ACTIVE' where id = $1`, [id])
    await until('it is there', () => registry.byCode(code)?.address?.port === 4105)
    await sql.query(`update tenant set subdomain = $2, name = 'New Name' where id = $1`, [
      id,
      `new-${code.toLowerCase()}`,
    ])
    await until(
      'its new host is there',
      () => registry.byHost(`new-${code.toLowerCase()}`)?.name === 'New Name',
    )
    await sql.query(`update tenant set subdomain = null where id = $1`, [id])
    await until(
      'its host is gone',
      () => registry.byHost(`new-${code.toLowerCase()}`) === undefined,
    )
    await sql.query(`update tenant set status = 'SUSPENDED' where id = $1`, [id])
    await until('it is gone', () => registry.byCode(code) === undefined)
    expect(told[0]).toMatchObject({ schoolId: id, before: undefined, after: { code } })
    expect(told.at(-1)).toMatchObject({ schoolId: id, before: { code }, after: undefined })

    stop()
    const count = told.length
    await sql.query(`update tenant set status = 'ACTIVE' where id = $1`, [id])
    await until('it is back', () => registry.byCode(code) !== undefined)
    expect(told.length).toBe(count)
    await sql.query(`delete from tenant where id = $1`, [id])
    await until('it is gone for good', () => registry.byCode(code) === undefined)
  })

  it('reads one school again when asked, without being told', async () => {
    const code = newCode()
    const id = await insertSchool(sql, { code, address: '127.0.0.1:4101' })
    const registry = await started()
    await sql.query('alter table tenant_runtime disable trigger tenant_runtime_notify')
    await sql.query(`update tenant_runtime set address = '127.0.0.1:4106' where tenant_id = $1`, [
      id,
    ])
    await sql.query('alter table tenant_runtime enable trigger tenant_runtime_notify')
    const reads = await Promise.all([registry.reread(id), registry.reread(id)])
    expect(reads.map((route) => route?.address?.port)).toEqual([4106, 4106])
    expect(await registry.reread('00000000-0000-7000-8000-000000000000')).toBeUndefined()
  })
})

describe('the public list', () => {
  it('holds the listed schools by name, and the same bytes have the same ETag', async () => {
    const tag = randomBytes(4).toString('hex')
    const [a, b, hidden] = [newCode(), newCode(), newCode()]
    await insertSchool(sql, { code: a, name: `${tag} School 10` })
    await insertSchool(sql, { code: b, name: `${tag} School 9` })
    await insertSchool(sql, { code: hidden, name: `${tag} hidden`, listed: false })
    const registry = await started()
    expect(codesIn(registry, tag)).toEqual([b, a])
    expect(codesIn(registry)).not.toContain(hidden)
    expect(registry.byCode(hidden)).toBeDefined()
    const { etag, body } = registry.publicList()
    expect(etag).toMatch(/^"[\w-]{27}"$/)
    expect(registry.publicList().body).toBe(body)

    await insertSchool(sql, { code: newCode(), name: `${tag} School 11` })
    await until('the list is another', () => registry.publicList().etag !== etag)
  })

  it('is searched by parts of names and codes, without regard to case or accents', async () => {
    const code = newCode()
    await insertSchool(sql, { code, name: `École Saint-Éloi ${code}` })
    const registry = await started()
    for (const q of ['ecole saint-eloi', 'ÉLOI', code.toLowerCase().slice(2)])
      expect(codesIn(registry, q)).toContain(code)
    expect(codesIn(registry, 'no such school anywhere')).toEqual([])
  })
})

describe('with the database gone', () => {
  it('keeps what it knows, settles rereads, and knows better when it is back', async () => {
    const [kept, suspended] = [newCode(), newCode()]
    const keptId = await insertSchool(sql, { code: kept })
    const id = await insertSchool(sql, { code: suspended })
    const registry = await started()
    await gate.shut()
    await until('it noticed', () => !registry.isConnected())
    await sql.query(`update tenant set status = 'SUSPENDED' where id = $1`, [id])
    const added = newCode()
    await insertSchool(sql, { code: added })
    expect((await registry.reread(keptId))?.code).toBe(kept)
    expect(registry.byCode(suspended)?.code).toBe(suspended)
    expect(registry.isLoaded()).toBe(true)
    await gate.open()
    await until('the suspended one is gone', () => registry.byCode(suspended) === undefined, 1_000)
    expect(registry.byCode(added)?.code).toBe(added)
    expect(registry.byCode(kept)?.code).toBe(kept)
  })

  it('reads everything again when only its session was ended', async () => {
    const code = newCode()
    const id = await insertSchool(sql, { code })
    const registry = await started()
    // Both in one statement: the notification is lost with the session that would have heard it.
    await sql.query('alter table tenant disable trigger tenant_notify')
    await sql.query(`update tenant set status = 'SUSPENDED' where id = $1`, [id])
    await sql.query('alter table tenant enable trigger tenant_notify')
    await sql.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'directory-registry'`,
    )
    await until('it is gone', () => registry.byCode(code) === undefined)
    expect(registry.isConnected()).toBe(true)
  })

  it('notices a connection whose other end has vanished', async () => {
    const registry = await started({ timing: { probeEveryMs: 50, probeTimeoutMs: 100 } })
    const before = gate.connections()
    gate.freeze()
    await until('it has a new one', () => registry.isConnected() && gate.connections() > before)
    const code = newCode()
    await insertSchool(sql, { code })
    await until('it is told again', () => registry.byCode(code) !== undefined)
  })

  it('knows nothing without a snapshot, says so, and loads when the database comes', async () => {
    const code = newCode()
    await insertSchool(sql, { code })
    await gate.shut()
    const registry = await started()
    expect([registry.isLoaded(), registry.byCode(code)]).toEqual([false, undefined])
    await gate.open()
    await until('it is loaded', registry.isLoaded)
    expect(registry.byCode(code)?.code).toBe(code)
  })
})

describe('the snapshot', () => {
  const fileOf = () => join(folder, `${randomBytes(4).toString('hex')}.json`)

  it('is 0600, holds no secret, and is followed by nothing else in its folder', async () => {
    const code = newCode()
    const id = await insertSchool(sql, { code, address: '127.0.0.1:4101' })
    const snapshotFile = fileOf()
    const registry = await started({ snapshotFile })
    await registry.close()
    expect((await stat(snapshotFile)).mode & 0o777).toBe(0o600)
    const text = await readFile(snapshotFile, 'utf8')
    expect(text).toContain(code)
    expect(text).not.toContain(hopSecretOf(id, ROUTER_KEY))
    expect(text).not.toContain(ROUTER_KEY)
    expect((await readdir(folder)).filter((name) => name.includes('.tmp'))).toEqual([])
  })

  it('is written again after a change', async () => {
    const snapshotFile = fileOf()
    await started({ snapshotFile })
    const code = newCode()
    await insertSchool(sql, { code })
    await until('it stands in the file', async () =>
      (await readFile(snapshotFile, 'utf8').catch(() => '')).includes(code),
    )
  })

  it('carries a start with the database down, until the database knows better', async () => {
    const [kept, suspended] = [newCode(), newCode()]
    await insertSchool(sql, {
      code: kept,
      address: '127.0.0.1:4101',
      subdomain: `sub-${kept.toLowerCase()}`,
    })
    const id = await insertSchool(sql, { code: suspended })
    const snapshotFile = fileOf()
    await (await started({ snapshotFile })).close()
    await gate.shut()
    await sql.query(`update tenant set status = 'SUSPENDED' where id = $1`, [id])
    const registry = await started({ snapshotFile })
    expect(registry.isLoaded()).toBe(true)
    expect(registry.byHost(`sub-${kept.toLowerCase()}`)?.address?.port).toBe(4101)
    expect(registry.byCode(suspended)?.code).toBe(suspended)
    expect(codesIn(registry)).toContain(kept)
    await gate.open()
    await until('the suspended one is gone', () => registry.byCode(suspended) === undefined, 1_000)
    expect(registry.byCode(kept)?.code).toBe(kept)
  })

  it.each([
    [
      'older than its maximum age',
      (text: string) => text.replace(/"confirmedAt":"\d{4}/, '"confirmedAt":"2020'),
    ],
    ['broken', (text: string) => text.slice(0, -5)],
    ['of another format', (text: string) => text.replace('"format":1', '"format":2')],
  ])('is not believed when it is %s', async (_what, spoil) => {
    const snapshotFile = fileOf()
    await (await started({ snapshotFile })).close()
    await writeFile(snapshotFile, spoil(await readFile(snapshotFile, 'utf8')))
    await gate.shut()
    const registry = await started({ snapshotFile })
    expect(registry.isLoaded()).toBe(false)
    await gate.open()
    await until('the database loads it', registry.isLoaded)
  })

  it('that cannot be written takes nothing away', async () => {
    const registry = await started({ snapshotFile: join(folder, 'missing', 'snapshot.json') })
    expect(registry.isLoaded()).toBe(true)
  })
})
