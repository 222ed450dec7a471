import { brokenCursor, type CursorKind, decodeCursor } from '@usms/service-kit/http/list'
import type { Db } from '#src/db.ts'
import { Prisma, type Tenant } from '#src/generated/prisma/client.ts'
import type { SchoolWithRuntime } from './schools.runtime.ts'
import {
  type SchoolList,
  type SchoolSort,
  type SchoolStatus,
  schoolStatus,
  type StatusCounts,
} from './schools.schema.ts'

/** One school of a list, with what it is sorted by. */
export type ListedSchool = SchoolWithRuntime & { sortKey: string | Date | null }

interface SortKey {
  sql: Prisma.Sql
  /** What a cursor says of it, and what the database has to take that for. */
  kind: CursorKind
  type: Prisma.Sql
}

const text = Prisma.sql`text`
const time = Prisma.sql`timestamptz`
const SORT_KEYS: Record<SchoolSort, SortKey> = {
  code: { sql: Prisma.sql`t.code`, kind: 'text', type: text },
  name: { sql: Prisma.sql`t.name collate "und-x-icu"`, kind: 'text', type: text },
  // The order in which a school lives through them.
  status: { sql: Prisma.sql`t.status`, kind: 'text', type: Prisma.sql`"TenantStatus"` },
  release: { sql: Prisma.sql`r.release`, kind: 'textOrNull', type: text },
  lastActivityAt: { sql: Prisma.sql`a.last_request_at`, kind: 'timeOrNull', type: time },
  createdAt: { sql: Prisma.sql`t.created_at`, kind: 'time', type: time },
}

/** One page and a row more, in one statement. What has no value stands last, whichever way it is sorted. */
export async function listSchools(db: Db, query: SchoolList): Promise<ListedSchool[]> {
  const { sort, order, limit } = query
  const key = SORT_KEYS[sort]
  const direction = order === 'asc' ? Prisma.sql`asc` : Prisma.sql`desc`
  const rows = await db.$queryRaw<ListedRow[]>`
    select t.id, t.code, t.name, t.plan, t.subdomain, t.timezone, t.locale, t.admin_email as "adminEmail",
           t.group_name as "group", t.listed, t.status, t.schema_level as "schemaLevel", t.version,
           t.created_at as "createdAt", t.updated_at as "updatedAt",
           r.address, r.release, r.last_error as "lastError", a.last_request_at as "lastRequestAt",
           ${key.sql} as "sortKey"
      from tenant t
      left join tenant_runtime r on r.tenant_id = t.id
      left join tenant_activity a on a.tenant_id = t.id
     where ${matching(query)} and ${behind(key, query)}
     order by ${key.sql} ${direction} nulls last, t.id ${direction}
     limit ${limit + 1}`
  return rows.map(({ address, release, lastError, lastRequestAt, ...school }) => ({
    ...school,
    runtime: { address, release, lastError },
    activity: lastRequestAt && { lastRequestAt },
  }))
}

/** How many schools there are in each state that suit the rest of the query. */
export async function countSchools(db: Db, query: SchoolList): Promise<StatusCounts> {
  const rows = await db.$queryRaw<{ status: SchoolStatus; count: number }[]>`
    select t.status, count(*)::int as count from tenant t
     where ${Prisma.join([Prisma.sql`true`, ...wantedOf(query)], ' and ')} group by t.status`
  const counts = new Map(rows.map(({ status, count }) => [status, count]))
  return Object.fromEntries(
    schoolStatus.options.map((status) => [status, counts.get(status) ?? 0]),
  ) as StatusCounts
}

/** The key of a row as `behind` reads it: a cursor is good for the order in which it was given alone. */
export const cursorKeyOf =
  ({ sort, order }: SchoolList) =>
  ({ sortKey, id }: ListedSchool) => [
    orderName(sort, order),
    sortKey instanceof Date ? sortKey.toISOString() : sortKey,
    id,
  ]

const orderName = (sort: string, order: string) => `${sort} ${order}`

type ListedRow = Omit<Tenant, 'release'> & {
  address: string | null
  release: string | null
  lastError: string | null
  lastRequestAt: Date | null
  sortKey: string | Date | null
}

function matching(query: SchoolList): Prisma.Sql {
  const { status } = query
  const inState = status
    ? Prisma.sql`t.status = ${status}::"TenantStatus"`
    : Prisma.sql`t.status <> 'ERASED'`
  return Prisma.join([inState, ...wantedOf(query)], ' and ')
}

function wantedOf({ group, q }: SchoolList): Prisma.Sql[] {
  const wanted: Prisma.Sql[] = []
  if (group) wanted.push(Prisma.sql`t.group_name = ${group}`)
  if (q) {
    // LIKE's own characters stand for themselves.
    const pattern = `%${q.replace(/[\\%_]/g, '\\$&')}%`
    wanted.push(Prisma.sql`(t.name ilike ${pattern} or t.code ilike ${pattern})`)
  }
  return wanted
}

/** @throws AppError 400 for a cursor of another list, or of another order of this one */
function behind({ sql, kind, type }: SortKey, { sort, order, cursor }: SchoolList): Prisma.Sql {
  if (cursor === undefined) return Prisma.sql`true`
  const [given, value, id] = decodeCursor(cursor, ['text', kind, 'uuid'])
  if (given !== orderName(sort, order)) throw brokenCursor()
  if (sort === 'status' && !schoolStatus.safeParse(value).success) throw brokenCursor()
  const beyond = order === 'asc' ? Prisma.sql`>` : Prisma.sql`<`
  const nextOfEqual = Prisma.sql`t.id ${beyond} ${id}::uuid`
  if (value === null) return Prisma.sql`(${sql} is null and ${nextOfEqual})`
  const bound = Prisma.sql`${value}::${type}`
  return Prisma.sql`
    (${sql} ${beyond} ${bound} or (${sql} = ${bound} and ${nextOfEqual}) or ${sql} is null)`
}
