import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import type {
  DiffTarget,
  MigrationList,
  SchemaEngine,
} from '@prisma/schema-engine-wasm/schema_engine_bg'
import { Client, Pool } from 'pg'
import { effectiveUnfinished, wholeMigrations } from './migration-adapter.ts'
import { offlineAdapter, withSchemaEngine } from './schema-engine.ts'

export interface MigrateOptions {
  /** Of a role that owns the database's tables. */
  url: string
  /** Holds schema.prisma and migrations/. */
  prismaDir: string
}

const LOCK_TIMEOUT_MS = 10_000
const STATEMENT_TIMEOUT_MS = 60_000
const WAIT_FOR_OTHERS_MS = 120_000

/**
 * Applies the migrations that a database does not have yet, through Prisma's schema engine in this process; what it
 * writes is what `prisma migrate deploy` would. Each migration is applied as a whole or not at all. Of two at once on the
 * same database the second one waits (120 s at most).
 * @returns the names applied now, and the level (name of the last migration) the database is at
 * @throws Error with the engine's words: a migration that failed, or an applied one that was edited or is unknown here
 */
export async function migrate({
  url,
  prismaDir,
}: MigrateOptions): Promise<{ applied: string[]; level: string }> {
  const level = schemaLevelOf(prismaDir)
  const lock = new Client({ connectionString: url, lock_timeout: WAIT_FOR_OTHERS_MS })
  // One connection, since the engine's own advisory lock belongs to a session.
  const pool = new Pool({
    connectionString: url,
    max: 1,
    // After a kill of this process the server would otherwise finish the statement first, holding every lock. Not every
    // server's system can look. For every connection, since a failed query makes the pool open another one.
    onConnect: async (client) => {
      await client.query('SET client_connection_check_interval = 1000').catch(() => {})
    },
    lock_timeout: LOCK_TIMEOUT_MS,
    statement_timeout: STATEMENT_TIMEOUT_MS,
  })
  lock.on('error', () => {})
  pool.on('error', () => {})
  try {
    await lock.connect()
    // The engine's lock gives up after 10 s, which a long migration of another process outlasts.
    await lock.query(`SELECT pg_advisory_lock(hashtext('usms:migrate'))`)
    const migrationsList = await readMigrations(prismaDir)
    const adapter = wholeMigrations(new PrismaPg(pool), scriptsOf(migrationsList))
    return await withSchemaEngine(adapter, async (engine) => {
      await settleUnfinished(engine, migrationsList, lock)
      const { appliedMigrationNames } = await engine.applyMigrations({
        migrationsList,
        filters: NO_FILTERS,
      })
      return { applied: appliedMigrationNames, level }
    })
  } finally {
    await pool.end()
    await lock.end().catch(() => {})
  }
}

/** The level a folder of migrations leads to: the name of the last one. @throws Error when there is none */
export function schemaLevelOf(prismaDir: string): string {
  const last = migrationNames(prismaDir).at(-1)
  if (last === undefined) throw new Error(`${join(prismaDir, 'migrations')} holds no migration`)
  return last
}

/** The level a database is at; null when it was never migrated. Reads what the engine wrote. */
export async function appliedLevel(url: string): Promise<string | null> {
  const client = new Client({ connectionString: url, statement_timeout: LOCK_TIMEOUT_MS })
  client.on('error', () => {})
  await client.connect()
  try {
    const { rows: found } = await client.query<{ present: boolean }>(
      `SELECT to_regclass('_prisma_migrations') IS NOT NULL AS present`,
    )
    if (!found[0]?.present) return null
    const { rows } = await client.query<{ migration_name: string }>(
      `SELECT migration_name FROM _prisma_migrations
       WHERE finished_at IS NOT NULL AND rolled_back_at IS NULL
       ORDER BY migration_name COLLATE "C" DESC LIMIT 1`,
    )
    return rows[0]?.migration_name ?? null
  } finally {
    await client.end().catch(() => {})
  }
}

/**
 * The SQL that leads from one datamodel to another (texts of schema.prisma; an empty one stands for nothing at all). Knows
 * nothing of what was written into migrations by hand. Needs no database.
 * @returns an empty string when the two do not differ
 * @throws Error with the engine's words for a datamodel it cannot read
 */
export async function createMigrationSql(datamodels: {
  fromSchema: string
  toSchema: string
}): Promise<string> {
  const target = (content: string): DiffTarget =>
    content.trim() === ''
      ? { tag: 'empty' }
      : { tag: 'schemaDatamodel', files: [{ path: 'schema.prisma', content }] }
  return withSchemaEngine(offlineAdapter(), async (engine) => {
    const { stdout } = await engine.diff({
      from: target(datamodels.fromSchema),
      to: target(datamodels.toSchema),
      script: true,
      exitCode: null,
      filters: NO_FILTERS,
    })
    return stdout === null || /^-- This is an empty migration\.\s*$/.test(stdout) ? '' : stdout
  })
}

const NO_FILTERS = { externalTables: [], externalEnums: [] }

const migrationNames = (prismaDir: string) =>
  readdirSync(join(prismaDir, 'migrations'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()

async function readMigrations(prismaDir: string): Promise<MigrationList> {
  const baseDir = resolve(prismaDir, 'migrations')
  return {
    baseDir,
    lockfile: { path: 'migration_lock.toml', content: 'provider = "postgresql"\n' },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(
      migrationNames(prismaDir).map(async (name) => ({
        path: name,
        migrationFile: {
          path: 'migration.sql',
          content: {
            tag: 'ok' as const,
            value: await readFile(join(baseDir, name, 'migration.sql'), 'utf8'),
          },
        },
      })),
    ),
  }
}

const scriptsOf = ({ migrationDirectories }: MigrationList) =>
  new Set(
    migrationDirectories.flatMap(({ migrationFile: { content } }) =>
      content.tag === 'ok' ? [content.value] : [],
    ),
  )

/**
 * Refuses a history that is not ours: applyMigrations passes over edited and unknown migrations, and would build on tables
 * that are not what this code thinks they are. Then settles what a failure or a kill left open, which it would refuse.
 */
async function settleUnfinished(
  engine: SchemaEngine,
  migrationsList: MigrationList,
  client: Client,
) {
  const { editedMigrationNames, failedMigrationNames, hasMigrationsTable, history } =
    await engine.diagnoseMigrationHistory({
      migrationsList,
      optInToShadowDatabase: false,
      filters: NO_FILTERS,
    })
  if (!hasMigrationsTable) return
  const effective = await effectiveUnfinished(client)
  // One that took no effect may well have been edited: that is how it is mended.
  const edited = editedMigrationNames.filter(
    (name) => !failedMigrationNames.includes(name) || effective.has(name),
  )
  if (edited.length > 0)
    throw new Error(`Migrations were edited after they were applied: ${edited.join(', ')}`)
  if (history && history.diagnostic !== 'databaseIsBehind')
    throw new Error(
      `The database has migrations this release does not know: ${history.unpersistedMigrationNames.join(', ')}`,
    )
  for (const migrationName of failedMigrationNames)
    if (effective.has(migrationName))
      await engine.markMigrationApplied({ migrationName, migrationsList })
    else await engine.markMigrationRolledBack({ migrationName })
}
