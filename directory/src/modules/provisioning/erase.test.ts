import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { STEPS_OF } from '#src/modules/operations/operation-kinds.ts'
import type { Certificate } from './certificate.ts'
import { driveThroughKills } from './testing/kills.ts'
import { readWork, requestWork } from './testing/operations.ts'
import { addBrokenRelease } from './testing/releases.ts'
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

const PLANTED = 'zzplantedzz'

const pool = () => fixture.cluster.pool
const points = (kind: 'ARCHIVE' | 'ERASE') =>
  STEPS_OF[kind].flatMap((step) => [`before ${step}`, `after ${step}`])

async function driven(schoolId: string, kind: 'ARCHIVE' | 'ERASE' | 'PROVISION', input = {}) {
  const id = await requestWork(pool(), schoolId, kind, input)
  await fixture.provisioner().reconcile()
  return { ...(await readWork(pool(), id)), id }
}

async function suspended() {
  const school = await fixture.provision()
  const url = fixture.databaseUrlOf(school.code)
  await fixture.setStatus(school.id, 'SUSPENDED')
  await fixture.provisioner().reconcile()
  return { ...school, url, database: `usms_${school.code.toLowerCase()}` }
}

async function archived() {
  const school = await suspended()
  expect(await driven(school.id, 'ARCHIVE')).toMatchObject({ status: 'SUCCEEDED' })
  return school
}

async function certificateOf(schoolId: string) {
  const { rows } = await pool().query<{ document: Certificate; issuedAt: Date }>(
    'select document, issued_at as "issuedAt" from erasure_certificate where tenant_id = $1',
    [schoolId],
  )
  return rows[0]
}

const schoolDirOf = (code: string) => join(fixture.cluster.dataDir, 'schools', code)

describe('archiving', () => {
  it('leaves nothing running, no secret on the disk and nobody in the database, and keeps the data', async () => {
    await fixture.start()
    const school = await suspended()
    await query(school.url, `insert into audit_event (action, subject_type) values ('kept', 'x')`)
    const work = await driven(school.id, 'ARCHIVE')
    expect(work).toMatchObject({ status: 'SUCCEEDED', schoolStatus: 'ARCHIVED' })
    expect(fixture.pidsOf(school.code)).toEqual([])
    expect(existsSync(schoolDirOf(school.code))).toBe(false)
    // As its own role, and as the one that owns everything.
    await expect(query(school.url, 'select 1')).rejects.toMatchObject({ code: '28000' })
    const asOwner = Object.assign(new URL(fixture.cluster.provisionerUrl), {
      pathname: `/${school.database}`,
    })
    await expect(query(asOwner.href, 'select 1')).rejects.toMatchObject({ code: '55000' })
    expect((await fixture.runtimeOf(school.id)).address).toBeNull()

    await fixture.setStatus(school.id, 'PROVISIONING')
    expect(await driven(school.id, 'PROVISION')).toMatchObject({
      status: 'SUCCEEDED',
      schoolStatus: 'ACTIVE',
    })
    const { address } = await fixture.runtimeOf(school.id)
    expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
    expect(await query(school.url, `select action from audit_event where action = 'kept'`)).toEqual(
      [['kept']],
    )
  })

  it('is undone on what new schools get, where its own release is gone or does not come up any more', async () => {
    await fixture.start()
    const school = await archived()
    const pinTo = (release: string) =>
      pool().query(`update tenant set release = $2, status = 'PROVISIONING' where id = $1`, [
        school.id,
        release,
      ])
    await pinTo(await addBrokenRelease(fixture.cluster.dataDir, 'dies'))
    expect(await driven(school.id, 'PROVISION')).toMatchObject({ schoolStatus: 'FAILED' })
    expect(await driven(school.id, 'PROVISION')).toMatchObject({ schoolStatus: 'ACTIVE' })
    const { release } = await fixture.runtimeOf(school.id)

    await fixture.setStatus(school.id, 'SUSPENDED')
    await driven(school.id, 'ARCHIVE')
    await pinTo('gone-for-good')
    expect(await driven(school.id, 'PROVISION')).toMatchObject({ schoolStatus: 'ACTIVE' })
    expect((await fixture.runtimeOf(school.id)).release).toBe(release)
  })

  it('takes a school that never was provisioned', async () => {
    await fixture.start()
    const { rows } = await pool().query<{ id: string }>(
      `insert into tenant (code, name) values ('NEVER', 'Never') returning id`,
    )
    const id = String(rows[0]?.id)
    expect(await driven(id, 'ARCHIVE')).toMatchObject({ schoolStatus: 'ARCHIVED' })
    expect(await driven(id, 'ERASE')).toMatchObject({ schoolStatus: 'ERASED' })
  })

  it('survives a kill before and after every step', async () => {
    await fixture.start()
    const school = await suspended()
    const id = await requestWork(pool(), school.id, 'ARCHIVE')
    expect(await driveThroughKills(fixture, id)).toEqual(points('ARCHIVE'))
    expect(await readWork(pool(), id)).toMatchObject({
      status: 'SUCCEEDED',
      schoolStatus: 'ARCHIVED',
    })
  }, 60_000)

  it('that fails leaves a school that can be asked for again, not one that starts without its database', async () => {
    await fixture.start()
    const school = await suspended()
    await query(fixture.cluster.adminUrl, `alter database ${school.database} owner to postgres`)
    const work = await driven(school.id, 'ARCHIVE')
    expect(work).toMatchObject({ status: 'FAILED', schoolStatus: 'FAILED' })
    expect(work.error).toContain('belongs to postgres')
    await query(
      fixture.cluster.adminUrl,
      `alter database ${school.database} owner to usms_provisioner`,
    )
    expect(await driven(school.id, 'PROVISION')).toMatchObject({ schoolStatus: 'ACTIVE' })
  })
})

describe('erasing', () => {
  /** Everywhere the directory keeps what an owner or a school said. */
  async function plant(school: { id: string; url: string }) {
    await pool().query(
      `update tenant set name = $2, plan = $2, subdomain = $2, admin_email = $2 || '@example.org',
              group_name = $2 where id = $1`,
      [school.id, PLANTED],
    )
    await pool().query('update tenant_runtime set last_error = $2 where tenant_id = $1', [
      school.id,
      PLANTED,
    ])
    await query(
      school.url,
      `insert into audit_event (action, subject_type) values ('${PLANTED}', 'x')`,
    )
    const id = await requestWork(pool(), school.id, 'UPGRADE', { release: PLANTED })
    await fixture.provisioner().reconcile()
    const failed = await readWork(pool(), id)
    expect(failed.error).toContain(PLANTED)
    // So that the planner's statistics know it too.
    await query(fixture.cluster.adminUrl, 'select 1')
    await pool().query('analyze')
  }

  async function tablesWith(text: string): Promise<string[]> {
    const superuser = Object.assign(new URL(fixture.cluster.adminUrl), {
      pathname: '/usms_directory',
    }).href
    const tables = await query(
      superuser,
      `select format('%I.%I', schemaname, tablename) from pg_tables union all select 'pg_stats'`,
    )
    const found: string[] = []
    for (const [table] of tables) {
      const rows = await query(
        superuser,
        `select 1 from ${String(table)} as t where t::text ilike '%${text}%' limit 1`,
      )
      if (rows.length > 0) found.push(String(table))
    }
    return found
  }

  /** Of the cluster's files those that hold the text, besides the write-ahead log, which the certificate does not cover. */
  async function filesWith(text: string): Promise<string[]> {
    await query(fixture.cluster.adminUrl, 'checkpoint')
    const [[dir] = []] = await query(fixture.cluster.adminUrl, 'show data_directory')
    try {
      return execFileSync('grep', ['-rla', '--exclude-dir=pg_wal', text, String(dir)], {
        encoding: 'utf8',
      })
        .split('\n')
        .filter((file) => file !== '')
        .map((file) => file.slice(String(dir).length + 1))
    } catch (error) {
      // What grep says when it found nothing.
      if ((error as { status?: number }).status === 1) return []
      throw error
    }
  }

  it('leaves the code and a certificate, and of what was planted nothing', async () => {
    await fixture.start()
    const school = await suspended()
    await fixture.setStatus(school.id, 'ACTIVE')
    await plant(school)
    await fixture.setStatus(school.id, 'SUSPENDED')
    expect((await tablesWith(PLANTED)).length).toBeGreaterThan(4)
    expect((await filesWith(PLANTED)).length).toBeGreaterThan(0)

    const ownerId = crypto.randomUUID()
    expect(await driven(school.id, 'ARCHIVE')).toMatchObject({ status: 'SUCCEEDED' })
    const id = await requestWork(pool(), school.id, 'ERASE')
    await pool().query('update operation set requested_by_id = $2 where id = $1', [id, ownerId])
    await fixture.provisioner().reconcile()
    const work = await readWork(pool(), id)
    expect(work).toMatchObject({ status: 'SUCCEEDED', schoolStatus: 'ERASED', error: null })

    const issued = await certificateOf(school.id)
    const role = `${school.database}_app`
    expect(issued?.document).toEqual({
      schoolId: school.id,
      code: school.code,
      name: school.code,
      requestedBy: ownerId,
      archivedAt: expect.any(String),
      erasedAt: issued?.issuedAt.toISOString(),
      removed: expect.arrayContaining([
        { kind: 'folder', name: `schools/${school.code}` },
        { kind: 'database', name: school.database },
        { kind: 'role', name: role },
        { kind: 'secret', name: 'dbPassword' },
        { kind: 'secret', name: 'jwtSecret' },
        { kind: 'secret', name: 'refreshKey' },
      ]),
      verified: [
        { what: `database ${school.database}`, found: 0 },
        { what: `role ${role}`, found: 0 },
        { what: 'sealed secrets', found: 0 },
        { what: 'containers, processes, volumes and folders', found: 0 },
        { what: 'records that name somebody', found: 0 },
      ],
      notes: [expect.stringContaining('write-ahead log')],
    })

    const { rows } = await pool().query(
      `select name, plan, subdomain, admin_email, group_name, listed, schema_level, release
         from tenant where id = $1`,
      [school.id],
    )
    expect(rows).toEqual([
      {
        name: school.code,
        plan: 'standard',
        subdomain: null,
        admin_email: null,
        group_name: null,
        listed: false,
        schema_level: null,
        release: null,
      },
    ])
    expect(
      await query(
        fixture.cluster.adminUrl,
        `select datname from pg_database where datname = '${school.database}'
         union all select rolname from pg_roles where rolname = '${role}'`,
      ),
    ).toEqual([])
    expect(await tablesWith(PLANTED)).toEqual([])
    expect(await filesWith(PLANTED)).toEqual([])
    const { rows: operations } = await pool().query(
      'select kind, input, error from operation where tenant_id = $1 order by id',
      [school.id],
    )
    expect(operations).toEqual(
      ['PROVISION', 'UPGRADE', 'ARCHIVE', 'ERASE'].map((kind) => ({
        kind,
        input: {},
        error: null,
      })),
    )
  }, 60_000)

  it('survives a kill before and after every step, and certifies all that was removed', async () => {
    await fixture.start()
    const school = await archived()
    const id = await requestWork(pool(), school.id, 'ERASE')
    expect(await driveThroughKills(fixture, id)).toEqual(points('ERASE'))
    expect(await readWork(pool(), id)).toMatchObject({ status: 'SUCCEEDED' })
    const issued = await certificateOf(school.id)
    expect(issued?.document.removed.map(({ kind }) => kind).toSorted()).toEqual([
      'database',
      'folder',
      'role',
      'secret',
      'secret',
      'secret',
    ])
  }, 60_000)

  it('issues no certificate while something is found, and does once it is gone', async () => {
    await fixture.start()
    const school = await archived()
    const role = `${school.database}_app`
    // Somebody makes it again between its end and the last look.
    await fixture.provisioner().close()
    await fixture.start(
      { RECONCILE_SECONDS: '3600' },
      {
        hooks: {
          beforeStep: async (_, name) => {
            if (name === 'certify') await query(fixture.cluster.adminUrl, `create role ${role}`)
          },
        },
      },
    )
    const work = await driven(school.id, 'ERASE')
    expect(work).toMatchObject({ status: 'FAILED', schoolStatus: 'ARCHIVED' })
    expect(work.error).toContain(`role ${role}`)
    expect(await certificateOf(school.id)).toBeUndefined()

    await fixture.provisioner().close()
    await fixture.start()
    await query(fixture.cluster.adminUrl, `grant ${role} to usms_provisioner with admin option`)
    expect(await driven(school.id, 'ERASE')).toMatchObject({ schoolStatus: 'ERASED' })
    expect((await certificateOf(school.id))?.document.removed).toContainEqual({
      kind: 'database',
      name: school.database,
    })
  })

  it('says in the certificate which tables somebody looked at all the time', async () => {
    await fixture.start()
    const school = await archived()
    const reader = new pg.Client({ connectionString: fixture.cluster.provisionerUrl })
    await reader.connect()
    try {
      // Locks the one table, and may still see what is deleted from the others.
      await reader.query('begin isolation level repeatable read')
      await reader.query('select count(*) from tenant')
      expect(await driven(school.id, 'ERASE')).toMatchObject({ schoolStatus: 'ERASED' })
      const notes = (await certificateOf(school.id))?.document.notes.join(' ')
      expect(notes).toMatch(
        /may hold deleted rows until they are vacuumed: tenant, .*operation_event/,
      )
    } finally {
      await reader.end()
    }
  }, 60_000)

  it('leaves other schools alone', async () => {
    await fixture.start()
    const other = await fixture.provision()
    const before = await fixture.runtimeOf(other.id)
    const school = await archived()
    await fixture.setStatus(other.id, 'ACTIVE')
    await driven(school.id, 'ERASE')
    expect(await fixture.runtimeOf(other.id)).toEqual(before)
    expect((await askHealth(before.address, hopHeaders(other))).status).toBe(200)
    const { rows } = await pool().query(
      `select (select count(*)::int from tenant_secret where tenant_id = $1) as secrets,
              (select count(*)::int from operation_event where operation_id = $2) as events,
              name from tenant where id = $1`,
      [other.id, other.operationId],
    )
    expect(rows).toEqual([{ secrets: 3, events: expect.any(Number), name: `School ${other.code}` }])
    expect(rows[0]?.events).toBeGreaterThan(0)
  })
})
