import type { ServerResponse } from 'node:http'
import type { Exchange, RoutedRequest } from './exchange.ts'
import type { RouterSettings } from './router-settings.ts'

interface Watched {
  exchange: Exchange
  res: ServerResponse
}

export interface StallWatch {
  add(req: RoutedRequest, watched: Watched): void
  remove(req: RoutedRequest): void
  close(): void
}

/**
 * Finds requests on which nothing moves, by looking at all of them once in a while: no timer a request. Until a school's headers
 * are there only what is sent to it counts, so that a long upload is no stall and a trickle of header bytes is one.
 * @param onStalled is told once a request; one that still waits for its client's body is left to the server's own limits
 */
export function createStallWatch(
  { headersTimeoutMs, idleTimeoutMs }: Pick<RouterSettings, 'headersTimeoutMs' | 'idleTimeoutMs'>,
  onStalled: (req: RoutedRequest, watched: Watched) => void,
): StallWatch {
  const watchedRequests = new Map<RoutedRequest, Watched>()
  const everyMs = Math.min(1_000, Math.max(20, Math.min(headersTimeoutMs, idleTimeoutMs) / 5))

  function look() {
    const now = performance.now()
    for (const [req, watched] of watchedRequests) {
      const { exchange } = watched
      const { proxyReq, state } = exchange
      const socket = proxyReq?.socket
      const answering = state === 'answering'
      const bytes = (socket?.bytesWritten ?? 0) + (answering ? (socket?.bytesRead ?? 0) : 0)
      const waitsForClient = !answering && !req.complete && !proxyReq?.writableNeedDrain
      if (bytes !== exchange.bytes || waitsForClient) {
        exchange.bytes = bytes
        exchange.movedAt = now
      } else if (now - exchange.movedAt >= (answering ? idleTimeoutMs : headersTimeoutMs)) {
        watchedRequests.delete(req)
        onStalled(req, watched)
      }
    }
  }

  const timer = setInterval(look, everyMs)
  timer.unref()
  return {
    add: (req, watched) => void watchedRequests.set(req, watched),
    remove: (req) => void watchedRequests.delete(req),
    close: () => clearInterval(timer),
  }
}
