import type pg from 'pg'
import { forPeople } from './failure-reason.ts'
import type { School } from './step.ts'

type Queryable = Pick<pg.ClientBase, 'query'>

/** @throws Error when the school is not there any more */
export async function readSchool(db: Queryable, schoolId: string): Promise<School> {
  const { rows } = await db.query<School>(
    `select id, code, name, timezone, locale, admin_email as "adminEmail", status,
            schema_level as "schemaLevel", release
       from tenant where id = $1`,
    [schoolId],
  )
  if (!rows[0]) throw new Error('The school is not there any more')
  return rows[0]
}

/** By what a school is to be started, and how it was last recorded. */
interface RunOrder {
  plan: string
  /** The one it is meant to run; null: whatever the runtime starts now. */
  release: string | null
  generation: number | null
  address: string | null
}

/** @throws Error when the school is not there any more */
export async function readRunOrder(db: Queryable, schoolId: string): Promise<RunOrder> {
  const { rows } = await db.query<RunOrder>(
    `select t.plan, t.release, r.generation, r.address
       from tenant t left join tenant_runtime r on r.tenant_id = t.id
      where t.id = $1`,
    [schoolId],
  )
  if (!rows[0]) throw new Error('The school is not there any more')
  return rows[0]
}

/** A new decision over a school: whoever decided earlier changes nothing any more. */
export async function nextGeneration(
  db: Queryable,
  schoolId: string,
): Promise<{ generation: number; port: number | null }> {
  const { rows } = await db.query<{ generation: number; port: number | null }>(
    `insert into tenant_runtime (tenant_id, generation, last_generation, updated_at)
     values ($1, 1, 1, now())
     on conflict (tenant_id) do update
        set generation = greatest(tenant_runtime.generation, tenant_runtime.last_generation) + 1,
            last_generation = greatest(tenant_runtime.generation, tenant_runtime.last_generation) + 1,
            updated_at = now()
     returning generation, port`,
    [schoolId],
  )
  if (!rows[0]) throw new Error('The decision was not stored')
  return rows[0]
}

/** A number for what is started beside the school: what runs now goes on being recorded under its own. */
export async function allocateGeneration(db: Queryable, schoolId: string): Promise<number> {
  const { rows } = await db.query<{ generation: number }>(
    `insert into tenant_runtime (tenant_id, last_generation, updated_at) values ($1, 1, now())
     on conflict (tenant_id) do update
        set last_generation = greatest(tenant_runtime.generation, tenant_runtime.last_generation) + 1
     returning last_generation as generation`,
    [schoolId],
  )
  if (!rows[0]) throw new Error('The decision was not stored')
  return rows[0].generation
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
      record.lastError && forPeople(record.lastError),
    ],
  )
}

/**
 * Records that the school is from now on what was started by this decision: routers are told by the commit.
 * @param release it is meant to run; null: whatever the runtime starts now
 * @throws Error when somebody newer has decided
 */
export async function recordSwitch(
  tx: Queryable,
  record: RuntimeRecord,
  release: string | null,
): Promise<void> {
  const { rowCount } = await tx.query(
    `update tenant_runtime
        set generation = $2, last_generation = greatest(last_generation, $2), updated_at = now()
      where tenant_id = $1 and generation <= $2`,
    [record.schoolId, record.generation],
  )
  if (rowCount === 0) throw new Error('A newer decision over this school stands')
  await recordRuntime(tx, record)
  await tx.query(
    `update tenant set release = $2, version = version + 1, updated_at = now()
      where id = $1 and release is distinct from $2`,
    [record.schoolId, release],
  )
}

/** Whether PostgreSQL was started anew within the last `ms` milliseconds, by its own clock. @throws when it does not answer */
export async function hasRestartedWithin(db: Queryable, ms: number): Promise<boolean> {
  const { rows } = await db.query<{ restarted: boolean }>(
    'select pg_postmaster_start_time() > now() - make_interval(secs => $1) as restarted',
    [ms / 1000],
  )
  return rows[0]?.restarted ?? false
}
