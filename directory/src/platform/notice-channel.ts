import type { Logger } from 'pino'
import { type DatabaseSession, openDatabaseSession } from './database-session.ts'

/** PostgreSQL takes payloads of fewer bytes than this. */
export const MAX_NOTICE_BYTES = 8_000

/** Speaks to other processes through a database, past its tables: what is said reaches who listens now, and is kept nowhere. */
export interface NoticeChannel {
  /** Resolves when it listens, or when the first attempt has failed; it goes on trying. */
  start(): Promise<void>
  /**
   * Says these, in this order, all or none.
   * @param payloads each below MAX_NOTICE_BYTES
   * @throws Error while there is no connection
   */
  notify(channel: string, payloads: readonly string[]): Promise<void>
  isConnected(): boolean
  close(): Promise<void>
}

interface ChannelDeps {
  databaseUrl: string
  applicationName: string
  /** The one it listens to. */
  channel: string
  log: Logger
  onNotice(payload: string): void
  /** Connected, for the first time or again: what was said in between is lost. */
  onConnected?: () => void
  onLost?: () => void
}

const RETRY_MIN_MS = 250
const RETRY_MAX_MS = 1_000

/** Holds one connection, which is made again for as long as it takes. */
export function createNoticeChannel(deps: ChannelDeps): NoticeChannel {
  const { databaseUrl, applicationName, channel, log, onNotice } = deps
  let session: DatabaseSession | undefined
  let retry: NodeJS.Timeout | undefined
  let retryMs = RETRY_MIN_MS
  let listens = false
  let closed = false

  async function connect(): Promise<void> {
    const opened = openDatabaseSession({ databaseUrl, applicationName, onNotice, onEnd: lost })
    session = opened
    try {
      await opened.connect()
      await opened.query(`listen ${channel}`)
    } catch {
      // `lost` has been told why.
      return
    }
    if (opened.hasEnded()) return
    retryMs = RETRY_MIN_MS
    listens = true
    deps.onConnected?.()
  }

  function lost(reason: Error | undefined) {
    const listened = listens
    listens = false
    if (listened) deps.onLost?.()
    if (closed) return
    log.warn({ err: reason, channel }, 'the connection for notices was lost; trying again')
    retry = setTimeout(() => void connect(), retryMs)
    retryMs = Math.min(retryMs * 2, RETRY_MAX_MS)
  }

  return {
    start: connect,
    async notify(to, payloads) {
      if (!session || !listens) throw new Error('the database cannot be reached')
      await session.query('select pg_notify($1, payload) from unnest($2::text[]) payload', [
        to,
        payloads,
      ])
    },
    isConnected: () => listens,
    async close() {
      closed = true
      clearTimeout(retry)
      session?.end()
      await session?.whenClosed
    },
  }
}
