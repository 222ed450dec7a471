import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError } from '@usms/service-kit/errors/app-error'
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
import type { Limits } from './limits.ts'
import { schoolNotFound } from './parse-target.ts'
import { refuse } from './refuse.ts'
import { announcedBytes, countedBody, isChunked } from './request-body.ts'
import type { RouterSettings } from './router-settings.ts'
import type { ProxyEvents, SchoolProxy } from './school-proxy.ts'
import {
  schoolTimeout,
  schoolUnavailable,
  schoolUnreachable,
  bodyTooLarge,
} from './school-errors.ts'
import { createSlowClients } from './slow-clients.ts'
import { createStallWatch, isConnecting, type Watched } from './stall-watch.ts'

interface ForwardingDeps {
  registry: Pick<Registry, 'reread'>
  log: Logger
  settings: RouterSettings
  limits: Limits
  lanes: Lanes
  proxy: () => SchoolProxy
}

export interface Forwarding extends Pick<ProxyEvents, 'onResponse' | 'onEnd' | 'onError'> {
  forward(req: IncomingMessage, res: ServerResponse, routed: Routed): void
  close(): void
}

/** Ordinary requests: a place in the school's lane, attempts, and what each end of an attempt means for the client. */
export function createForwarding({
  registry,
  log,
  settings,
  limits,
  lanes,
  proxy,
}: ForwardingDeps): Forwarding {
  const { bodyLimitBytes } = settings
  const slowClients = createSlowClients(settings.slowPerClient)
  const watch = createStallWatch(settings, onStalled, onSlowClient)

  function forward(req: RoutedRequest, res: ServerResponse, routed: Routed) {
    slowClients.admit(routed.client.ip)
    if (announcedBytes(req) > bodyLimitBytes)
      return refuse(req, res, bodyTooLarge(bodyLimitBytes), routed.requestId)
    const lane = lanes.of(routed.route.schoolId)
    const exchange = openExchange(req, routed, lane)
    if (!routed.route.address || !lane.breaker.allows())
      return fail(req, res, exchange, schoolUnavailable())
    res.once('close', () => settle(exchange))
    const place = lane.enter(
      () => attempt(req, res, exchange),
      () => fail(req, res, exchange, schoolUnavailable()),
    )
    if (!place) return fail(req, res, exchange, schoolUnavailable())
    exchange.place = place
    // It may have failed on the spot.
    if (hasSettled(exchange)) place.leave()
  }

  function attempt(req: RoutedRequest, res: ServerResponse, exchange: Exchange) {
    if (hasSettled(exchange)) return
    // Suspended while it waited.
    if (exchange.lane.isClosed()) return fail(req, res, exchange, schoolNotFound())
    const { address } = exchange.route
    if (!address) return fail(req, res, exchange, schoolUnavailable())
    dressRequest(req, exchange, { address })
    if (isChunked(req) && !exchange.countedBody)
      exchange.countedBody = countedBody(req, bodyLimitBytes, () => {
        fail(req, res, exchange, bodyTooLarge(bodyLimitBytes))
        exchange.proxyReq?.destroy()
      })
    watch.add({ req, res, exchange })
    exchange.lane.forwardedAt = Date.now()
    proxy().forward(req, res)
  }

  /** The client has its answer or is gone: whatever the library still reports of this request is old news. */
  function settle(exchange: Exchange) {
    if (hasSettled(exchange)) return
    exchange.state = 'done'
    watch.remove(exchange)
    exchange.place?.leave()
    exchange.clientCaughtUp?.()
    if (log.isLevelEnabled('debug')) log.debug(logFields(exchange), 'request to school')
  }

  function fail(req: RoutedRequest, res: ServerResponse, exchange: Exchange, error: AppError) {
    if (res.headersSent) res.destroy()
    else refuse(req, res, error, exchange.requestId)
    settle(exchange)
  }

  function onResponse(proxyRes: IncomingMessage, req: RoutedRequest, res: ServerResponse) {
    const exchange = exchangeOf(req)
    if (!exchange || exchange.state !== 'forwarding') return void proxyRes.resume()
    const status = proxyRes.statusCode ?? 502
    if (status === 421) return misdirected(proxyRes, req, res, exchange)
    const { lane, route, client } = exchange
    lane.breaker.succeeded()
    if (exchange.signIn && (status === 401 || status === 403))
      limits.signInFailed(route.schoolId, client.ip)
    const isStream = proxyRes.headers['content-type']?.startsWith('text/event-stream') === true
    if (isStream && !lane.mayUpgrade()) {
      fail(req, res, exchange, schoolUnavailable())
      return void exchange.proxyReq?.destroy()
    }
    exchange.state = 'answering'
    // Before the library's own listener, which takes the client with it.
    proxyRes.once('error', (error) => onError(error, req, res))
    const headers = cleanResponseHeaders(proxyRes.rawHeaders, {
      prefix: exchange.prefix,
      address: route.address ? addressText(route.address) : '',
      requestId: exchange.requestId,
    })
    try {
      res.writeHead(status, headers)
    } catch (error) {
      // What the parser lets through is not all that may be sent.
      log.warn(
        { ...logFields(exchange), err: error },
        'a school answered with headers that cannot be sent',
      )
      proxyRes.resume()
      return fail(req, res, exchange, schoolUnreachable())
    }
    // An answer of unknown length may be one that goes on for long: its headers do not wait for its first byte.
    if (proxyRes.headers['content-length'] === undefined) res.flushHeaders()
    if (isStream) {
      // It may stay for hours, and is counted with the upgraded sockets instead.
      lane.keepOpen(res)
      exchange.place?.leave()
    }
    proxyRes.pipe(res)
  }

  /**
   * Somebody else lives at this address now. The body has gone there and nowhere else: only a request without one is sent again.
   */
  function misdirected(
    proxyRes: IncomingMessage,
    req: RoutedRequest,
    res: ServerResponse,
    exchange: Exchange,
  ) {
    log.warn(logFields(exchange), 'the address of a school answers for another one')
    const closed = new Promise((resolve) => proxyRes.once('close', resolve))
    proxyRes.resume()
    const reread = registry.reread(exchange.route.schoolId)
    if (!exchange.replayable || exchange.retried.misdirected)
      return fail(req, res, exchange, schoolUnavailable())
    exchange.retried.misdirected = true
    void Promise.all([reread, closed]).then(([route]) => {
      if (exchange.state !== 'forwarding') return
      if (!route) return fail(req, res, exchange, schoolNotFound())
      exchange.route = route
      attempt(req, res, exchange)
    })
  }

  function onError(error: Error, req: RoutedRequest, res: ServerResponse) {
    const exchange = exchangeOf(req)
    if (!exchange || exchange.state === 'done') return
    if (clientIsGone(req, res)) return settle(exchange)
    if (exchange.state === 'answering') {
      log.warn({ ...logFields(exchange), err: error }, 'a school broke off its answer')
      return fail(req, res, exchange, schoolUnreachable())
    }
    // A kept connection that the school had just closed says nothing about the school.
    if (exchange.replayable && exchange.proxyReq?.reusedSocket && !exchange.retried.staleSocket) {
      exchange.retried.staleSocket = true
      exchange.fresh = true
      return attempt(req, res, exchange)
    }
    exchange.lane.breaker.failed()
    log.warn({ ...logFields(exchange), err: error }, 'a school is unreachable')
    fail(req, res, exchange, schoolUnreachable())
  }

  function onStalled({ req, res, exchange }: Watched) {
    const { proxyReq, state, lane } = exchange
    // Reported by the library as any other connection that could not be made.
    if (isConnecting(exchange)) return void proxyReq?.destroy(new Error('no connection in time'))
    const unread = state === 'answering' && res.writableNeedDrain
    if (unread) log.info(logFields(exchange), 'a client does not read its answer')
    else {
      log.warn(
        logFields(exchange),
        state === 'answering' ? 'a school stalled in its answer' : 'a school does not answer',
      )
      lane.breaker.failed()
    }
    fail(req, res, exchange, schoolTimeout())
    proxyReq?.destroy()
  }

  function onSlowClient({ req, res, exchange }: Watched) {
    if (exchange.clientCaughtUp || hasSettled(exchange)) return
    const { client, place } = exchange
    try {
      slowClients.admit(client.ip)
    } catch (error) {
      fail(req, res, exchange, error as AppError)
      return void exchange.proxyReq?.destroy()
    }
    exchange.clientCaughtUp = slowClients.enter(client.ip)
    place?.leave()
  }

  return {
    forward,
    onResponse,
    onEnd(req) {
      const exchange = exchangeOf(req)
      if (exchange?.state !== 'answering') return
      // The school is done; how fast the client reads the rest is not its affair.
      watch.remove(exchange)
      exchange.place?.leave()
    },
    onError,
    close: watch.close,
  }
}

const hasSettled = (exchange: Exchange) => exchange.state === 'done'
