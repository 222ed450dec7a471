import type pg from 'pg'
import type { Removed } from '#src/runtime/school-runtime.ts'
import type { Certificate } from './certificate.ts'
import type { ClaimedOperation } from './operation-store.ts'
import { readRemoved, together } from './operation-input.ts'

type Queryable = Pick<pg.ClientBase, 'query'>
type OfSchool = Pick<ClaimedOperation, 'id' | 'tenantId'>

/** What the school's other operations have removed: archiving it, and erasing it in vain. */
export async function readOthersRemoved(db: Queryable, operation: OfSchool): Promise<Removed[]> {
  const { rows } = await db.query<{ input: unknown }>(
    'select input from operation where tenant_id = $1 and id <> $2 order by created_at',
    [operation.tenantId, operation.id],
  )
  return together(...rows.map(({ input }) => readRemoved(input)))
}

/** Of `operation_event` and `operation_step`: those of the school's other operations. What this one says names nobody. */
const OF_OTHERS = 'operation_id in (select id from operation where tenant_id = $1 and id <> $2)'

/** What tells of people leaves the school's row; its code stays taken for ever. */
const SCRUBBED = `name = code, plan = default, subdomain = null, timezone = default, locale = default, admin_email = null,
  group_name = null, listed = false, schema_level = null, release = null, version = version + 1, updated_at = now()`

export async function scrubSchool(tx: Queryable, { id, tenantId }: OfSchool): Promise<void> {
  const both = [tenantId, id]
  await tx.query(`delete from operation_event where ${OF_OTHERS}`, both)
  await tx.query(
    `update operation_step set error = null where error is not null and ${OF_OTHERS}`,
    both,
  )
  await tx.query(
    `update operation set input = '{}', error = null where tenant_id = $1 and id <> $2`,
    both,
  )
  await tx.query('delete from tenant_runtime where tenant_id = $1', [tenantId])
  await tx.query('delete from tenant_activity where tenant_id = $1', [tenantId])
  await tx.query(`update tenant set ${SCRUBBED} where id = $1`, [tenantId])
}

/** Tables that hold something of schools besides ids, with their statistics. */
export const SCRUBBED_TABLES = [
  'tenant',
  'tenant_runtime',
  'tenant_activity',
  'tenant_secret',
  'operation',
  'operation_step',
  'operation_event',
] as const

/** What scrubbing and deleting have left. */
export async function countRemains(
  db: Queryable,
  { id, tenantId }: OfSchool,
): Promise<{ secrets: number; records: number }> {
  const { rows } = await db.query<{ secrets: number; records: number }>(
    `select (select count(*) from tenant_secret where tenant_id = $1)::int as secrets,
            ((select count(*) from operation_event where ${OF_OTHERS})
           + (select count(*) from operation_step where error is not null and ${OF_OTHERS})
           + (select count(*) from operation
               where tenant_id = $1 and id <> $2 and (input <> '{}' or error is not null))
           + (select count(*) from tenant_runtime where tenant_id = $1)
           + (select count(*) from tenant
               where id = $1 and (name <> code or num_nonnulls(admin_email, subdomain, group_name) > 0)))::int
              as records`,
    [tenantId, id],
  )
  if (!rows[0]) throw new Error('What is left was not counted')
  return rows[0]
}

/** Who asked for this, and when the school was archived. */
export async function readRequest(
  db: Queryable,
  { id, tenantId }: OfSchool,
): Promise<Pick<Certificate, 'requestedBy' | 'archivedAt'>> {
  const { rows } = await db.query<{ requestedBy: string | null; archivedAt: Date | null }>(
    `select requested_by_id as "requestedBy",
            (select max(finished_at) from operation
              where tenant_id = $2 and kind = 'ARCHIVE' and status = 'SUCCEEDED') as "archivedAt"
       from operation where id = $1`,
    [id, tenantId],
  )
  const request = rows[0]
  return {
    requestedBy: request?.requestedBy ?? null,
    archivedAt: request?.archivedAt?.toISOString() ?? null,
  }
}

export async function hasCertificate(db: Queryable, schoolId: string): Promise<boolean> {
  const { rowCount } = await db.query('select from erasure_certificate where tenant_id = $1', [
    schoolId,
  ])
  return rowCount === 1
}

/** @throws Error when the school is not archived any more */
export async function issueCertificate(
  tx: Queryable,
  { id, tenantId }: OfSchool,
  document: Certificate,
): Promise<void> {
  const { rowCount } = await tx.query(
    // Scrubbed again: the owner may have changed the row meanwhile.
    `update tenant set status = 'ERASED', ${SCRUBBED} where id = $1 and status = 'ARCHIVED'`,
    [tenantId],
  )
  if (rowCount === 0) throw new Error('The school is not archived any more')
  await tx.query(
    'insert into erasure_certificate (tenant_id, issued_at, document) values ($1, $2, $3)',
    [tenantId, document.erasedAt, JSON.stringify(document)],
  )
  await tx.query(`update operation set input = '{}' where id = $1`, [id])
}
