import { rateLimited } from '@usms/service-kit/errors/app-error'
import { limitKeyOf } from '@usms/service-kit/http/limit-key'

/** Requests that wait for their client, by client address. */
export interface SlowClients {
  /** @throws AppError 429 when this address keeps as many waiting as it may */
  admit(ip: string): void
  /** One more. @returns how it ends, to be called once */
  enter(ip: string): () => void
}

/**
 * A body that trickles in and an answer that nobody reads are no work of the school: they hold no place in its lane, or one client
 * with as many sockets as the lane has places would keep everybody else out. What bounds them is this.
 */
export function createSlowClients(maxPerAddress: number): SlowClients {
  const waiting = new Map<string, number>()
  return {
    admit(ip) {
      // Hot path: nearly always nobody is slow.
      if (waiting.size === 0) return
      if ((waiting.get(limitKeyOf(ip)) ?? 0) >= maxPerAddress)
        throw rateLimited('Too many unfinished requests from your address', 5)
    },
    enter(ip) {
      const key = limitKeyOf(ip)
      waiting.set(key, (waiting.get(key) ?? 0) + 1)
      return () => {
        const left = (waiting.get(key) ?? 1) - 1
        if (left === 0) waiting.delete(key)
        else waiting.set(key, left)
      }
    },
  }
}
