import { ConfigError, parseConfig, setting } from '@usms/service-kit/config'
import { z } from 'zod'
import { routerConfigShape } from '#src/proxy/router-settings.ts'

type Environment = Record<string, string | undefined>

export const DEFAULT_OWNER_EMAIL = 'owner@usms.localhost'

/** `a, b,c` → `['a', 'b', 'c']`. */
const commaList = z
  .string()
  .default('')
  .transform((text) =>
    text
      .split(',')
      .map((item) => item.trim())
      .filter((item) => item !== ''),
  )

const hostName = z
  .string()
  .toLowerCase()
  .regex(/^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/, 'must be a host name without a port')

const directorySchema = z.object({
  PORT: setting.port.default(4000),
  HOST: z.string().default('127.0.0.1'),
  /** Where browsers reach this directory; stands in every link that is given out. */
  PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((url) => url.replace(/\/+$/, ''))
    .optional(),
  /** A school's own host is `<code or subdomain>.<BASE_DOMAIN>`. */
  BASE_DOMAIN: hostName.default('localhost'),
  /** Further host names of the shared origin. */
  PUBLIC_HOSTS: commaList.pipe(z.array(hostName)),
  /** The directory's database as the role `usms_directory`. */
  DATABASE_URL: setting.postgresUrl,
  DATABASE_POOL_SIZE: setting.count.default(10),
  /** Signs the access tokens of owners. */
  OWNER_JWT_SECRET: setting.secret,
  /** Derives successors of owners' refresh tokens. */
  OWNER_REFRESH_KEY: setting.secret,
  /** Every school's hop secret is derived from it. */
  ROUTER_KEY: setting.secret,
  /** Addresses and networks (CIDR) of proxies whose `X-Forwarded-*` are believed. */
  TRUST_PROXY: commaList,
  /** Folder of the built front end; without it there is nothing under `/app`. */
  WEB_DIR: z.string().optional(),
  /** File that lets the router start while the database is away. */
  REGISTRY_SNAPSHOT: z.string().optional(),
  REGISTRY_MAX_AGE_SECONDS: setting.count.default(86_400),
  ...routerConfigShape,
  /** Requests of one client address in a window that the directory answers itself. */
  OWN_CLIENT_REQUESTS: setting.count.default(600),
  OWN_CLIENT_WINDOW_SECONDS: setting.count.default(10),
  /** Consecutive failures of one owner's e-mail address before it has to wait; of one client's, whoever it tries. */
  OWNER_SIGN_IN_MAX_FAILURES: setting.count.default(10),
  OWNER_SIGN_IN_MAX_FAILURES_PER_ADDRESS: setting.count.default(100),
  OWNER_SIGN_IN_BLOCK_SECONDS: setting.count.default(900),
  MAX_CONNECTIONS: setting.count.default(10_000),
  BCRYPT_COST: z.coerce.number().int().min(4).max(14).default(10),
  LOG_LEVEL: setting.logLevel.default('info'),
})

export type DirectoryConfig = z.output<typeof directorySchema> & { PUBLIC_URL: string }

export function readDirectoryConfig(env: Environment): DirectoryConfig {
  const config = parseConfig(directorySchema, env)
  return { ...config, PUBLIC_URL: config.PUBLIC_URL ?? `http://localhost:${config.PORT}` }
}

const provisionerSchema = z.object({
  /** The directory's database as the role `usms_provisioner`. */
  DATABASE_URL: setting.postgresUrl,
  /** The cluster that schools' databases are made in, as the role `usms_provisioner`. */
  POSTGRES_ADMIN_URL: setting.postgresUrl,
  /** Seals schools' secrets: 32 random bytes, as base64 or hex. */
  SECRETS_KEY: setting.secret,
  /** Keys that still open what was sealed before a rotation. */
  SECRETS_KEYS_PREVIOUS: commaList.pipe(z.array(setting.secret)),
  /** Every school's hop secret is derived from it; the directory has the same. */
  ROUTER_KEY: setting.secret,
  DATA_DIR: z.string(),
  /** What schools run in: processes beside the provisioner, or containers of the engine behind DOCKER_SOCKET. */
  RUNTIME: z.enum(['process', 'docker']).default('process'),
  DOCKER_SOCKET: z.string().default('/var/run/docker.sock'),
  /** Marks every container and volume of this installation, so that two on one engine never touch each other's. */
  INSTANCE: z
    .string()
    .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'must be 1 to 32 of a-z, 0-9, _ and -')
    .default('usms'),
  /** Image of the school API, without tag or digest; with a registry's name in front it is pulled from there. */
  SCHOOL_IMAGE: z.string().default('usms/school-api'),
  /** The release (a tag of SCHOOL_IMAGE, or a digest) that new schools get. */
  SCHOOL_RELEASE: z.string().default('latest'),
  /** The engine's network on which schools reach PostgreSQL and the router reaches them. */
  SCHOOL_NETWORK: z.string().default('usms_schools'),
  /** Where people reach the web front end, for the links that schools give out. */
  APP_URL: z.url().default('http://localhost:4000/app'),
  RECONCILE_SECONDS: setting.count.default(20),
  LOG_LEVEL: setting.logLevel.default('info'),
  SCHOOL_LOG_LEVEL: setting.logLevel.default('info'),
})

export type ProvisionerConfig = z.output<typeof provisionerSchema>

export const readProvisionerConfig = (env: Environment): ProvisionerConfig =>
  parseConfig(provisionerSchema, env)

const workerSchema = provisionerSchema.extend({
  /**
   * A superuser of the PostgreSQL server, or a role with CREATEDB and CREATEROLE. Where it is set the provisioner makes the server ready
   * when it starts (roles with the passwords below and in DATABASE_URL, the directory's database and schema), and the first owner.
   */
  CLUSTER_ADMIN_URL: setting.postgresUrl.optional(),
  /** Of the role `usms_directory`; needed with CLUSTER_ADMIN_URL. */
  DIRECTORY_PASSWORD: setting.secret.optional(),
  /** Of the first owner; used when it is created and never again. */
  OWNER_EMAIL: z.email().default(DEFAULT_OWNER_EMAIL),
  OWNER_PASSWORD: z
    .string()
    .transform((text) => text || undefined)
    .optional(),
  /** Touched every few seconds while the provisioner works: for whoever checks its health. */
  HEARTBEAT_FILE: z.string().optional(),
})

/** Settings of the provisioner as a program of its own. */
export function readWorkerConfig(env: Environment) {
  const config = parseConfig(workerSchema, env)
  const { CLUSTER_ADMIN_URL: adminUrl, DIRECTORY_PASSWORD: directoryPassword } = config
  if (!adminUrl) return { ...config, cluster: undefined }
  if (!directoryPassword) throw new ConfigError(['DIRECTORY_PASSWORD: is not set'])
  const provisionerPassword = decodeURIComponent(new URL(config.DATABASE_URL).password)
  return { ...config, cluster: { adminUrl, provisionerPassword, directoryPassword } }
}
