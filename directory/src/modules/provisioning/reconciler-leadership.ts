import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type DatabaseSession, openDatabaseSession } from '#src/platform/database-session.ts'

/** Of all provisioners on one directory database one leads; the others wait for its end. */
export interface Leadership {
  /**
   * Resolves when this process leads.
   * @throws Error when the database cannot be reached, when another led for all of `withinMs`, or the signal's reason
   */
  gain(withinMs?: number, signal?: AbortSignal): Promise<void>
  /** Not while the connection is lost: somebody else may lead by now. */
  holds(): boolean
  close(): Promise<void>
}

interface LeadershipDeps {
  databaseUrl: string
  log: Logger
  /** It was lost with the connection, and nobody else has taken it. */
  onRegained(): void
  /** Somebody else has taken it meanwhile: what is done here must end. */
  onOusted(): void
}

/** Any two numbers; no other lock of ours has them. */
const LOCK = [7_301, 1] as const
const WAIT_MS = 500
/** Sooner than those who wait look: the one that has led until now goes on. */
const RECONNECT_MS = 100
/** The server lets go of the lock of a machine that vanished within some 11 s. */
const KEEPALIVE = {
  tcp_keepalives_idle: '5',
  tcp_keepalives_interval: '2',
  tcp_keepalives_count: '3',
}

/** The lead is a lock of a database session: it is free as soon as the process ends, whichever way. */
export function createLeadership({
  databaseUrl,
  log,
  onRegained,
  onOusted,
}: LeadershipDeps): Leadership {
  const applicationName = `provisioner-lead ${randomUUID()}`
  let session: DatabaseSession | undefined
  let held = false
  let hasLed = false
  let closed = false
  let retry: NodeJS.Timeout | undefined
  let gained: (() => void) | undefined
  let refused: ((error: Error) => void) | undefined

  async function attempt(): Promise<void> {
    const opened = openDatabaseSession({
      databaseUrl,
      applicationName,
      settings: KEEPALIVE,
      onEnd: lost,
    })
    session = opened
    try {
      await opened.connect()
    } catch (error) {
      refused?.(error as Error)
      return
    }
    refused = undefined
    try {
      await takeLock(opened)
    } catch (error) {
      // `lost` tries again.
      log.debug({ err: error }, 'who leads could not be found out')
    }
  }

  async function takeLock(on: DatabaseSession): Promise<void> {
    for (let waits = 0; !on.hasEnded(); waits++) {
      const [row] = await on.query<{ held: boolean }>(
        'select pg_try_advisory_lock($1, $2) as held',
        [...LOCK],
      )
      if (closed) return
      if (row?.held) return lead()
      // A session of ours whose connection broke may still hold it on the server.
      if (await endOwnSession(on)) continue
      if (hasLed) return oust()
      if (waits === 0) log.info('another provisioner works on this database; waiting for its end')
      await sleep(WAIT_MS)
    }
  }

  async function endOwnSession(on: DatabaseSession): Promise<boolean> {
    const ended = await on.query(
      `select pg_terminate_backend(a.pid, 2000)
         from pg_locks l join pg_stat_activity a using (pid)
        where l.locktype = 'advisory' and l.granted and l.objsubid = 2
          and l.classid = $1::int::oid and l.objid = $2::int::oid
          and l.database = (select oid from pg_database where datname = current_database())
          and a.application_name = $3 and a.pid <> pg_backend_pid()`,
      [...LOCK, applicationName],
    )
    return ended.length > 0
  }

  function lead() {
    held = true
    const again = hasLed
    hasLed = true
    gained?.()
    if (!again) return
    log.info('leads again')
    onRegained()
  }

  function oust() {
    closed = true
    session?.end()
    log.error('another provisioner has taken over while the database could not be reached')
    onOusted()
  }

  function lost(reason: Error | undefined) {
    const led = held
    held = false
    if (closed) return
    if (led) log.warn({ err: reason }, 'nothing is reconciled until the connection is there again')
    retry = setTimeout(() => void attempt(), RECONNECT_MS)
  }

  return {
    async gain(withinMs, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      gained = resolve
      refused = reject
      const timer =
        withinMs === undefined
          ? undefined
          : setTimeout(() => reject(new Error(ANOTHER_LEADS)), withinMs)
      const abort = () => reject(signal?.reason as Error)
      signal?.addEventListener('abort', abort)
      void attempt()
      await promise.finally(() => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', abort)
      })
    },
    holds: () => held,
    async close() {
      closed = true
      clearTimeout(retry)
      session?.end()
      await session?.whenClosed
    },
  }
}

const ANOTHER_LEADS = 'Another provisioner works on this database'
