import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { AppError } from '@usms/service-kit/errors/app-error'
import { plainAddress } from '@usms/service-kit/http/limit-key'
import { requestIdFrom } from '@usms/service-kit/http/request-context'
import type { Logger } from 'pino'
import type { Registry } from '#src/modules/schools/registry.ts'
import { type Client, createClientReader } from './client-address.ts'
import type { Routed } from './exchange.ts'
import { createForwarding } from './forwarding.ts'
import { createLanes } from './lane.ts'
import { createLimits } from './limits.ts'
import {
  hostRules,
  isSignIn,
  parseTarget,
  prefixOf,
  schoolNotFound,
  type Target,
} from './parse-target.ts'
import { refuse } from './refuse.ts'
import { announcedBytes } from './request-body.ts'
import type { RouterSettings } from './router-settings.ts'
import { schoolUnavailable } from './school-errors.ts'
import { createSchoolProxy, type SchoolProxy } from './school-proxy.ts'
import { createSchoolSide } from './school-side.ts'
import { ALLOWED_METHODS, answerOnSocket, asksForWebSocket, createUpgrades } from './upgrades.ts'

export interface Router {
  /** @returns whether the request is the router's: to a school, to a host that is not ours, or not to be read by anybody */
  handle(req: IncomingMessage, res: ServerResponse): boolean
  /** Takes every upgrade of the server: one that nobody answers would hang. */
  upgrade(req: IncomingMessage, socket: Duplex, head: Buffer): void
  /** Takes CONNECT, which the server does not hand to `handle`. */
  connect(req: IncomingMessage, socket: Duplex): void
  /** Hooks the router to a server's other events; `handle` is called by the server's request listener. */
  attach(server: Server): void
  /** Cuts what a school has open by itself: upgraded sockets and event streams. */
  cutSchool(schoolId: string): void
  /** When requests last went to schools, by their ids (milliseconds since the epoch): of those with any since the last call. */
  takeActivity(): Map<string, number>
  close(): void
}

interface Opened {
  target: Target
  client: Client
  requestId: string
}

interface RouterDeps {
  registry: Registry
  log: Logger
  settings: RouterSettings
}

/**
 * Stands in front of everything else on the bare server: request id → limits → target → school → hygiene → forward. Nothing
 * reads a body before it, and no database is asked.
 */
export function createRouter({ registry, log, settings }: RouterDeps): Router {
  const rules = hostRules(settings)
  const readClient = createClientReader(settings.trustProxy)
  const limits = createLimits(settings)
  const lanes = createLanes(settings)
  // The proxy tells both of them what became of a request, and both of them use it.
  const proxy = (): SchoolProxy => schoolProxy
  const forwarding = createForwarding({ registry, log, settings, limits, lanes, proxy })
  const upgrades = createUpgrades({ registry, log, settings, lanes, proxy })
  const schoolProxy = createSchoolProxy({
    events: { ...forwarding, ...upgrades },
    upgradeTimeoutMs: settings.headersTimeoutMs,
  })
  const schoolSide = createSchoolSide()
  const stopListening = registry.onChange(({ schoolId, after }) => {
    if (after?.address) schoolSide.add(after.address.host)
    if (!after) lanes.drop(schoolId)
    // What was held against the school where it was does not hold where it is.
    else lanes.find(schoolId)?.breaker.reset()
  })

  function open(req: IncomingMessage): Opened {
    const target = parseTarget(rawRequest(req), rules)
    const client = readClient(req.socket, req.headers)
    const requestId = requestIdFrom(client.trusted ? req.headers['x-request-id'] : undefined)
    return { target, client, requestId }
  }

  /** @throws AppError that says why there is nowhere to go */
  function find(target: Exclude<Target, { kind: 'directory' }>) {
    if (target.kind === 'refused') throw target.error
    const route = target.by === 'code' ? registry.byCode(target.key) : registry.byHost(target.key)
    // Knowing nothing is not the same as knowing that there is no such school.
    if (!route && !registry.isLoaded()) throw schoolUnavailable()
    if (!route) throw schoolNotFound()
    return { route, path: target.path, prefix: prefixOf(target.by, route.code) }
  }

  async function route(
    req: IncomingMessage,
    res: ServerResponse,
    { target, client, requestId }: Opened,
  ) {
    let found: Pick<Routed, 'route' | 'path' | 'prefix'> | undefined
    try {
      await limits.admit(client.ip)
      if (target.kind === 'directory') return
      found = find(target)
      const signIn = isSignIn(req.method ?? '', found.path)
      if (signIn) await limits.admitSignIn(found.route.schoolId, client.ip)
      if (res.destroyed) return
      forwarding.forward(req, res, { ...found, client, requestId, signIn })
    } catch (error) {
      if (!(error instanceof AppError)) {
        log.error({ err: error, requestId, school: found?.route.code }, 'routing failed')
        return refuse(req, res, INTERNAL, requestId)
      }
      if (error.kind === 'method_not_allowed') res.setHeader('Allow', ALLOWED_METHODS)
      refuse(req, res, error, requestId)
    }
  }

  async function routeUpgrade(req: IncomingMessage, socket: Socket, head: Buffer) {
    const { target, client, requestId } = open(req)
    try {
      await limits.admit(client.ip)
      if (target.kind === 'directory') throw NO_UPGRADES_HERE
      if (!asksForWebSocket(req)) throw NO_SUCH_PROTOCOL
      upgrades.upgrade(req, socket, head, { ...find(target), client, requestId, signIn: false })
    } catch (error) {
      if (!(error instanceof AppError)) log.error({ err: error, requestId }, 'upgrade failed')
      answerOnSocket(socket, error instanceof AppError ? error : INTERNAL, requestId)
    }
  }

  const router: Router = {
    handle(req, res) {
      const opened = open(req)
      if (opened.target.kind === 'directory') return false
      void route(req, res, opened)
      return true
    },
    upgrade(req, socket, head) {
      // The server took its listeners off; a reset without any would end the process.
      socket.on('error', () => {})
      void routeUpgrade(req, socket as Socket, head)
    },
    connect(req, socket) {
      socket.on('error', () => {})
      answerOnSocket(socket, NO_TUNNELS, requestIdFrom(undefined))
      req.resume()
    },
    attach(server) {
      // Schools have nothing to ask here, and one that was taken over would be a client of the inside: let near the metrics,
      // perhaps believed as a proxy.
      server.on('connection', (socket: Socket) => {
        if (schoolSide.has(plainAddress(socket.remoteAddress ?? ''))) socket.destroy()
      })
      server.on('upgrade', router.upgrade)
      server.on('connect', router.connect)
      server.on('checkContinue', (req, res) => {
        // A body that will be refused is not asked for.
        if (announcedBytes(req) <= settings.bodyLimitBytes) res.writeContinue()
        server.emit('request', req, res)
      })
      declineOtherProtocols(server)
    },
    takeActivity: lanes.takeActivity,
    cutSchool: (schoolId) => lanes.find(schoolId)?.cut(),
    close() {
      stopListening()
      forwarding.close()
      lanes.close()
    },
  }
  return router
}

const INTERNAL = new AppError('internal', 'internal_error', 'Something went wrong on our side')
const NO_UPGRADES_HERE = new AppError('not_found', 'not_found', 'No such route')
const NO_SUCH_PROTOCOL = new AppError('invalid', 'unknown_upgrade', 'Only WebSockets are offered')
const NO_TUNNELS = new AppError(
  'method_not_allowed',
  'method_not_allowed',
  'This method is not offered here',
)

/**
 * Some clients offer HTTP/2 with every plain request (`Upgrade: h2c`), and an offer may be left unanswered. The server asks this
 * function where it is there; the constructor's option of that name is where it is documented.
 */
function declineOtherProtocols(server: Server) {
  Object.assign(server, { shouldUpgradeCallback: asksForWebSocket })
}

function rawRequest(req: IncomingMessage) {
  const hosts: string[] = []
  const { rawHeaders } = req
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    if (name.length === 4 && name.toLowerCase() === 'host') hosts.push(rawHeaders[i + 1] ?? '')
  }
  return {
    method: req.method ?? '',
    url: req.url ?? '',
    hosts,
    httpVersion: req.httpVersion,
    hasTransferEncoding: req.headers['transfer-encoding'] !== undefined,
  }
}
