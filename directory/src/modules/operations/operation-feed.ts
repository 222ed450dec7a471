import type { Logger } from 'pino'
import { Client } from 'pg'

/** Wakes whoever waits for news of an operation. It carries no news: the woken read the database. */
export interface OperationFeed {
  start(): Promise<void>
  /** @returns ends the subscription */
  subscribe(operationId: string, wake: () => void): () => void
  close(): Promise<void>
}

const RETRY_MIN_MS = 250
const RETRY_MAX_MS = 1_000

/**
 * One connection LISTENs for every event stream there is. After it was lost everybody is woken, since what was announced in
 * the meantime is gone.
 */
export function createOperationFeed({
  databaseUrl,
  log,
}: {
  databaseUrl: string
  log: Logger
}): OperationFeed {
  const subscribers = new Map<string, Set<() => void>>()
  let client: Client | undefined
  let retry: NodeJS.Timeout | undefined
  let retryMs = RETRY_MIN_MS
  let closed = false

  const wake = (operationId: string) => subscribers.get(operationId)?.forEach((call) => call())

  async function connect(): Promise<void> {
    const next = new Client({
      connectionString: databaseUrl,
      application_name: 'directory-operations',
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    })
    client = next
    // Both come for one loss, and `error` also while connecting: only the first counts.
    const lost = once((reason?: Error) => {
      if (client === next) client = undefined
      next.removeAllListeners('notification')
      void next.end().catch(() => {})
      if (closed) return
      log.warn({ err: reason }, 'the connection that announces operations was lost; trying again')
      retry = setTimeout(() => void connect(), retryMs)
      retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)
    })
    next.on('error', lost)
    next.on('end', () => lost())
    next.on('notification', ({ payload }) => payload && wake(payload))
    try {
      await next.connect()
      await next.query('LISTEN operation')
      retryMs = RETRY_MIN_MS
      for (const operationId of subscribers.keys()) wake(operationId)
    } catch (error) {
      lost(error as Error)
    }
  }

  return {
    start: connect,
    subscribe(operationId, call) {
      const calls = subscribers.get(operationId) ?? new Set()
      subscribers.set(operationId, calls.add(call))
      return () => {
        calls.delete(call)
        if (calls.size === 0 && subscribers.get(operationId) === calls)
          subscribers.delete(operationId)
      }
    },
    async close() {
      closed = true
      clearTimeout(retry)
      await client?.end()
    },
  }
}

function once<A extends unknown[]>(call: (...args: A) => void): (...args: A) => void {
  let called = false
  return (...args) => {
    if (called) return
    called = true
    call(...args)
  }
}
