import { isAbsolute, resolve } from 'node:path'
import { DEFAULT_OWNER_EMAIL } from '@usms/directory/config'
import { parseConfig, setting } from '@usms/service-kit/config'
import { z } from 'zod'

const schema = z.object({
  PORT: setting.port.min(1).default(4000),
  HOST: z.string().default('127.0.0.1'),
  /** Everything this machine keeps: database, keys, logs, releases. */
  USMS_DATA_DIR: z
    .string()
    .default('.usms')
    .transform((path) => (isAbsolute(path) ? path : resolve(path))),
  /** Of the first owner; used when it is created and never again. */
  OWNER_EMAIL: z.email().default(DEFAULT_OWNER_EMAIL),
  OWNER_PASSWORD: z.string().optional(),
  /** A PostgreSQL (16 or newer) to use instead of our own; a role that may create roles and databases. */
  POSTGRES_ADMIN_URL: setting.postgresUrl.optional(),
  BASE_DOMAIN: z.string().default('localhost'),
  /** Where browsers reach this, when it is not http://localhost:PORT. */
  PUBLIC_URL: z.url().optional(),
  PUBLIC_HOSTS: z.string().optional(),
  TRUST_PROXY: z.string().optional(),
  DEMO: setting.flag.default(true),
  /** The web front end; built first where it is missing or older than its sources. */
  WEB: setting.flag.default(true),
  LOG_LEVEL: setting.logLevel.default('info'),
})

export type Settings = z.output<typeof schema>

/** @throws ConfigError naming every setting that is wrong */
export const readSettings = (env: Record<string, string | undefined>): Settings =>
  parseConfig(schema, env)
