import { createAccessTokens } from '@usms/service-kit/auth/access-token'
import { createPasswords } from '@usms/service-kit/auth/passwords'
import { createSessions } from '@usms/service-kit/auth/sessions'
import { AppError, unavailable } from '@usms/service-kit/errors/app-error'
import { listen } from '@usms/service-kit/http/listen'
import { createMetrics } from '@usms/service-kit/http/metrics'
import { createRefreshCookie } from '@usms/service-kit/http/refresh-cookie'
import { createLifecycle } from '@usms/service-kit/lifecycle'
import type { Logger } from 'pino'
import { createApp, createFront } from './app.ts'
import { createAuthorize } from './auth/authorize.ts'
import type { OwnerActor } from './auth/endpoint.ts'
import { createSignInLimits } from '@usms/service-kit/auth/sign-in-limits'
import type { DirectoryConfig } from './config.ts'
import { createDb } from './db.ts'
import { auditRoutes } from './modules/audit/audit.routes.ts'
import { createAuditService } from './modules/audit/audit.service.ts'
import { recordActivity } from './modules/activity/record-activity.ts'
import { createProvisionerAsks } from './modules/asks/ask-provisioner.ts'
import { awaitOperation } from './modules/operations/await-operation.ts'
import { createEventStreams, type IsLetIn } from './modules/operations/event-streams.ts'
import { createOperationFeed } from './modules/operations/operation-feed.ts'
import { operationsRoutes } from './modules/operations/operations.routes.ts'
import { createOperationsService, type Deliver } from './modules/operations/operations.service.ts'
import { ownersRoutes } from './modules/owners/owners.routes.ts'
import { createOwnersService } from './modules/owners/owners.service.ts'
import { createTimezoneCheck } from './modules/schools/known-timezones.ts'
import { publicSchoolsRoutes } from './modules/schools/public-schools.routes.ts'
import { createRegistry } from './modules/schools/registry.ts'
import { createSchoolDocument } from './modules/schools/school-document.ts'
import { createLogStreams } from './modules/schools/log-streams.ts'
import { schoolLifecycleRoutes } from './modules/schools/schools.lifecycle.routes.ts'
import { createSchoolLifecycle } from './modules/schools/schools.lifecycle.ts'
import { createSchoolOperations } from './modules/schools/schools.operations.ts'
import { schoolsRoutes } from './modules/schools/schools.routes.ts'
import { createSchoolsRuntime } from './modules/schools/schools.runtime.ts'
import { createSchoolsService } from './modules/schools/schools.service.ts'
import { createUrlFor } from './modules/schools/url-for.ts'
import { createOperationQueue } from './platform/operation-queue.ts'
import { createAddressLimit } from './proxy/limits.ts'
import { hostRules } from './proxy/parse-target.ts'
import { createRouter } from './proxy/router.ts'
import { toRouterSettings } from './proxy/router-settings.ts'
import { readFrontEnd } from './web/front-end.ts'
import { createMountFrontEnd } from './web/mount-front-end.ts'

export interface DirectoryOverrides {
  /** Hands an operation to the provisioner; the queue in the directory's database where absent. */
  deliver?: Deliver
  /** The server's clock; tests set it. */
  now?: () => Date
  heartbeatMs?: number
  inviteTimeoutMs?: number
  /** How long the provisioner is given to answer a question. */
  askTimeoutMs?: number
}

/** Requests under way get this long when the directory closes. */
const DRAIN_MS = 800

/**
 * Less than a school takes (16 KB), since the router adds headers of its own: what a school drops unread would count as its failure,
 * and a few of those would take it from everybody.
 */
const MAX_HEADER_BYTES = 12_288

/** Everything that faces the internet is constructed here, in the order in which it depends on each other. */
export async function composeDirectory(
  config: DirectoryConfig,
  log: Logger,
  { now = () => new Date(), ...overrides }: DirectoryOverrides = {},
) {
  const lifecycle = createLifecycle(log)
  try {
    const databaseUrl = config.DATABASE_URL
    const db = createDb(databaseUrl, config.DATABASE_POOL_SIZE)
    lifecycle.onClose('database', () => db.$disconnect())
    const feed = createOperationFeed({ databaseUrl, log })
    lifecycle.onClose('operation feed', () => feed.close())
    const asks = createProvisionerAsks({ databaseUrl, log, timeoutMs: overrides.askTimeoutMs })
    lifecycle.onClose('asks', () => asks.close())
    const deliver = overrides.deliver ?? openQueue()

    const registry = createRegistry({
      databaseUrl,
      snapshotFile: config.REGISTRY_SNAPSHOT,
      maxAgeMs: config.REGISTRY_MAX_AGE_SECONDS * 1000,
      routerKey: config.ROUTER_KEY,
      log,
    })
    lifecycle.onClose('registry', () => registry.close())
    const routerSettings = toRouterSettings(config)
    const router = createRouter({ registry, log, settings: routerSettings })
    const activity = recordActivity({ db, take: router.takeActivity, log })
    lifecycle.onClose('activity', () => activity.close())
    const urlFor = createUrlFor(config.PUBLIC_URL)

    const accessTokens = createAccessTokens({
      secret: config.OWNER_JWT_SECRET,
      audience: 'owner',
      now: () => now().getTime(),
    })
    const authorize = createAuthorize({ db, accessTokens })
    const owners = createOwnersService({
      db,
      accessTokens,
      sessions: createSessions({ db, refreshKey: config.OWNER_REFRESH_KEY }),
      passwords: createPasswords({ cost: config.BCRYPT_COST }),
      limits: createSignInLimits({
        maxFailures: config.OWNER_SIGN_IN_MAX_FAILURES,
        maxFailuresPerAddress: config.OWNER_SIGN_IN_MAX_FAILURES_PER_ADDRESS,
        blockSeconds: config.OWNER_SIGN_IN_BLOCK_SECONDS,
      }),
    })
    const cookie = createRefreshCookie({
      name: 'usms_owner_refresh',
      pathOf: () => '/owner/auth',
    })
    const operations = createOperationsService({ db, deliver, log })
    // A database that is away for a moment signs nobody out.
    const isLetIn: IsLetIn = (req) =>
      authorize(req, 'owner').then(
        () => true,
        (error: unknown) => !(error instanceof AppError && error.kind === 'unauthenticated'),
      )
    const { heartbeatMs } = overrides
    const streams = createEventStreams({ db, feed, isLetIn, log, heartbeatMs })
    const schools = createSchoolsService({
      db,
      requireTimezone: createTimezoneCheck(db),
      urlFor,
      reservedLabels: ownLabels(config),
    })
    const schoolOperations = createSchoolOperations({
      db,
      announce: operations.announce,
      awaitOperation: (id, deadline) => awaitOperation({ db, feed }, id, deadline),
      withdraw: operations.withdraw,
      publicUrl: config.PUBLIC_URL,
      inviteTimeoutMs: overrides.inviteTimeoutMs,
      now,
    })
    const schoolsRuntime = createSchoolsRuntime({ db, asks, now })
    const logStreams = createLogStreams({
      followLogs: asks.followLogs,
      isLetIn,
      heartbeatMs,
    })

    const frontEnd =
      config.WEB_DIR === undefined
        ? undefined
        : createMountFrontEnd({
            frontEnd: await readFrontEnd(config.WEB_DIR),
            registry,
            hostRules: hostRules(routerSettings),
            overTls: config.PUBLIC_URL.startsWith('https:'),
          })

    const app = createApp({
      endpoints: [
        ...publicSchoolsRoutes({ registry, urlFor }),
        ...ownersRoutes(
          owners,
          cookie,
          async (req) => (await authorize(req, 'owner')) as OwnerActor,
        ),
        ...schoolsRoutes(schools, schoolOperations, schoolsRuntime, logStreams),
        ...schoolLifecycleRoutes(createSchoolLifecycle({ db, announce: operations.announce })),
        ...operationsRoutes(operations, streams),
        ...auditRoutes(createAuditService({ db })),
      ],
      authorize,
      metrics: createMetrics({ service: 'directory' }),
      log,
      checks: { registry: requireLoaded },
      publicUrl: config.PUBLIC_URL,
      trustProxy: config.TRUST_PROXY,
      admit: createAddressLimit({
        points: config.OWN_CLIENT_REQUESTS,
        windowSeconds: config.OWN_CLIENT_WINDOW_SECONDS,
      }),
      readSchoolDocument: createSchoolDocument({ registry, urlFor, log }),
      frontEnd,
    })

    await Promise.all([registry.start(), feed.start(), asks.start()])
    const listening = await listen(createFront(router, app), {
      host: config.HOST,
      port: config.PORT,
      maxConnections: config.MAX_CONNECTIONS,
      maxHeaderBytes: MAX_HEADER_BYTES,
    })
    router.attach(listening.server)
    lifecycle.onClose('listener', async () => {
      // No new requests; then what would never end by itself; then the rest, as it ends.
      const drained = listening.close(DRAIN_MS)
      streams.close()
      logStreams.close()
      router.close()
      await drained
    })

    const url = `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${listening.port}`
    return { url, port: listening.port, registry, lifecycle, close: () => lifecycle.close() }

    function openQueue(): Deliver {
      const queue = createOperationQueue({ databaseUrl, log })
      lifecycle.onClose('operation queue', () => queue.close())
      return queue.deliver
    }

    async function requireLoaded() {
      if (!registry.isLoaded()) throw unavailable('not_ready', 'The registry is not loaded', 1)
    }
  } catch (error) {
    await lifecycle.close()
    throw error
  }
}

/** First labels under the base domain that lead to the directory itself: no school gets them. */
function ownLabels({ BASE_DOMAIN, PUBLIC_HOSTS, PUBLIC_URL }: DirectoryConfig): string[] {
  const suffix = `.${BASE_DOMAIN}`
  return [...PUBLIC_HOSTS, new URL(PUBLIC_URL).hostname]
    .filter((host) => host.endsWith(suffix))
    .map((host) => host.slice(0, -suffix.length))
}
