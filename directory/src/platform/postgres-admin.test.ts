import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '@usms/service-kit/db/embedded-postgres'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type BootstrappedCluster, bootstrapCluster } from './bootstrap-cluster.ts'
import { type PostgresAdmin, createPostgresAdmin } from './postgres-admin.ts'
import { urlWith } from './school-names.ts'

const log = pino({ level: 'silent' })
const MAY_NOT = { code: '42501' }
const PASSWORD = 'school-password'
let dataDir: string
let server: EmbeddedPostgres
let cluster: BootstrappedCluster
let admin: PostgresAdmin

// A cluster of its own: roles and the ACLs of `postgres` and `template1` belong to all databases.
beforeAll(async () => {
  const root = process.getuid?.() === 0 ? '/tmp' : tmpdir()
  dataDir = await mkdtemp(join(root, 'usms-postgres-admin-'))
  await chmod(dataDir, 0o711)
  server = await startEmbeddedPostgres({ dataDir, log, durable: false })
  cluster = await bootstrapCluster({ adminUrl: server.adminUrl, log })
  admin = createPostgresAdmin({ provisionerUrl: cluster.provisionerUrl, log })
  for (const code of ['AAA', 'BBB']) await makeSchool(code)
})

afterAll(async () => {
  await admin?.close()
  await server?.stop()
  if (dataDir) await rm(dataDir, { recursive: true, force: true })
})

async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    return rows
  } finally {
    await client.end()
  }
}

async function buildSchema(url: string) {
  await query(
    url,
    `CREATE TABLE _prisma_migrations (migration_name text);
     CREATE TABLE student (id bigserial PRIMARY KEY, name text);
     CREATE TABLE audit_event (id serial PRIMARY KEY, action text);
     CREATE TABLE role_permission (role text);
     INSERT INTO role_permission VALUES ('TEACHER')`,
  )
}

async function makeSchool(code: string) {
  const template = await admin.ensureTemplate('20260101000000_init', buildSchema)
  await admin.ensureSchoolRole(code, PASSWORD, { connectionLimit: 3 })
  await admin.ensureSchoolDatabase(code, template)
  await admin.grantSchoolRole(code)
}

const appUrl = (code: string) => admin.schoolAppUrl(code, PASSWORD)
const asSuperuser = (sql: string, database = 'postgres') =>
  query(urlWith(server.adminUrl, { database }), sql)

describe('bootstrapCluster', () => {
  it('gives the provisioner what it needs and not a superuser', async () => {
    expect(
      await asSuperuser(
        `SELECT rolname, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls FROM pg_roles
         WHERE rolname IN ('usms_provisioner', 'usms_directory') ORDER BY rolname`,
      ),
    ).toEqual([
      ['usms_directory', false, false, false, false, false],
      ['usms_provisioner', false, true, true, false, false],
    ])
  })

  it('may be repeated, and leaves no database open to every role', async () => {
    const { provisionerPassword, directoryPassword } = cluster
    const again = await bootstrapCluster({
      adminUrl: server.adminUrl,
      log,
      provisionerPassword,
      directoryPassword,
    })
    expect(again).toEqual({ ...cluster, openDatabases: [] })
    expect(await query(again.directoryUrl, 'SELECT current_user, current_database()')).toEqual([
      ['usms_directory', 'usms_directory'],
    ])
  })

  it('goes on where a kill left a database that nobody may connect to yet', async () => {
    await asSuperuser('ALTER DATABASE usms_directory ALLOW_CONNECTIONS false')
    await bootstrapCluster({ adminUrl: server.adminUrl, log, ...cluster })
    expect(await query(cluster.directoryUrl, 'SELECT 1')).toEqual([[1]])
  })

  it('takes an admin that is no superuser, and warns of databases it may not close', async () => {
    const lines: string[] = []
    const sink = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk))
        done()
      },
    })
    const dir = await mkdtemp(join(dataDir, 'other-'))
    await chmod(dir, 0o711)
    const other = await startEmbeddedPostgres({ dataDir: dir, log, durable: false })
    try {
      await query(other.adminUrl, `CREATE ROLE boss LOGIN CREATEDB CREATEROLE PASSWORD 'boss'`)
      const adminUrl = urlWith(other.adminUrl, { role: 'boss', password: 'boss' })
      const made = await bootstrapCluster({ adminUrl, log: pino({ level: 'warn' }, sink) })
      expect(made.openDatabases).toEqual(['postgres', 'template1'])
      expect(lines.join('')).toMatch(/revoke CONNECT from PUBLIC/)

      const provisioner = createPostgresAdmin({ provisionerUrl: made.provisionerUrl, log })
      const template = await provisioner.ensureTemplate('x', buildSchema)
      await provisioner.ensureSchoolRole('CCC', PASSWORD, { connectionLimit: 3 })
      await provisioner.ensureSchoolDatabase('CCC', template)
      await provisioner.grantSchoolRole('CCC')
      expect(
        await query(provisioner.schoolAppUrl('CCC', PASSWORD), 'SELECT * FROM student'),
      ).toEqual([])
      await provisioner.dropSchool('CCC')
      await provisioner.close()
    } finally {
      await other.stop()
    }
  })

  it('keeps passwords out of the statements it sends', async () => {
    await asSuperuser(`ALTER SYSTEM SET log_statement = 'all'`)
    await asSuperuser('SELECT pg_reload_conf()')
    await admin.ensureSchoolRole('AAA', 'not-in-the-log', { connectionLimit: 3 })
    expect(await query(admin.schoolAppUrl('AAA', 'not-in-the-log'), 'SELECT 1')).toEqual([[1]])
    await admin.ensureSchoolRole('AAA', PASSWORD, { connectionLimit: 3 })
    await asSuperuser('ALTER SYSTEM RESET log_statement')
    await asSuperuser('SELECT pg_reload_conf()')
    const serverLog = await readFile(join(dataDir, 'postgres.log'), 'utf8')
    expect(serverLog).toContain('ALTER ROLE usms_aaa_app')
    expect(serverLog).not.toContain('not-in-the-log')
  })
})

describe("from school A's role", () => {
  it.each(['usms_bbb', 'usms_directory', 'postgres', 'template1'])(
    'connecting to %s fails',
    async (database) => {
      await expect(query(urlWith(appUrl('AAA'), { database }), 'SELECT 1')).rejects.toMatchObject(
        MAY_NOT,
      )
    },
  )

  it('connecting to the template fails', async () => {
    const template = await admin.ensureTemplate('20260101000000_init', buildSchema)
    await expect(
      query(urlWith(appUrl('AAA'), { database: template }), 'SELECT 1'),
    ).rejects.toMatchObject({ code: '55000' })
  })

  it.each([
    'CREATE TABLE mine (id int)',
    'CREATE TEMPORARY TABLE mine (id int)',
    'CREATE SCHEMA mine',
    'ALTER TABLE student ADD COLUMN extra text',
    'DROP TABLE student',
    'TRUNCATE student',
    `UPDATE audit_event SET action = 'nothing'`,
    'DELETE FROM audit_event',
    'TRUNCATE audit_event',
    `INSERT INTO role_permission VALUES ('STUDENT')`,
    `UPDATE role_permission SET role = 'STUDENT'`,
    'DELETE FROM role_permission',
    'SELECT * FROM _prisma_migrations',
    'CREATE DATABASE mine',
    'CREATE ROLE mine',
    'SET ROLE usms_provisioner',
    'ALTER ROLE usms_aaa_app CONNECTION LIMIT 100',
  ])('%s fails', async (sql) => {
    await expect(query(appUrl('AAA'), sql)).rejects.toMatchObject(MAY_NOT)
  })

  it('its own rows can be read and written, and audit rows added', async () => {
    expect(
      await query(appUrl('AAA'), `INSERT INTO student (name) VALUES ('Asha') RETURNING name`),
    ).toEqual([['Asha']])
    await query(appUrl('AAA'), `UPDATE student SET name = 'Ravi'`)
    await query(appUrl('AAA'), 'DELETE FROM student')
    await query(appUrl('AAA'), `INSERT INTO audit_event (action) VALUES ('signed in')`)
    expect(await query(appUrl('AAA'), 'SELECT action FROM audit_event')).toEqual([['signed in']])
    expect(await query(appUrl('AAA'), 'SELECT role FROM role_permission')).toEqual([['TEACHER']])
  })

  it('a table that a later migration makes can be used', async () => {
    await query(admin.schoolUrl('AAA'), 'CREATE TABLE later (id serial, name text)')
    await query(appUrl('AAA'), `INSERT INTO later (name) VALUES ('x')`)
    await query(admin.schoolUrl('AAA'), 'DROP TABLE later')
  })

  it('statements, locks and idle transactions have limits, and sessions a number', async () => {
    expect(
      await query(
        appUrl('AAA'),
        `SELECT current_setting('statement_timeout'), current_setting('lock_timeout'),
                current_setting('idle_in_transaction_session_timeout')`,
      ),
    ).toEqual([['30s', '5s', '30s']])
    const clients = [1, 2, 3].map(() => new Client({ connectionString: appUrl('BBB') }))
    await Promise.all(clients.map((client) => client.connect()))
    await expect(query(appUrl('BBB'), 'SELECT 1')).rejects.toMatchObject({ code: '53300' })
    await Promise.all(clients.map((client) => client.end()))
  })
})

describe('doing it again', () => {
  it('changes nothing about a school that is there', async () => {
    await query(appUrl('AAA'), `INSERT INTO student (name) VALUES ('kept')`)
    await makeSchool('AAA')
    expect(await query(appUrl('AAA'), 'SELECT name FROM student')).toEqual([['kept']])
    await expect(query(appUrl('AAA'), 'DELETE FROM audit_event')).rejects.toMatchObject(MAY_NOT)
  })

  it('sets a new password and limit on the role', async () => {
    await admin.ensureSchoolRole('BBB', 'another', { connectionLimit: 5 })
    await expect(query(appUrl('BBB'), 'SELECT 1')).rejects.toMatchObject({ code: '28P01' })
    expect(await query(admin.schoolAppUrl('BBB', 'another'), 'SELECT 1')).toEqual([[1]])
    await admin.ensureSchoolRole('BBB', PASSWORD, { connectionLimit: 3 })
  })

  it('finishes a database that a kill left closed and without its ACL', async () => {
    await asSuperuser('ALTER DATABASE usms_bbb ALLOW_CONNECTIONS false')
    await asSuperuser('GRANT CONNECT ON DATABASE usms_bbb TO PUBLIC')
    await asSuperuser('REVOKE CONNECT ON DATABASE usms_bbb FROM usms_bbb_app')
    await makeSchool('BBB')
    expect(await query(appUrl('BBB'), 'SELECT 1')).toEqual([[1]])
    await expect(
      query(urlWith(appUrl('AAA'), { database: 'usms_bbb' }), 'SELECT 1'),
    ).rejects.toMatchObject(MAY_NOT)
  })

  it('builds a template anew that a kill left half built, and once for all who ask', async () => {
    const failing = admin.ensureTemplate('next', async (url) => {
      await query(url, 'CREATE TABLE half (id int)')
      throw new Error('killed here')
    })
    await expect(failing).rejects.toThrow('killed here')

    let builds = 0
    const ask = () =>
      admin.ensureTemplate('next', async (url) => {
        builds += 1
        await buildSchema(url)
      })
    const names = await Promise.all([ask(), ask(), ask()])
    expect(builds).toBe(1)
    expect(new Set(names).size).toBe(1)
    expect(
      await asSuperuser(
        `SELECT datistemplate, datallowconn FROM pg_database WHERE datname = '${names[0]}'`,
      ),
    ).toEqual([[true, false]])
    expect(
      await asSuperuser(`SELECT FROM pg_database WHERE datname = '${names[0]}_new'`),
    ).toHaveLength(0)
  })

  it('makes several schools at once, and one school asked for several times once', async () => {
    await Promise.all(['S1', 'S2', 'S3', 'S1', 'S2', 'S3'].map(makeSchool))
    for (const code of ['S1', 'S2', 'S3']) {
      expect(await query(appUrl(code), 'SELECT * FROM student')).toEqual([])
      await admin.dropSchool(code)
    }
  })
})

describe('observeSchool and dropSchool', () => {
  it('drops a school with sessions open on it, twice, and sees what is there', async () => {
    await makeSchool('GONE')
    const observed = await admin.observeSchool('GONE')
    expect(observed).toMatchObject({ databaseExists: true, roleExists: true })
    expect(observed.sizeBytes).toBeGreaterThan(1_000_000)

    const session = new Client({ connectionString: appUrl('GONE') })
    session.on('error', () => {})
    await session.connect()
    await admin.dropSchool('GONE')
    await admin.dropSchool('GONE')
    expect(await admin.observeSchool('GONE')).toEqual({ databaseExists: false, roleExists: false })
    await session.end().catch(() => {})
  })

  it('goes on after a kill between the database and the role', async () => {
    await makeSchool('HALF')
    await asSuperuser('DROP DATABASE usms_half')
    expect(await admin.observeSchool('HALF')).toEqual({ databaseExists: false, roleExists: true })
    await admin.dropSchool('HALF')
    expect(await admin.observeSchool('HALF')).toEqual({ databaseExists: false, roleExists: false })
  })

  it("leaves somebody else's database of the same name alone", async () => {
    await asSuperuser('CREATE DATABASE usms_other')
    await expect(admin.dropSchool('OTHER')).rejects.toThrow(/usms_other .*belongs to postgres/)
    await expect(makeSchool('OTHER')).rejects.toThrow(/usms_other .*belongs to postgres/)
    await asSuperuser('DROP DATABASE usms_other')
  })

  it.each(['', 'a', 'abc', 'A', 'A-B', 'A"B', 'A'.repeat(17), '1AB', 'DIRECTORY'])(
    'refuses %j as a code',
    async (code) => {
      await expect(admin.dropSchool(code)).rejects.toThrow(/cannot be the code of a school/)
    },
  )
})

describe('closeSchool', () => {
  it('sends everybody out and lets nobody in, twice, until the school is made again with what it had', async () => {
    await makeSchool('SHUT')
    await query(appUrl('SHUT'), `INSERT INTO student (name) VALUES ('kept')`)
    const session = new Client({ connectionString: appUrl('SHUT') })
    const ended = new Promise((resolve) => session.on('error', resolve))
    await session.connect()
    await admin.closeSchool('SHUT')
    await admin.closeSchool('SHUT')
    expect(await ended).toMatchObject({ code: '57P01' })
    await expect(query(appUrl('SHUT'), 'SELECT 1')).rejects.toMatchObject({ code: '28000' })
    await expect(query(admin.schoolUrl('SHUT'), 'SELECT 1')).rejects.toMatchObject({
      code: '55000',
    })
    expect(await admin.observeSchool('SHUT')).toMatchObject({
      databaseExists: true,
      roleExists: true,
    })

    await makeSchool('SHUT')
    expect(await query(appUrl('SHUT'), 'SELECT name FROM student')).toEqual([['kept']])
    await admin.dropSchool('SHUT')
  })

  it('does nothing where there is no school, and refuses what is not ours', async () => {
    await admin.closeSchool('NOBODY')
    await asSuperuser('CREATE DATABASE usms_other')
    await expect(admin.closeSchool('OTHER')).rejects.toThrow(/usms_other .*belongs to postgres/)
    expect(
      await asSuperuser(`SELECT datallowconn FROM pg_database WHERE datname = 'usms_other'`),
    ).toEqual([[true]])
    await asSuperuser('DROP DATABASE usms_other')
  })

  it('closes a database whose role is gone already, and drops a closed one', async () => {
    await makeSchool('LONE')
    await asSuperuser('DROP OWNED BY usms_lone_app', 'usms_lone')
    await asSuperuser('REVOKE ALL ON DATABASE usms_lone FROM usms_lone_app')
    await asSuperuser('DROP ROLE usms_lone_app')
    await admin.closeSchool('LONE')
    expect(
      await asSuperuser(`SELECT datallowconn FROM pg_database WHERE datname = 'usms_lone'`),
    ).toEqual([[false]])
    await admin.dropSchool('LONE')
    expect(await admin.observeSchool('LONE')).toEqual({ databaseExists: false, roleExists: false })
  })
})

describe("the directory's role", () => {
  it('cannot read secrets or the history of migrations, nor move or remove a school, make an owner or change the audit', async () => {
    await query(
      cluster.provisionerUrl,
      `CREATE TABLE _prisma_migrations (migration_name text);
       CREATE TABLE tenant (code text);
       CREATE TABLE tenant_secret (envelope text);
       CREATE TABLE tenant_runtime (address text);
       CREATE TABLE owner_audit (action text);
       CREATE TABLE owner_user (email text);
       CREATE TABLE erasure_certificate (document text);
       CREATE SCHEMA pgboss;
       CREATE TABLE pgboss.job (id int)`,
    )
    await admin.grantDirectoryRole()
    await admin.grantDirectoryRole()
    const url = cluster.directoryUrl
    await query(url, `INSERT INTO tenant VALUES ('AAA')`)
    await query(url, `INSERT INTO owner_audit VALUES ('created')`)
    await query(url, 'INSERT INTO pgboss.job VALUES (1)')
    expect(await query(url, 'SELECT * FROM tenant_runtime')).toEqual([])
    expect(await query(url, 'SELECT * FROM erasure_certificate')).toEqual([])
    for (const sql of [
      'SELECT * FROM tenant_secret',
      'SELECT * FROM _prisma_migrations',
      `UPDATE tenant_runtime SET address = 'elsewhere'`,
      'DELETE FROM owner_audit',
      `INSERT INTO erasure_certificate VALUES ('forged')`,
      `UPDATE erasure_certificate SET document = 'forged'`,
      'DELETE FROM erasure_certificate',
      'DELETE FROM tenant',
      `INSERT INTO owner_user VALUES ('mallory@example.org')`,
      'CREATE TABLE mine (id int)',
      'CREATE TABLE pgboss.mine (id int)',
    ])
      await expect(query(url, sql), sql).rejects.toMatchObject(MAY_NOT)
    await expect(query(urlWith(url, { database: 'usms_aaa' }), 'SELECT 1')).rejects.toMatchObject(
      MAY_NOT,
    )
  })
})
