import { randomBytes } from 'node:crypto'
import { type ClientBase, type Pool, Client, escapeIdentifier, escapeLiteral } from 'pg'
import type { Logger } from 'pino'
import { urlWith } from './school-names.ts'
import { scramVerifier } from './scram.ts'

export const PROVISIONER_ROLE = 'usms_provisioner'
export const DIRECTORY_ROLE = 'usms_directory'
export const DIRECTORY_DATABASE = 'usms_directory'

const OLDEST_SERVER = 160_000
const FIRST_WITH_BUILTIN_COLLATION = 170_000

export interface BootstrapOptions {
  /** A superuser, or a role with CREATEDB and CREATEROLE. Needed here only. */
  adminUrl: string
  log: Logger
  /** Set when given; generated when not. The caller keeps what comes back. */
  provisionerPassword?: string
  directoryPassword?: string
  /**
   * Whether PUBLIC loses CONNECT and TEMPORARY on `postgres` and `template1`, which every role of the cluster notices.
   * Default true; false for a server shared with others, where it is only reported.
   */
  revokePublic?: boolean
}

export interface BootstrappedCluster {
  provisionerPassword: string
  directoryPassword: string
  /** As the provisioner (CREATEDB, CREATEROLE, owner of all our databases), in the directory's database. */
  provisionerUrl: string
  /** As the directory's own role, in its database. It may connect and no more until grantDirectoryRole. */
  directoryUrl: string
  /** Databases any role may connect to, which the server's admin should close. Logged as well. */
  openDatabases: string[]
}

/**
 * Makes the cluster ready for schools: the provisioner's role, and the directory's database and role. May be repeated,
 * also after a kill at any point.
 * @throws Error for a server older than PostgreSQL 16, an admin that may not do this, or a name that is taken
 */
export async function bootstrapCluster(options: BootstrapOptions): Promise<BootstrappedCluster> {
  const { adminUrl, log } = options
  const provisionerPassword = options.provisionerPassword ?? randomBytes(24).toString('base64url')
  const directoryPassword = options.directoryPassword ?? randomBytes(24).toString('base64url')
  const asProvisioner = { role: PROVISIONER_ROLE, password: provisionerPassword }

  return withClient(adminUrl, async (admin) => {
    await requireServerVersion(admin)
    // The lock ends with the session; two programs starting at once do it one after the other.
    await admin.query(`SELECT pg_advisory_lock(hashtext('usms:bootstrap'))`)
    await ensureProvisionerRole(admin, provisionerPassword)
    await withClient(urlWith(adminUrl, asProvisioner), async (provisioner) => {
      await ensureDirectoryRole(provisioner, directoryPassword)
      await ensureDirectoryDatabase(provisioner)
    })
    if (options.revokePublic ?? true)
      for (const database of ['postgres', 'template1']) await closeToPublic(admin, database)
    const openDatabases = await databasesOpenToPublic(admin)
    if (openDatabases.length > 0)
      log.warn(
        { openDatabases },
        'every role of this PostgreSQL server, hence every school, may connect to these databases; revoke CONNECT from PUBLIC on them',
      )
    const inDirectory = { database: DIRECTORY_DATABASE }
    return {
      provisionerPassword,
      directoryPassword,
      provisionerUrl: urlWith(adminUrl, { ...asProvisioner, ...inDirectory }),
      directoryUrl: urlWith(adminUrl, {
        role: DIRECTORY_ROLE,
        password: directoryPassword,
        ...inDirectory,
      }),
      openDatabases,
    }
  })
}

async function requireServerVersion(client: Client) {
  const { version, text } = await serverVersion(client)
  if (version < OLDEST_SERVER)
    throw new Error(
      `This server runs PostgreSQL ${text}; USMS needs 16 or newer. Before 16 a role that may create roles is nearly a superuser, ` +
        'and the provisioner is one.',
    )
}

async function serverVersion(client: ClientBase) {
  const { rows } = await client.query<{ version: number; text: string }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('server_version') AS text`,
  )
  return rows[0] ?? { version: 0, text: 'of unknown version' }
}

/** How a database of ours begins: empty, UTF-8, sorted by code point the same way on every machine. */
export async function emptyDatabaseOptions(client: ClientBase): Promise<string> {
  const { version } = await serverVersion(client)
  return version >= FIRST_WITH_BUILTIN_COLLATION
    ? `TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' STRATEGY wal_log`
    : `TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8' STRATEGY wal_log`
}

async function ensureProvisionerRole(admin: Client, password: string) {
  const verifier = escapeLiteral(await scramVerifier(password))
  const verb = (await roleExists(admin, PROVISIONER_ROLE)) ? 'ALTER' : 'CREATE'
  await admin.query(
    `${verb} ROLE ${PROVISIONER_ROLE} WITH LOGIN CREATEDB CREATEROLE PASSWORD ${verifier}`,
  )
  const { rows } = await admin.query<{ rolsuper: boolean; database: string; open: boolean }>(
    `SELECT rolsuper, current_database() AS database,
            has_database_privilege(oid, current_database(), 'CONNECT') AS open
     FROM pg_roles WHERE rolname = $1`,
    [PROVISIONER_ROLE],
  )
  const found = rows[0]
  if (found?.rolsuper)
    throw new Error(`The role ${PROVISIONER_ROLE} is a superuser; take that from it (NOSUPERUSER)`)
  // It creates the directory's database from here, also when PUBLIC has lost its way in.
  if (found && !found.open)
    await admin.query(
      `GRANT CONNECT ON DATABASE ${escapeIdentifier(found.database)} TO ${PROVISIONER_ROLE}`,
    )
}

/** Made by the provisioner, who is thereby its administrator. */
async function ensureDirectoryRole(provisioner: Client, password: string) {
  const verifier = escapeLiteral(await scramVerifier(password))
  const verb = (await roleExists(provisioner, DIRECTORY_ROLE)) ? 'ALTER' : 'CREATE'
  await provisioner.query(
    `${verb} ROLE ${DIRECTORY_ROLE} WITH LOGIN NOINHERIT NOCREATEDB NOCREATEROLE PASSWORD ${verifier}`,
  )
}

async function ensureDirectoryDatabase(provisioner: Client) {
  const owner = await ownerOfDatabase(provisioner, DIRECTORY_DATABASE)
  if (owner === undefined)
    await provisioner.query(
      `CREATE DATABASE ${DIRECTORY_DATABASE} ${await emptyDatabaseOptions(provisioner)} ALLOW_CONNECTIONS false`,
    )
  else requireOurs(DIRECTORY_DATABASE, owner)
  await provisioner.query(`REVOKE ALL ON DATABASE ${DIRECTORY_DATABASE} FROM PUBLIC`)
  await provisioner.query(`GRANT CONNECT ON DATABASE ${DIRECTORY_DATABASE} TO ${DIRECTORY_ROLE}`)
  await provisioner.query(`ALTER DATABASE ${DIRECTORY_DATABASE} ALLOW_CONNECTIONS true`)
}

export async function roleExists(client: ClientBase | Pool, role: string): Promise<boolean> {
  const { rowCount } = await client.query('SELECT FROM pg_roles WHERE rolname = $1', [role])
  return rowCount === 1
}

/** undefined: there is no such database. */
export async function ownerOfDatabase(
  client: ClientBase | Pool,
  database: string,
): Promise<string | undefined> {
  const { rows } = await client.query<{ owner: string }>(
    'SELECT pg_get_userbyid(datdba) AS owner FROM pg_database WHERE datname = $1',
    [database],
  )
  return rows[0]?.owner
}

export function requireOurs(database: string, owner: string): void {
  if (owner !== PROVISIONER_ROLE)
    throw new Error(
      `The database ${database} exists already and belongs to ${owner}. Rename it, or use another PostgreSQL server.`,
    )
}

/** Leaves things as they are where the admin has no right to change them: that shows in databasesOpenToPublic. */
async function closeToPublic(admin: Client, database: string) {
  try {
    await admin.query(`REVOKE CONNECT, TEMPORARY ON DATABASE ${database} FROM PUBLIC`)
  } catch (error) {
    const { code } = error as { code?: string }
    const mayNot = '42501'
    const noSuchDatabase = '3D000'
    if (code !== mayNot && code !== noSuchDatabase) throw error
  }
}

async function databasesOpenToPublic(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ datname: string }>(
    `SELECT datname FROM pg_database
     WHERE datallowconn AND EXISTS (
       SELECT FROM aclexplode(coalesce(datacl, acldefault('d', datdba)))
       WHERE grantee = 0 AND privilege_type = 'CONNECT')
     ORDER BY datname`,
  )
  return rows.map(({ datname }) => datname)
}

/** Runs something on one connection and closes it. */
export async function withClient<Result>(
  url: string,
  use: (client: Client) => Promise<Result>,
): Promise<Result> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 })
  client.on('error', () => {})
  try {
    await client.connect()
    return await use(client)
  } finally {
    await client.end().catch(() => {})
  }
}
