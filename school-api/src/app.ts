import { accessLog } from '@usms/service-kit/http/access-log'
import { type Authorize, mountEndpoints } from '@usms/service-kit/http/endpoint'
import { mountHealth, mountReady } from '@usms/service-kit/http/health'
import type { Metrics } from '@usms/service-kit/http/metrics'
import { openApiDocument } from '@usms/service-kit/http/openapi'
import { noSuchRoute, problemHandler } from '@usms/service-kit/http/problem'
import { requestContext } from '@usms/service-kit/http/request-context'
import { createPrismaTranslation } from '@usms/service-kit/db/prisma-errors'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { Access, SchoolEndpoint } from '#src/auth/endpoint.ts'
import { constraintAnswers } from '#src/http/constraint-answers.ts'
import { hopGuard } from '#src/http/hop-guard.ts'

interface AppDeps {
  code: string
  hopSecret: string
  endpoints: readonly SchoolEndpoint[]
  authorize: Authorize<Access>
  metrics: Metrics
  log: Logger
}

/** The public listener: what the router forwards to. */
export function createApp({
  code,
  hopSecret,
  endpoints,
  authorize,
  metrics,
  log,
}: AppDeps): Express {
  const app = bareApp()
  app.use(requestContext({ trustRequestId: true, schoolCode: code }))
  app.use(accessLog(log))
  app.use(hopGuard({ code, hopSecret }))
  app.use(answerWhole)
  app.use(helmet({ strictTransportSecurity: false }))
  app.use(metrics.timeRequests)
  mountHealth(app)
  app.get('/openapi.json', (_req, res) => void res.json(describe(endpoints)))
  mountEndpoints(app, endpoints, { authorize })
  app.use(noSuchRoute)
  app.use(problemHandler({ log, translate: createPrismaTranslation(constraintAnswers) }))
  return app
}

/** The internal listener: for the runtime and the monitoring, never routed to. */
export function createInternalApp({
  metrics,
  log,
  checks,
}: {
  metrics: Metrics
  log: Logger
  checks: Record<string, () => Promise<unknown>>
}): Express {
  const app = bareApp()
  mountHealth(app)
  mountReady(app, checks)
  metrics.mount(app)
  app.use(noSuchRoute)
  app.use(problemHandler({ log }))
  return app
}

/** Relative paths: a school does not know under which address it is reached. */
export const describe = (endpoints: readonly SchoolEndpoint[]) =>
  openApiDocument(endpoints, { title: 'USMS school API', version: '1', serverUrl: '.' })

/**
 * No 304: an ETag is the version of what was written, for `If-Match`. Beside it an answer shows what changes without it — how
 * many are enrolled, where a student is now — and Express would call a copy from before fresh.
 */
const answerWhole: RequestHandler = (req, _res, next) => {
  delete req.headers['if-none-match']
  next()
}

function bareApp(): Express {
  const app = express()
  // One spelling a path: `/READY` and `/ready/` are not `/ready`.
  app.enable('strict routing')
  app.enable('case sensitive routing')
  // ETags are versions of objects, not hashes of bodies.
  app.disable('etag')
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  // The router is the only client and says who asked; hopGuard proves it is the router.
  app.set('trust proxy', 1)
  return app
}
