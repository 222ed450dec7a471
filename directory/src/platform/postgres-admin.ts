import { createHash } from 'node:crypto'
import { type PoolClient, Pool, escapeIdentifier, escapeLiteral } from 'pg'
import type { Logger } from 'pino'
import {
  DIRECTORY_ROLE,
  PROVISIONER_ROLE,
  emptyDatabaseOptions,
  ownerOfDatabase,
  requireOurs,
  roleExists,
  withClient,
} from './bootstrap-cluster.ts'
import { DIRECTORY_TABLE_LIMITS, SCHOOL_TABLE_LIMITS, grantServing } from './role-grants.ts'
import { schoolNames, urlWith } from './school-names.ts'
import { scramVerifier } from './scram.ts'

export interface ObservedSchool {
  databaseExists: boolean
  roleExists: boolean
  /** On disk; absent without a database. */
  sizeBytes?: number
}

/** What the provisioner does to the cluster. Every operation looks first, and may be repeated after a kill at any point. */
export interface PostgresAdmin {
  /**
   * The database that schools of a schema level are copied from, built once by `build` (which migrates the database at
   * `url`). Others wait for who builds it; a half-built one is built anew.
   * @returns its name
   */
  ensureTemplate(level: string, build: (url: string) => Promise<void>): Promise<string>
  /** The login role a school's API serves with; sets its password (printable ASCII) and limits each time. */
  ensureSchoolRole(
    code: string,
    password: string,
    limits: { connectionLimit: number },
  ): Promise<void>
  /** A copy of the template that the school's role alone may connect to. Needs the role. */
  ensureSchoolDatabase(code: string, template: string): Promise<void>
  /** What the school's role may do inside its database. After every migration. */
  grantSchoolRole(code: string): Promise<void>
  /** The same for the directory's role; also in the job queue's schema, where there is one. */
  grantDirectoryRole(): Promise<void>
  /** As owner, for migrating and seeding. Never for the school's API. */
  schoolUrl(code: string): string
  /** As the school's own role. */
  schoolAppUrl(code: string, password: string): string
  observeSchool(code: string): Promise<ObservedSchool>
  /**
   * Nobody gets into the school's database any more, and whoever is in it is sent away; nothing is lost. Without a database
   * nothing happens. `ensureSchoolRole` and `ensureSchoolDatabase` open it again.
   */
  closeSchool(code: string): Promise<void>
  /** Database and role, whoever is connected. */
  dropSchool(code: string): Promise<void>
  close(): Promise<void>
}

export interface PostgresAdminOptions {
  /** From bootstrapCluster: the provisioner's, in the directory's database. */
  provisionerUrl: string
  log: Logger
  /** Schema of the job queue. Default `pgboss`. */
  queueSchema?: string
}

const ROLE_SETTINGS = {
  statement_timeout: '30s',
  lock_timeout: '5s',
  idle_in_transaction_session_timeout: '30s',
}
const LOCK_TIMEOUT_MS = 120_000
const ALREADY_EXISTS = '42P04'

export function createPostgresAdmin(options: PostgresAdminOptions): PostgresAdmin {
  const { provisionerUrl, log } = options
  const pool = new Pool({
    connectionString: provisionerUrl,
    max: 4,
    idleTimeoutMillis: 10_000,
    connectionTimeoutMillis: 10_000,
    lock_timeout: LOCK_TIMEOUT_MS,
    application_name: 'usms-provisioner',
  })
  pool.on('error', (err) => log.warn({ err }, 'an idle connection to PostgreSQL was lost'))
  // One lost while in use fails its query, which says so; without a listener it would end the process.
  pool.on('connect', (client) => client.on('error', () => {}))

  /** One at a time a thing: a step that is run again may find the killed one's statement still at work in the server. */
  async function alone<Result>(thing: string, work: (client: PoolClient) => Promise<Result>) {
    const client = await pool.connect()
    let clean = false
    try {
      await client.query('SELECT pg_advisory_lock(hashtextextended($1, 0))', [`usms:${thing}`])
      const result = await work(client)
      await client.query('SELECT pg_advisory_unlock_all()')
      clean = true
      return result
    } finally {
      // Otherwise the session goes, and the lock with it.
      client.release(!clean)
    }
  }

  const schoolUrl = (code: string) =>
    urlWith(provisionerUrl, { database: schoolNames(code).database })

  return {
    schoolUrl,
    schoolAppUrl: (code, password) => {
      const { role, database } = schoolNames(code)
      return urlWith(provisionerUrl, { role, password, database })
    },

    async ensureTemplate(level, build) {
      const name = `usms_template_${createHash('sha256').update(level).digest('hex').slice(0, 12)}`
      await alone(name, async (client) => {
        const owner = await ownerOfDatabase(client, name)
        if (owner !== undefined) return requireOurs(name, owner)
        const building = `${name}_new`
        await client.query(`DROP DATABASE IF EXISTS ${building} WITH (FORCE)`)
        await client.query(`CREATE DATABASE ${building} ${await emptyDatabaseOptions(client)}`)
        await client.query(`REVOKE ALL ON DATABASE ${building} FROM PUBLIC`)
        await build(urlWith(provisionerUrl, { database: building }))
        await client.query(`ALTER DATABASE ${building} IS_TEMPLATE true ALLOW_CONNECTIONS false`)
        // Last: a database of this name is complete.
        await client.query(`ALTER DATABASE ${building} RENAME TO ${name}`)
        log.info({ template: name, level }, 'the template of a schema level was built')
      })
      return name
    },

    async ensureSchoolRole(code, password, { connectionLimit }) {
      const { role } = schoolNames(code)
      const verifier = escapeLiteral(await scramVerifier(password))
      if (!Number.isInteger(connectionLimit) || connectionLimit < 1)
        throw new Error(`${connectionLimit} is not a connection limit`)
      await alone(code, async (client) => {
        const verb = (await roleExists(client, role)) ? 'ALTER' : 'CREATE'
        await client.query(
          `${verb} ROLE ${role} WITH LOGIN NOINHERIT NOCREATEDB NOCREATEROLE
             CONNECTION LIMIT ${connectionLimit} PASSWORD ${verifier}`,
        )
        // To end its sessions when the school is dropped; not to act as the role.
        await client.query(`GRANT ${role} TO ${PROVISIONER_ROLE} WITH INHERIT TRUE, SET FALSE`)
        for (const [setting, value] of Object.entries(ROLE_SETTINGS))
          await client.query(`ALTER ROLE ${role} SET ${setting} = '${value}'`)
      })
    },

    async ensureSchoolDatabase(code, template) {
      const { database, role } = schoolNames(code)
      await alone(code, async (client) => {
        const owner = await ownerOfDatabase(client, database)
        if (owner === undefined)
          await client
            .query(
              `CREATE DATABASE ${database} TEMPLATE ${escapeIdentifier(template)}
                 ALLOW_CONNECTIONS false STRATEGY wal_log`,
            )
            .catch((error: { code?: string }) => {
              if (error.code !== ALREADY_EXISTS) throw error
            })
        else requireOurs(database, owner)
        // A template's ACL is not copied: until this is done, nobody gets in.
        await client.query(`REVOKE ALL ON DATABASE ${database} FROM PUBLIC`)
        await client.query(`GRANT CONNECT ON DATABASE ${database} TO ${role}`)
        await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS true`)
      })
    },

    grantSchoolRole: (code) =>
      withClient(schoolUrl(code), (client) =>
        grantServing(client, { role: schoolNames(code).role, limits: SCHOOL_TABLE_LIMITS }),
      ),

    grantDirectoryRole: () =>
      withClient(provisionerUrl, async (client) => {
        const schema = options.queueSchema ?? 'pgboss'
        await grantServing(client, { role: DIRECTORY_ROLE, limits: DIRECTORY_TABLE_LIMITS })
        await grantServing(client, { role: DIRECTORY_ROLE, limits: {}, schema })
      }),

    async observeSchool(code) {
      const { database, role } = schoolNames(code)
      const { rows } = await pool.query<{ size: string | null; role: boolean }>(
        `SELECT (SELECT pg_database_size(oid) FROM pg_database WHERE datname = $1) AS size,
                EXISTS (SELECT FROM pg_roles WHERE rolname = $2) AS role`,
        [database, role],
      )
      const size = rows[0]?.size ?? null
      return {
        databaseExists: size !== null,
        roleExists: rows[0]?.role ?? false,
        ...(size !== null && { sizeBytes: Number(size) }),
      }
    },

    async closeSchool(code) {
      const { database, role } = schoolNames(code)
      await alone(code, async (client) => {
        if (await roleExists(client, role)) await client.query(`ALTER ROLE ${role} WITH NOLOGIN`)
        const owner = await ownerOfDatabase(client, database)
        if (owner === undefined) return
        requireOurs(database, owner)
        await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
        // Those of other roles (an administrator looking inside) end by themselves.
        await client.query(
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE datname = $1 AND usename IN ($2, current_user)`,
          [database, role],
        )
      })
    },

    async dropSchool(code) {
      const { database, role } = schoolNames(code)
      await alone(code, async (client) => {
        const owner = await ownerOfDatabase(client, database)
        if (owner !== undefined) {
          requireOurs(database, owner)
          // No session comes in between the end of the last one and the drop.
          await client.query(`ALTER DATABASE ${database} ALLOW_CONNECTIONS false`)
          await client.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
        }
        await client.query(`DROP ROLE IF EXISTS ${role}`)
      })
    },

    close: () => pool.end(),
  }
}
