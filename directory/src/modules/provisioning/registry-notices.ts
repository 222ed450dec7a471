import pg from 'pg'
import type { Logger } from 'pino'

export interface RegistryNotices {
  close(): Promise<void>
}

interface NoticesDeps {
  databaseUrl: string
  log: Logger
  /** A school's row was changed. */
  onSchool(schoolId: string): void
  /** Connected, for the first time or again: what was announced in between is not known. */
  onConnected(): void
}

const RETRY_MS = 250
const MAX_RETRY_MS = 1_000

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** Listens for changes of the registry on a connection of its own, which is made again for as long as it takes. */
export function followRegistry({
  databaseUrl,
  log,
  onSchool,
  onConnected,
}: NoticesDeps): RegistryNotices {
  let client: pg.Client | undefined
  let retry: NodeJS.Timeout | undefined
  let retryMs = RETRY_MS
  let closed = false

  async function connect(): Promise<void> {
    const next = new pg.Client({
      connectionString: databaseUrl,
      application_name: 'provisioner-registry',
      connectionTimeoutMillis: 3_000,
      keepAlive: true,
    })
    client = next
    let isLost = false
    const lost = (error?: Error) => {
      if (isLost) return
      isLost = true
      void next.end().catch(() => {})
      if (closed) return
      log.warn({ err: error }, 'the connection that announces changes was lost; trying again')
      retry = setTimeout(() => void connect(), retryMs)
      retryMs = Math.min(retryMs * 2, MAX_RETRY_MS)
    }
    next.on('error', lost)
    next.on('end', () => lost())
    // Anybody who may connect may notify: what is no id would fail the look at all the others.
    next.on('notification', ({ payload }) => {
      if (payload && UUID.test(payload)) onSchool(payload)
    })
    try {
      await next.connect()
      await next.query('listen registry')
      retryMs = RETRY_MS
      onConnected()
    } catch (error) {
      lost(error as Error)
    }
  }

  void connect()
  return {
    async close() {
      closed = true
      clearTimeout(retry)
      await client?.end().catch(() => {})
    },
  }
}
