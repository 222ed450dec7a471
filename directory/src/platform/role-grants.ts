import { type ClientBase, escapeIdentifier } from 'pg'

/** Tables on which a role gets less than SELECT, INSERT, UPDATE and DELETE. */
export type TableLimits = Readonly<Record<string, readonly ('SELECT' | 'INSERT' | 'UPDATE')[]>>

export const SCHOOL_TABLE_LIMITS: TableLimits = {
  _prisma_migrations: [],
  // What is written there is evidence, against whoever holds the API too.
  audit_event: ['SELECT', 'INSERT'],
  attendance_change: ['SELECT', 'INSERT'],
  grade_change: ['SELECT', 'INSERT'],
  role_permission: ['SELECT'],
}

export const DIRECTORY_TABLE_LIMITS: TableLimits = {
  _prisma_migrations: [],
  // The process that faces the internet must not even read sealed secrets, nor send the router somewhere else.
  tenant_secret: [],
  tenant_runtime: ['SELECT'],
  // Nor delete what takes others with it: a school's sealed secrets go with its row, and with them its data.
  tenant: ['SELECT', 'INSERT', 'UPDATE'],
  operation: ['SELECT', 'INSERT', 'UPDATE'],
  erasure_certificate: ['SELECT'],
  operation_step: ['SELECT', 'INSERT'],
  operation_event: ['SELECT', 'INSERT'],
  // Owners are made by whoever starts the platform.
  owner_user: ['SELECT', 'UPDATE'],
  owner_audit: ['SELECT', 'INSERT'],
}

/** Where `role` works, and how: run as the owner of the tables, inside the database. */
export interface GrantOptions {
  role: string
  limits: TableLimits
  /** Default `public`. One that does not exist is passed over. */
  schema?: string
}

/**
 * Gives a role what it needs to serve from a schema, and takes what it has beyond that: USAGE, DML on all tables within
 * `limits`, sequences; the same on tables to come. May be repeated; sessions of the role notice nothing.
 */
export async function grantServing(client: ClientBase, options: GrantOptions): Promise<void> {
  const schemaName = options.schema ?? 'public'
  const { rowCount: schemaExists } = await client.query(
    'SELECT FROM pg_namespace WHERE nspname = $1',
    [schemaName],
  )
  if (!schemaExists) return
  const { rows: tables } = await client.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = $1::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')`,
    [escapeIdentifier(schemaName)],
  )
  const role = escapeIdentifier(options.role)
  const schema = escapeIdentifier(schemaName)
  const limited = tables
    .map(({ name }) => ({ name, allowed: options.limits[name] }))
    .flatMap(({ name, allowed }) =>
      allowed ? [{ table: `${schema}.${escapeIdentifier(name)}`, allowed }] : [],
    )
  const statements = [
    'BEGIN',
    // Two at once would meet in the catalog and one of them fail.
    `SELECT pg_advisory_xact_lock(hashtext('usms:grants'))`,
    `REVOKE ALL ON SCHEMA ${schema} FROM PUBLIC`,
    `REVOKE ALL ON SCHEMA ${schema} FROM ${role}`,
    `GRANT USAGE ON SCHEMA ${schema} TO ${role}`,
    `REVOKE ALL ON ALL TABLES IN SCHEMA ${schema} FROM ${role}, PUBLIC`,
    `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`,
    ...limited.flatMap(({ table, allowed }) => [
      `REVOKE ALL ON ${table} FROM ${role}`,
      ...(allowed.length > 0 ? [`GRANT ${allowed.join(', ')} ON ${table} TO ${role}`] : []),
    ]),
    `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO ${role}`,
    `ALTER DEFAULT PRIVILEGES IN SCHEMA ${schema} GRANT USAGE ON SEQUENCES TO ${role}`,
    'COMMIT',
  ]
  try {
    for (const statement of statements) await client.query(statement)
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  }
}
