import type pg from 'pg'
import type { School } from './step.ts'

type Queryable = Pick<pg.ClientBase, 'query'>

/** @throws Error when the school is not there any more */
export async function readSchool(db: Queryable, schoolId: string): Promise<School> {
  const { rows } = await db.query<School>(
    `select id, code, name, timezone, locale, admin_email as "adminEmail", status,
            schema_level as "schemaLevel"
       from tenant where id = $1`,
    [schoolId],
  )
  if (!rows[0]) throw new Error('The school is not there any more')
  return rows[0]
}

/** One school as it is meant to be and as it was last recorded. */
export interface DesiredSchool {
  id: string
  code: string
  active: boolean
  /** An operation on it is unfinished: only that one may touch it. */
  busy: boolean
  generation: number | null
  address: string | null
}

/**
 * Schools that run, should run or stand recorded as running.
 * @param observedIds of those that the runtime knows
 * @param only of those that are asked about; null: of all
 */
export async function readDesired(
  db: Queryable,
  observedIds: readonly string[],
  only: readonly string[] | null,
): Promise<DesiredSchool[]> {
  const { rows } = await db.query<DesiredSchool>(
    `select t.id, t.code, t.status = 'ACTIVE' as active, r.generation, r.address,
            exists (select from operation o
                     where o.tenant_id = t.id and o.status in ('QUEUED', 'RUNNING')) as busy
       from tenant t left join tenant_runtime r on r.tenant_id = t.id
      where (t.status = 'ACTIVE' or r.address is not null or t.id = any($1::uuid[]))
        and ($2::uuid[] is null or t.id = any($2::uuid[]))
      order by t.created_at`,
    [observedIds, only],
  )
  return rows
}

/** A new decision over a school: whoever decided earlier changes nothing any more. */
export async function nextGeneration(
  db: Queryable,
  schoolId: string,
): Promise<{ generation: number; port: number | null }> {
  const { rows } = await db.query<{ generation: number; port: number | null }>(
    `insert into tenant_runtime (tenant_id, generation, updated_at) values ($1, 1, now())
     on conflict (tenant_id) do update
        set generation = tenant_runtime.generation + 1, updated_at = now()
     returning generation, port`,
    [schoolId],
  )
  if (!rows[0]) throw new Error('The decision was not stored')
  return rows[0]
}

export interface RuntimeRecord {
  schoolId: string
  generation: number
  address: string | null
  internalAddress: string | null
  port: number | null
  release: string
  startedAt: Date | null
  lastError: string | null
}

/** Records where a school runs, unless a newer decision stands or it is recorded already. */
export async function recordRuntime(db: Queryable, record: RuntimeRecord): Promise<void> {
  await db.query(
    `update tenant_runtime
        set address = $3, internal_address = $4, port = coalesce($5, port), release = $6,
            started_at = $7, last_error = $8, updated_at = now()
      where tenant_id = $1 and generation = $2
        and (address, internal_address, port, release, started_at, last_error)
            is distinct from ($3, $4, coalesce($5, port), $6, $7::timestamptz(3), $8)`,
    [
      record.schoolId,
      record.generation,
      record.address,
      record.internalAddress,
      record.port,
      record.release,
      record.startedAt,
      record.lastError,
    ],
  )
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
