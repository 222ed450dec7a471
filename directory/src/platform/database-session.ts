import { Socket } from 'node:net'
import { Client } from 'pg'

/** One connection of its own, for what lives as long as a session does: LISTEN, a session's lock. */
export interface DatabaseSession {
  /** @throws Error when it cannot be had; `onEnd` has been told then too */
  connect(): Promise<void>
  /** One statement after the other. A failure ends the session: what it was kept for cannot be relied on any more. */
  query<Row extends object>(sql: string, values?: unknown[]): Promise<Row[]>
  hasEnded(): boolean
  end(reason?: Error): void
  /** Resolves when its socket is gone too: whatever the session held is free by then, unless the server cannot be reached. */
  whenClosed: Promise<void>
}

interface SessionDeps {
  databaseUrl: string
  applicationName: string
  /** `SET` for this session, by name. */
  settings?: Readonly<Record<string, string>>
  onNotice?: (payload: string) => void
  /** Once, whichever way it ends. */
  onEnd(reason: Error | undefined): void
}

const CONNECT_TIMEOUT_MS = 5_000
/** With PROBE_EVERY_MS less than what a server takes to give up a client that vanished, and more than our own process may stall. */
const QUERY_TIMEOUT_MS = 5_000
/** A connection whose other end vanished looks like one on which nothing is said. */
const PROBE_EVERY_MS = 3_000
/** How long a connection may take to say goodbye: one whose other end vanished never does. */
const GOODBYE_MS = 250

export function openDatabaseSession({
  databaseUrl,
  applicationName,
  settings = {},
  onNotice,
  onEnd,
}: SessionDeps): DatabaseSession {
  const socket = new Socket()
  let turn: Promise<unknown> = Promise.resolve()
  let probe: NodeJS.Timeout | undefined
  let ended = false
  const client = new Client({
    connectionString: databaseUrl,
    application_name: applicationName,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    query_timeout: QUERY_TIMEOUT_MS,
    keepAlive: true,
    stream: () => socket,
    options: Object.entries(settings)
      .map(([name, value]) => `-c ${name}=${value}`)
      .join(' '),
  })
  const session: DatabaseSession = {
    async connect() {
      try {
        await client.connect()
      } catch (error) {
        session.end(error as Error)
        throw error
      }
      if (ended) throw new Error('the session has ended')
      probe = setInterval(() => void session.query('select 1').catch(() => {}), PROBE_EVERY_MS)
    },
    query<Row extends object>(sql: string, values?: unknown[]) {
      const result = turn.then(async () => {
        if (ended) throw new Error('the session has ended')
        try {
          return (await client.query<Row>(sql, values)).rows
        } catch (error) {
          session.end(error as Error)
          throw error
        }
      })
      turn = result.catch(() => {})
      return result
    },
    hasEnded: () => ended,
    end(reason) {
      if (ended) return
      ended = true
      clearInterval(probe)
      client.removeAllListeners('notification')
      client.end().catch(() => {})
      const goodbye = setTimeout(() => socket.destroy(), GOODBYE_MS)
      socket.once('close', () => clearTimeout(goodbye))
      onEnd(reason)
    },
    whenClosed: new Promise((resolve) => socket.once('close', () => resolve())),
  }
  client.on('error', session.end)
  client.on('end', () => session.end(new Error('the database closed the connection')))
  client.on('notification', ({ payload }) => payload && onNotice?.(payload))
  return session
}
