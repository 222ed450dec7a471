import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { SCRUBBED_TABLES } from './erasure.queries.ts'

/** Milliseconds to wait for a table: whoever comes after us waits as long. */
const LOCK_TIMEOUT_MS = 300
const ROUNDS = 5
const PAUSE_MS = 1_000
const LOCK_NOT_AVAILABLE = '55P03'
/** What PostgreSQL says of rows that an open transaction could still see: they were copied along. */
const LEFT_IN = /\b[1-9]\d* dead row versions? cannot be removed yet/

// The planner's statistics hold values of rows too. Analysing makes them anew, and what they were before are deleted rows as well.
const STATEMENTS = new Map([
  ...SCRUBBED_TABLES.map((table) => [table, `vacuum (full, verbose, analyze) ${table}`] as const),
  ['pg_statistic', 'vacuum (full, verbose) pg_catalog.pg_statistic'],
])

/**
 * Writes tables anew, so that their files hold no row that was deleted or changed: VACUUM alone leaves the bytes where they were.
 * Each is locked for the milliseconds that takes.
 * @returns those that others used all the time, some seconds long
 */
export async function rewriteTables(pool: pg.Pool, signal: AbortSignal): Promise<string[]> {
  const client = await pool.connect()
  let leftIn = false
  client.on('notice', ({ detail }) => {
    leftIn ||= LEFT_IN.test(detail ?? '')
  })
  try {
    await client.query(`set lock_timeout = ${LOCK_TIMEOUT_MS}`)
    let tables = [...STATEMENTS.keys()]
    for (let round = 1; ; round++) {
      tables = await notRewritten(tables)
      if (tables.length === 0 || round === ROUNDS) return tables
      await sleep(PAUSE_MS, undefined, { signal })
    }
  } finally {
    // With its setting and its listener.
    client.release(true)
  }

  async function notRewritten(tables: readonly string[]): Promise<string[]> {
    const left: string[] = []
    for (const table of tables) {
      signal.throwIfAborted()
      if (!(await isRewritten(table))) left.push(table)
    }
    return left
  }

  async function isRewritten(table: string): Promise<boolean> {
    leftIn = false
    try {
      await client.query(STATEMENTS.get(table) ?? '')
      return !leftIn
    } catch (error) {
      if ((error as { code?: string }).code !== LOCK_NOT_AVAILABLE) throw error
      return false
    }
  }
}
