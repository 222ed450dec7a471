import type { Logger } from 'pino'
import type { Db } from '#src/db.ts'

export interface ActivityRecorder {
  /** Writes down what there is. Never throws: what could not be written is kept for the next time. */
  flush(): Promise<void>
  /** Writes down the last of it. */
  close(): Promise<void>
}

interface RecorderDeps {
  db: Db
  /** When requests last went to schools, by their ids (milliseconds since the epoch): of those with any since the last call. */
  take: () => Map<string, number>
  log: Logger
  everyMs?: number
}

/** What a closing directory waits for at most, when its database is away. */
const CLOSE_TIMEOUT_MS = 1_000

/** Writes down now and then when schools were last asked for something. The router itself asks no database. */
export function recordActivity({
  db,
  take,
  log,
  everyMs = 30_000,
}: RecorderDeps): ActivityRecorder {
  const pending = new Map<string, number>()
  let writing: Promise<void> | undefined

  async function write() {
    for (const [schoolId, at] of take()) pending.set(schoolId, at)
    if (pending.size === 0) return
    const written = [...pending]
    try {
      await upsertActivity(db, written)
    } catch (error) {
      log.warn({ err: error }, 'when schools were last used was not written down; tried again')
      return
    }
    for (const [schoolId, at] of written) if (pending.get(schoolId) === at) pending.delete(schoolId)
  }

  const flush = () => (writing ??= write().finally(() => (writing = undefined)))

  const timer = setInterval(() => void flush(), everyMs)

  return {
    flush,
    async close() {
      clearInterval(timer)
      let giveUp: NodeJS.Timeout | undefined
      const late = new Promise((resolve) => (giveUp = setTimeout(resolve, CLOSE_TIMEOUT_MS)))
      // One under way may have begun before the last requests.
      const last = (async () => {
        await writing
        await flush()
      })()
      await Promise.race([last, late])
      clearTimeout(giveUp)
    },
  }
}

/** One statement for all; several directories may write at once, and the latest counts. */
async function upsertActivity(db: Db, rows: readonly (readonly [string, number])[]) {
  const ids = rows.map(([schoolId]) => schoolId)
  const times = rows.map(([, at]) => new Date(at))
  // Only schools that are still there: one that was erased must leave no trace behind. In one order, so that two never wait for
  // each other.
  await db.$executeRaw`
    insert into tenant_activity (tenant_id, last_request_at)
    select t.id, seen.at
      from unnest(${ids}::uuid[], ${times}::timestamptz[]) as seen (id, at)
      join tenant t on t.id = seen.id and t.status <> 'ERASED'
     order by t.id
        on conflict (tenant_id) do update
       set last_request_at = greatest(tenant_activity.last_request_at, excluded.last_request_at)`
}
