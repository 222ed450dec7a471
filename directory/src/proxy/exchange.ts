import type { ClientRequest, IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Readable } from 'node:stream'
import type { SchoolRoute } from '#src/modules/schools/registry.ts'
import type { Client } from './client-address.ts'
import { cleanRequestHeaders } from './header-hygiene.ts'
import type { Lane, Place } from './lane.ts'
import { announcedBytes, isChunked } from './request-body.ts'

/** A request with its school found. */
export interface Routed {
  route: SchoolRoute
  /** Within the school, query included. */
  path: string
  /** Under which path the client sees the school. */
  prefix: string
  client: Client
  requestId: string
  signIn: boolean
}

/** One request on its way through the router: what the library's events are matched with. */
export interface Exchange extends Routed {
  readonly method: string
  /** As they were received. */
  readonly received: IncomingHttpHeaders
  readonly startedAt: number
  /** GET and HEAD without a body: asking twice does no harm. */
  readonly replayable: boolean
  readonly lane: Lane
  place: Place | undefined
  /** Set while it is its client that is waited for: says that this has ended. */
  clientCaughtUp: (() => void) | undefined
  target: { protocol: 'http:'; hostname: string; port: number } | undefined
  /** The next attempt takes a connection that was never used. */
  fresh: boolean
  /** What was already tried once more. */
  retried: { staleSocket: boolean; misdirected: boolean }
  proxyReq: ClientRequest | undefined
  /** `forwarding` until the school's headers are there; `done` when the client has its answer or is gone. */
  state: 'forwarding' | 'answering' | 'done'
  /** Counts the body as it passes, where its length was not announced. */
  countedBody: Readable | undefined
  /** Bytes seen by the last look of the stall watch, and when they last grew. */
  bytes: number
  movedAt: number
  /** Where it stands in the stall watch; -1 when it does not. */
  watchedAt: number
}

const EXCHANGE = Symbol('exchange')

/** A request the router has taken. */
export type RoutedRequest = IncomingMessage & { [EXCHANGE]?: Exchange }

export const exchangeOf = (req: RoutedRequest): Exchange | undefined => req[EXCHANGE]

export function openExchange(req: RoutedRequest, routed: Routed, lane: Lane): Exchange {
  const method = req.method ?? ''
  const now = performance.now()
  const exchange: Exchange = {
    ...routed,
    method,
    received: req.headers,
    startedAt: now,
    replayable:
      (method === 'GET' || method === 'HEAD') && !isChunked(req) && announcedBytes(req) === 0,
    lane,
    place: undefined,
    clientCaughtUp: undefined,
    target: undefined,
    fresh: false,
    retried: { staleSocket: false, misdirected: false },
    proxyReq: undefined,
    state: 'forwarding',
    countedBody: undefined,
    bytes: 0,
    movedAt: now,
    watchedAt: -1,
  }
  req[EXCHANGE] = exchange
  return exchange
}

/** Makes the request what the school is to see; the proxy library copies it from there. */
export function dressRequest(
  req: RoutedRequest,
  exchange: Exchange,
  { address, upgrade }: { address: { host: string; port: number }; upgrade?: string },
): void {
  const { route, client, prefix, requestId } = exchange
  exchange.target = { protocol: 'http:', hostname: address.host, port: address.port }
  exchange.proxyReq = undefined
  exchange.bytes = 0
  exchange.movedAt = performance.now()
  req.url = exchange.path
  req.headers = cleanRequestHeaders(exchange.received, {
    trusted: client.trusted,
    upgrade,
    set: {
      clientIp: client.ip,
      proto: client.proto,
      prefix,
      code: route.code,
      hopSecret: route.hopSecret,
      requestId,
      address: addressText(address),
    },
  })
}

export const addressText = ({ host, port }: { host: string; port: number }): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** Nobody is there any more to be told anything. */
export const clientIsGone = (req: IncomingMessage, res: ServerResponse | Socket): boolean =>
  res.destroyed || req.socket.destroyed

/** What a log line about a request says. */
export const logFields = ({ route, requestId, method, path, startedAt }: Exchange) => ({
  school: route.code,
  requestId,
  method,
  path: path.split('?', 1)[0],
  durationMs: Math.round(performance.now() - startedAt),
})
