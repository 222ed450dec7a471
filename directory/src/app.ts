import type { RequestListener } from 'node:http'
import { createPrismaTranslation } from '@usms/service-kit/db/prisma-errors'
import { accessLog } from '@usms/service-kit/http/access-log'
import { type Authorize, mountEndpoints } from '@usms/service-kit/http/endpoint'
import { mountHealth, mountReady } from '@usms/service-kit/http/health'
import type { Metrics } from '@usms/service-kit/http/metrics'
import { openApiDocument } from '@usms/service-kit/http/openapi'
import { noSuchRoute, problemHandler } from '@usms/service-kit/http/problem'
import { requestContext } from '@usms/service-kit/http/request-context'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import type { Logger } from 'pino'
import type { Access, DirectoryEndpoint } from '#src/auth/endpoint.ts'
import { constraintAnswers } from '#src/http/constraint-answers.ts'
import { docsPage } from '#src/http/docs-page.ts'
import { limitAddresses } from '#src/http/limit-addresses.ts'
import { privateClientsOnly } from '#src/http/private-clients.ts'
import type { ReadSchoolDocument } from '#src/modules/schools/school-document.ts'
import type { AddressLimit } from '#src/proxy/limits.ts'
import type { Router } from '#src/proxy/router.ts'
import type { MountFrontEnd } from '#src/web/mount-front-end.ts'

interface AppDeps {
  endpoints: readonly DirectoryEndpoint[]
  authorize: Authorize<Access>
  metrics: Metrics
  log: Logger
  /** What has to answer for this directory to be ready. */
  checks: Record<string, () => Promise<unknown>>
  publicUrl: string
  /** Addresses and networks of proxies whose forwarding headers are believed. */
  trustProxy: readonly string[]
  /** How often one client address may ask. */
  admit: AddressLimit
  /** The schools' API, for the page that lists both. */
  readSchoolDocument: ReadSchoolDocument
  /** Absent: there is no front end, and nothing under `/app`. */
  frontEnd: MountFrontEnd | undefined
}

/** The router takes its requests off the bare socket; Express sees what is left. */
export const createFront =
  (router: Pick<Router, 'handle'>, app: Express): RequestListener =>
  (req, res) => {
    if (!router.handle(req, res)) app(req, res)
  }

/** What the directory answers itself. */
export function createApp({
  endpoints,
  authorize,
  metrics,
  log,
  checks,
  publicUrl,
  trustProxy,
  admit,
  readSchoolDocument,
  frontEnd,
}: AppDeps): Express {
  const document = openApiDocument(endpoints, {
    title: 'USMS directory',
    version: '1',
    serverUrl: publicUrl,
  })

  const app = bareApp(trustProxy)
  app.use(contextOf(app))
  app.use(accessLog(log))
  app.use(secureHeaders(publicUrl))
  app.use(metrics.timeRequests)
  mountHealth(app)
  mountReady(app, checks)
  app.use('/metrics', privateClientsOnly())
  metrics.mount(app)
  // A whole school behind one address opens the page at once: what that loads does not count.
  frontEnd?.files(app)
  app.use(limitAddresses(admit))
  app.use('/owner', noStore)
  mountEndpoints(app, endpoints, { authorize })
  app.get('/openapi.json', (_req, res) => void res.json(document))
  app.get('/docs', async (_req, res) => {
    const school = await readSchoolDocument()
    res.type('html').send(docsPage([document, ...(school ? [school] : [])]))
  })
  frontEnd?.pages(app)
  app.use(noSuchRoute)
  app.use(problemHandler({ log, translate }))
  return app
}

const translate = createPrismaTranslation(constraintAnswers)

function bareApp(trustProxy: readonly string[]): Express {
  const app = express()
  // One spelling a path: `/READY` and `/ready/` are not `/ready`.
  app.enable('strict routing')
  app.enable('case sensitive routing')
  // ETags are versions of objects, not hashes of bodies.
  app.disable('etag')
  app.disable('x-powered-by')
  app.set('query parser', 'simple')
  app.set('trust proxy', [...trustProxy])
  return app
}

/** A request id is taken over from a proxy of ours only. */
function contextOf(app: Express): RequestHandler {
  const isTrusted = app.get('trust proxy fn') as (address: string, hop: number) => boolean
  const fromProxy = requestContext({ trustRequestId: true })
  const fromClient = requestContext({ trustRequestId: false })
  return (req, res, next) =>
    (isTrusted(req.socket.remoteAddress ?? '', 0) ? fromProxy : fromClient)(req, res, next)
}

function secureHeaders(publicUrl: string): RequestHandler {
  const overTls = publicUrl.startsWith('https:')
  return helmet({
    strictTransportSecurity: overTls,
    contentSecurityPolicy: {
      directives: { upgradeInsecureRequests: overTls ? [] : null },
    },
  })
}

const noStore: RequestHandler = (_req, res, next) => {
  res.setHeader('Cache-Control', 'no-store')
  next()
}
