import type pg from 'pg'

type Queryable = Pick<pg.ClientBase, 'query'>

/** One school as it is meant to be and as it was last recorded. */
export interface DesiredSchool {
  id: string
  code: string
  active: boolean
  /** What it is meant to run; null: whatever the runtime starts now. */
  release: string | null
  /** An operation on it is unfinished: only that one may touch it. */
  busy: boolean
  generation: number | null
  address: string | null
}

/**
 * Schools that run, should run or stand recorded as running; those first that were asked for last.
 * @param observedIds of those that the runtime knows
 * @param only of those that are asked about; null: of all
 */
export async function readDesired(
  db: Queryable,
  observedIds: readonly string[],
  only: readonly string[] | null,
): Promise<DesiredSchool[]> {
  const { rows } = await db.query<DesiredSchool>(
    `select t.id, t.code, t.status = 'ACTIVE' as active, t.release, r.generation, r.address,
            exists (select from operation o
                     where o.tenant_id = t.id and o.status in ('QUEUED', 'RUNNING')) as busy
       from tenant t
       left join tenant_runtime r on r.tenant_id = t.id
       left join tenant_activity a on a.tenant_id = t.id
      where (t.status = 'ACTIVE' or r.address is not null or t.id = any($1::uuid[]))
        and ($2::uuid[] is null or t.id = any($2::uuid[]))
      order by a.last_request_at desc nulls last, t.created_at`,
    [observedIds, only],
  )
  return rows
}

/** Whether an operation on the school is unfinished. */
export async function isBusy(db: Queryable, schoolId: string): Promise<boolean> {
  const { rowCount } = await db.query(
    `select from operation where tenant_id = $1 and status in ('QUEUED', 'RUNNING') limit 1`,
    [schoolId],
  )
  return rowCount !== 0
}

/**
 * Schools of which the runtime may keep something: a suspended one its secrets, for example. An archived or erased one only as long as
 * an operation still works on it.
 */
export async function readOwnedSchools(db: Queryable): Promise<Set<string>> {
  const { rows } = await db.query<{ id: string }>(
    `select t.id from tenant t
      where t.status not in ('ARCHIVED', 'ERASED')
         or exists (select from operation o
                     where o.tenant_id = t.id and o.status in ('QUEUED', 'RUNNING'))`,
  )
  return new Set(rows.map(({ id }) => id))
}

/** Of every school that ever ran: the generation by which it does. */
export async function readGenerations(db: Queryable): Promise<Map<string, number>> {
  const { rows } = await db.query<{ id: string; generation: number }>(
    'select tenant_id as id, generation from tenant_runtime',
  )
  return new Map(rows.map(({ id, generation }) => [id, generation]))
}

/** undefined: there is no such school, or nothing of it any more. */
export async function findCode(db: Queryable, schoolId: string): Promise<string | undefined> {
  const { rows } = await db.query<{ code: string }>(
    `select code from tenant where id = $1 and status <> 'ERASED'`,
    [schoolId],
  )
  return rows[0]?.code
}

/** Takes addresses away at which nothing listens, all at once: the router must not send requests there. */
export async function clearAddresses(
  db: Queryable,
  schools: readonly { id: string; generation: number | null }[],
): Promise<void> {
  if (schools.length === 0) return
  await db.query(
    `update tenant_runtime r
        set address = null, internal_address = null, started_at = null, updated_at = now()
       from unnest($1::uuid[], $2::int[]) as stale (id, generation)
      where r.tenant_id = stale.id and r.generation = stale.generation`,
    [schools.map(({ id }) => id), schools.map(({ generation }) => generation)],
  )
}
