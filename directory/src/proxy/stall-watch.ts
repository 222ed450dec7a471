import type { ServerResponse } from 'node:http'
import type { Exchange, RoutedRequest } from './exchange.ts'
import type { RouterSettings } from './router-settings.ts'

export interface Watched {
  req: RoutedRequest
  exchange: Exchange
  res: ServerResponse
}

export interface StallWatch {
  add(watched: Watched): void
  remove(exchange: Exchange): void
  close(): void
}

/** So long a slow client may hold a place of a school. */
const LOOK_EVERY_MS = 250

/**
 * Finds requests on which nothing moves, by looking at all of them once in a while: no timer a request. Until a school's headers
 * are there only what is sent to it counts, so that a long upload is no stall and a trickle of header bytes is one.
 * @param onStalled is told once a request; one that still waits for its client's body is left to the server's own limits
 * @param onSlowClient is told at every look at a request that waits for its client: for its body, or for room to answer
 */
export function createStallWatch(
  {
    connectTimeoutMs,
    headersTimeoutMs,
    idleTimeoutMs,
  }: Pick<RouterSettings, 'connectTimeoutMs' | 'headersTimeoutMs' | 'idleTimeoutMs'>,
  onStalled: (watched: Watched) => void,
  onSlowClient: (watched: Watched) => void,
): StallWatch {
  // An array that is filled from its end, and no Map: the tables that a busy Map leaves behind keep each other and all that was in
  // them alive until a full collection, which made every small collection ten times as long.
  const all: Watched[] = []
  const everyMs = Math.min(
    LOOK_EVERY_MS,
    Math.max(20, Math.min(connectTimeoutMs, headersTimeoutMs, idleTimeoutMs) / 5),
  )

  function remove(exchange: Exchange) {
    const at = exchange.watchedAt
    if (at < 0) return
    exchange.watchedAt = -1
    const last = all.pop()
    if (!last || last.exchange === exchange) return
    all[at] = last
    last.exchange.watchedAt = at
  }

  function isStalled({ req, exchange }: Watched, now: number): boolean {
    const { proxyReq, state } = exchange
    const socket = proxyReq?.socket
    // What its client sends meanwhile is kept, and moves nothing.
    if (isConnecting(exchange)) return now - exchange.movedAt >= connectTimeoutMs
    const answering = state === 'answering'
    const bytes = (socket?.bytesWritten ?? 0) + (answering ? (socket?.bytesRead ?? 0) : 0)
    const waitsForClient = awaitsBody(req, exchange)
    if (bytes === exchange.bytes && !waitsForClient)
      return now - exchange.movedAt >= (answering ? idleTimeoutMs : headersTimeoutMs)
    exchange.bytes = bytes
    exchange.movedAt = now
    return false
  }

  const timer = setInterval(() => {
    const now = performance.now()
    for (const watched of all.filter(isSlowClient)) onSlowClient(watched)
    for (const watched of all.filter((one) => isStalled(one, now))) {
      remove(watched.exchange)
      onStalled(watched)
    }
  }, everyMs)
  timer.unref()
  return {
    add(watched) {
      if (watched.exchange.watchedAt >= 0) return
      watched.exchange.watchedAt = all.push(watched) - 1
    },
    remove,
    close: () => clearInterval(timer),
  }
}

/** Whether there is no connection to the school yet. */
export const isConnecting = ({ proxyReq }: Exchange): boolean =>
  proxyReq?.socket?.connecting === true

const awaitsBody = (req: RoutedRequest, { state, proxyReq }: Exchange): boolean =>
  state === 'forwarding' && !req.complete && !proxyReq?.writableNeedDrain

const isSlowClient = ({ req, exchange, res }: Watched): boolean =>
  exchange.state === 'answering' ? res.writableNeedDrain : awaitsBody(req, exchange)
