import { parseConfig, setting } from '@usms/service-kit/config'
import { z } from 'zod'
import { routerConfigShape } from '#src/proxy/router-settings.ts'

type Environment = Record<string, string | undefined>

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
  RUNTIME: z.enum(['process']).default('process'),
  /** Where people reach the web front end, for the links that schools give out. */
  APP_URL: z.url().default('http://localhost:4000/app'),
  RECONCILE_SECONDS: setting.count.default(20),
  LOG_LEVEL: setting.logLevel.default('info'),
  SCHOOL_LOG_LEVEL: setting.logLevel.default('info'),
})

export type ProvisionerConfig = z.output<typeof provisionerSchema>

export const readProvisionerConfig = (env: Environment): ProvisionerConfig =>
  parseConfig(provisionerSchema, env)
