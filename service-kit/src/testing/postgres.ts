import { createHash, randomBytes } from 'node:crypto'
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { inject } from 'vitest'
import { migrate } from '../db/migrate.ts'
import type { TestPostgres } from './global-setup.ts'

export interface CloneOptions {
  /** Holds schema.prisma and migrations/. */
  prismaDir: string
  /** Rows every clone begins with, written once into the template. `key` names their content. */
  prepare?: { key: string; run: (url: string) => Promise<void> }
  /** The server to clone on; the one of the test run without it. */
  server?: TestPostgres
}

export interface ClonedDatabase {
  url: string
  name: string
  /**
   * Drops the database.
   * @throws Error when sessions are still open on it 2 s later: the test leaked a connection
   */
  drop(): Promise<void>
}

const LEAK_GRACE_MS = 2_000

/**
 * A database of its own for a test file: migrated, as superuser's, in some 30 ms. It is a copy of a template that is made
 * once a run and schema, whichever worker comes first.
 */
export async function cloneDatabase(options: CloneOptions): Promise<ClonedDatabase> {
  const { prismaDir, prepare, server = inject('testPostgres') } = options
  const { adminUrl, runId } = server
  const key = await hashOf(join(prismaDir, 'migrations'), prepare?.key ?? '')
  const template = `usms_test_${runId}_template_${key}`
  const name = `usms_test_${runId}_${randomBytes(6).toString('hex')}`
  await asAdmin(adminUrl, async (admin) => {
    await ensureTemplate(admin, template)
    await admin.query(`CREATE DATABASE "${name}" TEMPLATE "${template}" STRATEGY wal_log`)
  })
  return { url: urlOf(adminUrl, name), name, drop: () => drop(adminUrl, name) }

  async function ensureTemplate(admin: Client, database: string) {
    if (await present(admin, database)) return
    // Workers are processes of their own; the lock goes with the session.
    await admin.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [database])
    if (await present(admin, database)) return
    const building = `${database}_new`
    await admin.query(`DROP DATABASE IF EXISTS "${building}" WITH (FORCE)`)
    await admin.query(`CREATE DATABASE "${building}" TEMPLATE template0 STRATEGY wal_log`)
    const url = urlOf(adminUrl, building)
    await migrate({ url, prismaDir })
    await prepare?.run(url)
    await admin.query(`ALTER DATABASE "${building}" ALLOW_CONNECTIONS false`)
    // Last, since the name is what others look for. Fails after 5 s when prepare left a connection open.
    await admin.query(`ALTER DATABASE "${building}" RENAME TO "${database}"`)
  }
}

async function present(admin: Client, database: string) {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [database])
  return rowCount === 1
}

async function drop(adminUrl: string, name: string) {
  await asAdmin(adminUrl, async (admin) => {
    const deadline = performance.now() + LEAK_GRACE_MS
    let open = await sessionsOn(admin, name)
    while (open.length > 0 && performance.now() < deadline) {
      // The server hears of a closed socket a moment after the client.
      await sleep(20)
      open = await sessionsOn(admin, name)
    }
    await admin.query(`DROP DATABASE IF EXISTS "${name}" WITH (FORCE)`)
    if (open.length > 0)
      throw new Error(
        `${open.length} connection(s) to the test's database were never closed:\n${open.join('\n')}`,
      )
  })
}

async function sessionsOn(admin: Client, name: string): Promise<string[]> {
  const { rows } = await admin.query<{ session: string }>(
    `SELECT format('  %s, %s, last query: %s', coalesce(nullif(application_name, ''), 'no name'), state,
                   left(query, 200)) AS session
     FROM pg_stat_activity WHERE datname = $1 AND backend_type = 'client backend'`,
    [name],
  )
  return rows.map(({ session }) => session)
}

async function asAdmin<Result>(url: string, work: (admin: Client) => Promise<Result>) {
  const admin = new Client({ connectionString: url })
  admin.on('error', () => {})
  await admin.connect()
  try {
    return await work(admin)
  } finally {
    await admin.end()
  }
}

function urlOf(adminUrl: string, database: string): string {
  const url = new URL(adminUrl)
  url.pathname = `/${database}`
  return url.href
}

async function hashOf(migrationsDir: string, prepareKey: string): Promise<string> {
  const hash = createHash('sha256').update(prepareKey)
  const names = (await readdir(migrationsDir, { recursive: true })).sort()
  for (const name of names.filter((path) => path.endsWith('.sql')))
    hash.update(`\0${name}\0`).update(await readFile(join(migrationsDir, name)))
  return hash.digest('hex').slice(0, 12)
}
