import type pg from 'pg'
import { type OperationKind, STEPS_OF } from '#src/modules/operations/operation-kinds.ts'

/** Rows as the owner API writes them, and what has become of them. */

export interface TestSchool {
  id: string
  code: string
}

export async function addSchool(
  pool: pg.Pool,
  code: string,
  status: string = 'PROVISIONING',
): Promise<TestSchool> {
  const { rows } = await pool.query<TestSchool>(
    `insert into tenant (code, name, status, admin_email)
     values ($1, 'School ' || $1, $2::"TenantStatus", 'office@example.org') returning id, code`,
    [code, status],
  )
  if (!rows[0]) throw new Error('the school was not stored')
  return rows[0]
}

export async function requestWork(
  pool: pg.Pool,
  tenantId: string,
  kind: OperationKind,
  input: object = {},
): Promise<string> {
  const { rows } = await pool.query<{ id: string }>(
    `with work as (
       insert into operation (tenant_id, kind, input) values ($1, $2::"OperationKind", $3) returning id
     ), steps as (
       insert into operation_step (operation_id, position, name)
       select work.id, step.position, step.name
         from work, unnest($4::text[]) with ordinality as step (name, position)
     )
     select id from work`,
    [tenantId, kind, input, STEPS_OF[kind]],
  )
  if (!rows[0]) throw new Error('the operation was not stored')
  return rows[0].id
}

export interface Work {
  status: string
  error: string | null
  fence: number
  leaseOwner: string | null
  schoolStatus: string
  steps: { name: string; status: string; error: string | null }[]
  events: { type: string; data: Record<string, unknown> }[]
}

export async function readWork(pool: pg.Pool, operationId: string): Promise<Work> {
  const { rows } = await pool.query<Work>(
    `select o.status, o.error, o.fence, o.lease_owner as "leaseOwner", t.status as "schoolStatus",
            (select jsonb_agg(jsonb_build_object('name', name, 'status', status, 'error', error) order by position)
               from operation_step where operation_id = o.id) as steps,
            coalesce((select jsonb_agg(jsonb_build_object('type', type, 'data', data) order by id)
               from operation_event where operation_id = o.id), '[]') as events
       from operation o join tenant t on t.id = o.tenant_id
      where o.id = $1`,
    [operationId],
  )
  if (!rows[0]) throw new Error('there is no such operation')
  return rows[0]
}
