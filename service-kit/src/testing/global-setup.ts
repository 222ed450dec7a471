import { randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Client } from 'pg'
import { pino } from 'pino'
import type { TestProject } from 'vitest/node'
import { endLeftServer, startEmbeddedPostgres } from '../db/embedded-postgres.ts'
import { isRunning } from '../db/embedded/postmaster.ts'

/** The PostgreSQL server of a test run; `inject('testPostgres')` in a test file. */
export interface TestPostgres {
  /** A superuser's. */
  adminUrl: string
  /** Databases made by the run begin with `usms_test_<runId>_`. */
  runId: string
}

declare module 'vitest' {
  export interface ProvidedContext {
    testPostgres: TestPostgres
  }
}

const PREFIX = 'usms-test-postgres-'

// For root always /tmp: its TMPDIR may be private, and the server runs as another account.
const tempRoot = () => (process.getuid?.() === 0 ? '/tmp' : tmpdir())

/**
 * Vitest's globalSetup: one PostgreSQL for the whole run, in a directory that is deleted after it. With
 * `TEST_POSTGRES_URL` (a superuser's) that server is used, and left without the run's databases.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const runId = randomBytes(4).toString('hex')
  const givenUrl = process.env['TEST_POSTGRES_URL']
  if (givenUrl) {
    project.provide('testPostgres', { adminUrl: givenUrl, runId })
    return () => dropDatabasesOf(runId, givenUrl)
  }

  const log = pino({ level: 'warn' }, pino.destination(2))
  await sweepDeadRuns()
  const dataDir = await mkdtemp(join(tempRoot(), `${PREFIX}${process.pid}-`))
  await chmod(dataDir, 0o711)
  const server = await startEmbeddedPostgres({ dataDir, log, durable: false })
  // Vitest leaves by process.exit() on signals and on failures of its own, without a teardown.
  const leave = () => {
    server.stopAtOnce()
    removeAtExit(dataDir)
  }
  process.once('exit', leave)
  project.provide('testPostgres', { adminUrl: server.adminUrl, runId })
  return async () => {
    await server.stop()
    process.off('exit', leave)
    await rm(dataDir, { recursive: true, force: true })
  }

  /** What runs left behind that were killed: the directory's name holds the pid. */
  async function sweepDeadRuns() {
    for (const name of await readdir(tempRoot())) {
      const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : NaN
      if (Number.isNaN(pid) || (await isRunning(pid))) continue
      const left = join(tempRoot(), name)
      try {
        await endLeftServer(left, log)
        await rm(left, { recursive: true, force: true })
      } catch (error) {
        log.warn({ err: error, left }, 'what an earlier test run left cannot be removed')
      }
    }
  }
}

/** In an exit handler nothing can be awaited, and the server still removes files of its own while it ends. */
function removeAtExit(dir: string) {
  const pause = new Int32Array(new SharedArrayBuffer(4))
  for (let attempt = 0; attempt < 40 && existsSync(dir); attempt++) {
    try {
      rmSync(dir, { recursive: true, force: true })
    } catch {
      // Whether it throws here or returns with files left differs between Node versions; the condition looks.
    }
    Atomics.wait(pause, 0, 0, 25)
  }
}

async function dropDatabasesOf(runId: string, adminUrl: string) {
  const client = new Client({ connectionString: adminUrl })
  await client.connect()
  try {
    const { rows } = await client.query<{ datname: string }>(
      `SELECT datname FROM pg_database WHERE starts_with(datname, $1)`,
      [`usms_test_${runId}_`],
    )
    for (const { datname } of rows) {
      const name = client.escapeIdentifier(datname)
      await client.query(`ALTER DATABASE ${name} IS_TEMPLATE false`)
      await client.query(`DROP DATABASE ${name} WITH (FORCE)`)
    }
  } finally {
    await client.end()
  }
}
