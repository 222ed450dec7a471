import { Socket } from 'node:net'
import { Client } from 'pg'
import type { Logger } from 'pino'

/** An ACTIVE school as the directory's database knows it. */
export interface SchoolRow {
  schoolId: string
  code: string
  name: string
  listed: boolean
  subdomain: string | null
  /** host:port; null while it is not running. */
  address: string | null
  /** Grows with every start. */
  generation: number
}

export interface FeedTiming {
  retryMs: number
  connectTimeoutMs: number
  queryTimeoutMs: number
  probeEveryMs: number
  probeTimeoutMs: number
}

interface FeedDeps {
  databaseUrl: string
  log: Logger
  timing: FeedTiming
  /** All of them, after every connect. */
  onAll(rows: SchoolRow[]): void
  /** What these ids are now; those without a row are not ACTIVE. */
  onSome(ids: readonly string[], rows: SchoolRow[]): void
  /** What is known was just confirmed to be what the database says. */
  onConfirmed(): void
}

export interface RegistryFeed {
  /** Starts, and settles with whether the first attempt read everything; it goes on trying either way. */
  start(): Promise<boolean>
  /** Reads one school again. Settles when that is done, or could not be. */
  reread(schoolId: string): Promise<void>
  isConnected(): boolean
  close(): Promise<void>
}

const ACTIVE_SCHOOLS = `
  select t.id as "schoolId", t.code, t.name, t.listed, t.subdomain, r.address, coalesce(r.generation, 0) as generation
    from tenant t left join tenant_runtime r on r.tenant_id = t.id
   where t.status = 'ACTIVE'`

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/**
 * Follows the directory's database over one connection: LISTEN first, then read everything, then what is told. Whatever happens to
 * the connection, the answer is a new one and reading everything again, since nothing says what was missed.
 */
export function createRegistryFeed(deps: FeedDeps): RegistryFeed {
  const { databaseUrl, log, timing } = deps
  let session: Session | undefined
  let retry: NodeJS.Timeout | undefined
  let closed = false
  let failing = false

  async function connect(): Promise<boolean> {
    const opened = openSession(databaseUrl, timing)
    session = opened
    opened.client.on('notification', ({ payload = '' }) => {
      if (UUID.test(payload)) void readSoon(opened, payload)
    })
    opened.onEnd((error) => lost(opened, error))
    try {
      await opened.client.connect()
      await opened.query('listen registry')
      const rows = await opened.query(ACTIVE_SCHOOLS)
      if (opened.ended) return false
      deps.onAll(rows)
    } catch (error) {
      opened.end(error)
      return false
    }
    if (failing) log.info('the registry follows the database again')
    failing = false
    opened.ready = true
    void flush(opened)
    opened.probe = setInterval(() => void probe(opened), timing.probeEveryMs)
    opened.probe.unref()
    return true
  }

  function lost(ended: Session, error: unknown) {
    if (session !== ended || closed) return
    session = undefined
    if (!failing)
      log.warn(
        { err: error },
        'the registry lost the database; it serves what it knows and tries again',
      )
    failing = true
    retry = setTimeout(() => void connect(), timing.retryMs)
  }

  /** Many notifications of one school, or of many, become one query. */
  function readSoon(on: Session, schoolId: string): Promise<void> {
    on.pending.add(schoolId)
    on.batch ??= new Promise((resolve) => setImmediate(resolve)).then(() => flush(on))
    return on.batch
  }

  async function flush(on: Session): Promise<void> {
    on.batch = undefined
    // Before everything was read this would be overwritten by what is older.
    if (!on.ready || on.ended || on.pending.size === 0) return
    const ids = [...on.pending]
    on.pending.clear()
    try {
      const rows = await on.query(`${ACTIVE_SCHOOLS} and t.id = any($1::uuid[])`, [ids])
      if (!on.ended) deps.onSome(ids, rows)
    } catch (error) {
      on.end(error)
    }
  }

  /** A connection whose other end vanished looks like one on which nothing is told. */
  async function probe(on: Session) {
    const deadline = setTimeout(
      () => on.end(new Error('the database does not answer')),
      timing.probeTimeoutMs,
    )
    try {
      await on.query('select 1')
      if (!on.ended) deps.onConfirmed()
    } catch (error) {
      on.end(error)
    } finally {
      clearTimeout(deadline)
    }
  }

  return {
    start: connect,
    async reread(schoolId) {
      const on = session
      if (!on?.ready) return
      await Promise.race([readSoon(on, schoolId), on.whenEnded])
    },
    isConnected: () => session?.ready ?? false,
    async close() {
      closed = true
      clearTimeout(retry)
      const last = session
      last?.end(undefined)
      await last?.whenClosed
    },
  }
}

interface Session {
  client: Client
  ready: boolean
  ended: boolean
  pending: Set<string>
  batch: Promise<void> | undefined
  probe: NodeJS.Timeout | undefined
  /** Of no further use. */
  whenEnded: Promise<void>
  /** Its socket is gone too. */
  whenClosed: Promise<void>
  /** One statement after the other. */
  query(sql: string, values?: unknown[]): Promise<SchoolRow[]>
  onEnd(listener: (reason: unknown) => void): void
  end(reason: unknown): void
}

/** How long a connection may take to say goodbye: one whose other end vanished never does. */
const GOODBYE_MS = 250

/** One connection and the end of it: whichever of its failures comes first ends it, once, whether or not the other side still answers. */
function openSession(databaseUrl: string, timing: FeedTiming): Session {
  const socket = new Socket()
  let tellEnd: (reason: unknown) => void = () => {}
  const ended = Promise.withResolvers<void>()
  let turn: Promise<unknown> = Promise.resolve()
  const client = new Client({
    connectionString: databaseUrl,
    application_name: 'directory-registry',
    connectionTimeoutMillis: timing.connectTimeoutMs,
    query_timeout: timing.queryTimeoutMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    stream: () => socket,
  })
  const session: Session = {
    client,
    ready: false,
    ended: false,
    pending: new Set(),
    batch: undefined,
    probe: undefined,
    whenEnded: ended.promise,
    whenClosed: new Promise((resolve) => socket.once('close', () => resolve())),
    query(sql, values) {
      const result = turn.then(() => client.query<SchoolRow>(sql, values))
      turn = result.catch(() => {})
      return result.then(({ rows }) => rows)
    },
    onEnd: (listener) => (tellEnd = listener),
    end(reason) {
      if (session.ended) return
      session.ended = true
      session.ready = false
      clearInterval(session.probe)
      client.end().catch(() => {})
      setTimeout(() => socket.destroy(), GOODBYE_MS)
      ended.resolve()
      tellEnd(reason)
    },
  }
  client.on('error', session.end)
  client.on('end', () => session.end(new Error('the database closed the connection')))
  return session
}
