import { createAccessTokens } from '@usms/service-kit/auth/access-token'
import { createPasswords } from '@usms/service-kit/auth/passwords'
import { createSessions } from '@usms/service-kit/auth/sessions'
import { listen } from '@usms/service-kit/http/listen'
import { createMetrics } from '@usms/service-kit/http/metrics'
import { createLifecycle } from '@usms/service-kit/lifecycle'
import type { Logger } from 'pino'
import { createApp, createInternalApp } from './app.ts'
import { createAuthorize } from './auth/authorize.ts'
import { loadPermissions } from './auth/permissions.ts'
import { createSignInLimits } from '@usms/service-kit/auth/sign-in-limits'
import type { Config } from './config.ts'
import { createDb } from './db.ts'
import { createAudit } from './modules/audit/audit.service.ts'
import { createModules } from './modules.ts'

/** Less than a resource may take to close; whoever runs the school may give it less, and ends it then. */
const DRAIN_MS = 9_000

/** Everything of one school's API is constructed here, in the order in which it depends on each other. */
export async function compose(
  config: Config,
  log: Logger,
  { now = () => new Date() }: { now?: () => Date } = {},
) {
  const lifecycle = createLifecycle(log)
  try {
    const db = createDb(config.DATABASE_URL, config.DATABASE_POOL_SIZE)
    lifecycle.onClose('database', () => db.$disconnect())

    const metrics = createMetrics({ service: 'school-api', schoolCode: config.SCHOOL_CODE })
    const audit = createAudit()
    const permissions = await loadPermissions(db)
    const accessTokens = createAccessTokens({
      secret: config.JWT_SECRET,
      audience: `school:${config.SCHOOL_CODE}`,
      now: () => now().getTime(),
    })
    const endpoints = createModules({
      db,
      audit,
      now,
      permissions,
      accessTokens,
      sessions: createSessions({ db, refreshKey: config.REFRESH_KEY }),
      passwords: createPasswords({ cost: config.BCRYPT_COST }),
      signInLimits: createSignInLimits({
        maxFailures: config.SIGN_IN_MAX_FAILURES,
        maxFailuresPerAddress: config.SIGN_IN_MAX_FAILURES_PER_ADDRESS,
        blockSeconds: config.SIGN_IN_BLOCK_SECONDS,
      }),
      appUrl: config.APP_URL,
      schoolCode: config.SCHOOL_CODE,
    })
    const authorize = createAuthorize({ db, accessTokens, permissions, audit, now })
    const app = createApp({
      code: config.SCHOOL_CODE,
      hopSecret: config.HOP_SECRET,
      endpoints,
      authorize,
      metrics,
      log,
    })
    const checks = { database: () => db.$queryRaw`select 1` }
    const internalApp = createInternalApp({ metrics, log, checks })

    const internal = await listen(internalApp, {
      host: config.INTERNAL_HOST,
      port: config.INTERNAL_PORT,
    })
    lifecycle.onClose('internal listener', () => internal.close(100))
    const listening = await listen(app, { host: config.HOST, port: config.PORT })
    lifecycle.onClose('listener', () => listening.close(DRAIN_MS))

    return { app, db, endpoints, lifecycle, port: listening.port, internalPort: internal.port }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}
