import { parseConfig, setting } from '@usms/service-kit/config'
import { z } from 'zod'

const schema = z.object({
  /** The public listener: reached by the router alone. 0: the system chooses. */
  PORT: setting.port.default(4100),
  HOST: z.string().default('127.0.0.1'),
  /** The operational listener (`/ready`, `/metrics`): for the runtime and the monitoring. */
  INTERNAL_PORT: setting.port.default(0),
  INTERNAL_HOST: z.string().default('127.0.0.1'),
  SCHOOL_CODE: z.string().regex(/^[A-Z][A-Z0-9]{1,15}$/),
  DATABASE_URL: setting.postgresUrl,
  /** Signs access tokens of this school alone. */
  JWT_SECRET: setting.secret,
  /** Derives successors of refresh tokens. */
  REFRESH_KEY: setting.secret,
  /** What the router must show with every request. */
  HOP_SECRET: setting.secret,
  /** Where people reach the web front end, for the links of invites. */
  APP_URL: z.url().default('http://localhost:4000/app'),
  BCRYPT_COST: z.coerce.number().int().min(4).max(14).default(10),
  /** Consecutive failures of one username before it has to wait, and how long. */
  SIGN_IN_MAX_FAILURES: setting.count.default(10),
  SIGN_IN_MAX_FAILURES_PER_ADDRESS: setting.count.default(100),
  SIGN_IN_BLOCK_SECONDS: setting.count.default(900),
  DATABASE_POOL_SIZE: setting.count.default(3),
  LOG_LEVEL: setting.logLevel.default('info'),
})

export type Config = z.output<typeof schema>

export const readConfig = (env: Record<string, string | undefined>): Config =>
  parseConfig(schema, env)
