import type { SqlMigrationAwareDriverAdapterFactory } from '@prisma/driver-adapter-utils'
import type { Client } from 'pg'

/** Stands in `_prisma_migrations.logs` from the transaction on that changed the schema. */
const APPLIED_MARK = 'usms: applied'

/**
 * PrismaPg cuts a script at every semicolon, also inside a function body, and runs the pieces one by one. Sent whole, the
 * server splits it and runs it as one transaction: a migration that fails or is killed leaves nothing. The engine notes
 * the end of a migration in a second transaction; a mark in the first one tells, after a kill between the two, that only
 * the note is missing.
 */
export function wholeMigrations(
  factory: SqlMigrationAwareDriverAdapterFactory,
  migrationScripts: ReadonlySet<string>,
): SqlMigrationAwareDriverAdapterFactory {
  const run = (script: string) =>
    migrationScripts.has(script) && !mustStandAlone(script)
      ? `${script}\n;UPDATE _prisma_migrations SET logs = '${APPLIED_MARK}' WHERE finished_at IS NULL AND rolled_back_at IS NULL`
      : script
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connectToShadowDb: () => Promise.reject(new Error('no shadow database is used')),
    connect: async () => {
      const adapter = await factory.connect()
      adapter.executeScript = async (script) => {
        await adapter.executeRaw({ sql: run(script), args: [], argTypes: [] })
      }
      return adapter
    },
  }
}

/** What PostgreSQL refuses inside a transaction, hence beside any other statement. */
const mustStandAlone = (script: string) => /\bCONCURRENTLY\b/i.test(script)

/** Of the migrations whose end was never noted, those that did take effect. */
export async function effectiveUnfinished(client: Client): Promise<Set<string>> {
  const { rows } = await client.query<{ migration_name: string }>(
    `SELECT migration_name FROM _prisma_migrations
     WHERE finished_at IS NULL AND rolled_back_at IS NULL AND logs = $1`,
    [APPLIED_MARK],
  )
  return new Set(rows.map((row) => row.migration_name))
}
