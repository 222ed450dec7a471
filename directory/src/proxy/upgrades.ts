import { type IncomingMessage, STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { AppError } from '@usms/service-kit/errors/app-error'
import { toProblem } from '@usms/service-kit/http/problem'
import type { Logger } from 'pino'
import type { Registry } from '#src/modules/schools/registry.ts'
import {
  addressText,
  clientIsGone,
  dressRequest,
  type Exchange,
  exchangeOf,
  logFields,
  openExchange,
  type Routed,
  type RoutedRequest,
} from './exchange.ts'
import { cleanResponseHeaders } from './header-hygiene.ts'
import type { Lanes } from './lane.ts'
import type { RouterSettings } from './router-settings.ts'
import { schoolTimeout, schoolUnavailable, schoolUnreachable } from './school-errors.ts'
import type { ProxyEvents, SchoolProxy } from './school-proxy.ts'

interface UpgradesDeps {
  registry: Pick<Registry, 'reread'>
  log: Logger
  settings: Pick<RouterSettings, 'upgradeIdleMs'>
  lanes: Lanes
  proxy: () => SchoolProxy
}

export interface Upgrades extends Pick<ProxyEvents, 'onUpgradeRequest' | 'onUpgradeError'> {
  /** @throws AppError when the school cannot take it */
  upgrade(req: IncomingMessage, socket: Socket, head: Buffer, routed: Routed): void
}

/** Whether a request asks for what the router passes on; every other protocol is declined by just answering (RFC 9110 §7.8). */
export const asksForWebSocket = ({ method, headers }: IncomingMessage): boolean =>
  method === 'GET' && headers.upgrade?.toLowerCase() === 'websocket'

/** WebSockets: the same school, the same hygiene; then bytes, until either side ends, the school is cut, or nobody says anything. */
export function createUpgrades({ registry, log, settings, lanes, proxy }: UpgradesDeps): Upgrades {
  function answered(exchange: Exchange, proxyRes: IncomingMessage, socket: Socket) {
    const { route, lane } = exchange
    lane.breaker.succeeded()
    exchange.state = 'answering'
    if (proxyRes.statusCode !== 421) return dressAnswer(exchange, proxyRes)
    log.warn(logFields(exchange), 'the address of a school answers for another one')
    void registry.reread(route.schoolId)
    // The library writes nothing any more to a socket that was ended.
    answerOnSocket(socket, schoolUnavailable(), exchange.requestId)
  }

  return {
    upgrade(req: RoutedRequest, socket, head, routed) {
      const lane = lanes.of(routed.route.schoolId)
      const { address } = routed.route
      if (!address || !lane.mayUpgrade() || !lane.breaker.allows()) throw schoolUnavailable()
      const exchange = openExchange(req, routed, lane)
      // Reusing a kept connection would save nothing: it does not come back.
      exchange.fresh = true
      lane.keepOpen(socket)
      dressRequest(req, exchange, { address, upgrade: 'websocket' })
      lane.forwardedAt = Date.now()
      proxy().upgrade(req, socket, head)
    },

    onUpgradeRequest(proxyReq, req, socket) {
      const exchange = exchangeOf(req)
      if (!exchange) return
      // These run before the library's own listeners, which take the headers as they find them.
      proxyReq.once('response', (proxyRes) => answered(exchange, proxyRes, socket))
      proxyReq.once('upgrade', (proxyRes, proxySocket) => {
        answered(exchange, proxyRes, socket)
        socket.setTimeout(settings.upgradeIdleMs, () => socket.destroy())
        // Piping ends the other side only after a clean end.
        socket.once('close', () => proxySocket.destroy())
        proxySocket.once('close', () => socket.destroySoon())
      })
      socket.once('close', () => proxyReq.destroy())
    },

    onUpgradeError(error, req, socket) {
      const exchange = exchangeOf(req)
      if (!exchange || clientIsGone(req, socket)) return
      if (exchange.state !== 'forwarding') return void socket.destroy()
      exchange.state = 'done'
      exchange.lane.breaker.failed()
      log.warn({ ...logFields(exchange), err: error }, 'a school did not take an upgrade')
      const timedOut = (error as NodeJS.ErrnoException).code === 'ERR_UPSTREAM_UPGRADE_TIMEOUT'
      answerOnSocket(socket, timedOut ? schoolTimeout() : schoolUnreachable(), exchange.requestId)
    },
  }
}

function dressAnswer({ route, prefix, requestId }: Exchange, proxyRes: IncomingMessage) {
  const { connection, upgrade, 'transfer-encoding': chunked } = proxyRes.headers
  const address = route.address ? addressText(route.address) : ''
  const flat = cleanResponseHeaders(proxyRes.rawHeaders, { prefix, address, requestId })
  const clean: NodeJS.Dict<string | string[]> = {}
  for (let i = 0; i < flat.length; i += 2) {
    const name = (flat[i] ?? '').toLowerCase()
    const before = clean[name]
    clean[name] = before === undefined ? (flat[i + 1] ?? '') : [before, flat[i + 1] ?? ''].flat()
  }
  // The library needs to know how a body comes: it frames it again itself.
  if (proxyRes.statusCode === 101) Object.assign(clean, { connection, upgrade })
  else if (chunked !== undefined) clean['transfer-encoding'] = chunked
  proxyRes.headers = clean
}

export const ALLOWED_METHODS = 'GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS'

/** Answers on a bare socket, where there is no response object, and closes it. */
export function answerOnSocket(socket: Duplex, error: AppError, requestId: string): void {
  if (socket.destroyed || !socket.writable) return
  const body = JSON.stringify(toProblem(error, requestId))
  const lines = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status] ?? 'Error'}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ]
  if (error.kind === 'method_not_allowed') lines.push(`Allow: ${ALLOWED_METHODS}`)
  if (error.retryAfterSeconds !== undefined)
    lines.push(`Retry-After: ${Math.max(1, Math.ceil(error.retryAfterSeconds))}`)
  socket.end(`${lines.join('\r\n')}\r\n\r\n${body}`)
}
