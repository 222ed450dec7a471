import { decodeCursor } from '@usms/service-kit/http/list'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { PersonStatus, Role } from '#src/generated/prisma/enums.ts'

/** One account as its answers need it. */
export interface PersonRow {
  id: string
  version: number
  createdAt: Date
  updatedAt: Date
  username: string
  email: string | null
  phone: string | null
  role: Role
  firstName: string
  lastName: string | null
  preferredName: string | null
  sortName: string
  externalIds: Record<string, string>
  status: PersonStatus
  isActive: boolean
  lastLoginAt: Date | null
}

/** What a resource adds to the columns of a person, and the tables it takes them from; `u` is the person. */
export interface PeopleSource {
  /** Starts with a comma. */
  columns: Prisma.Sql
  joins: Prisma.Sql
}

export const PLAIN_PEOPLE: PeopleSource = { columns: Prisma.empty, joins: Prisma.empty }

const selectPeople = ({ columns, joins }: PeopleSource, conditions: readonly Prisma.Sql[]) =>
  Prisma.sql`
    select u.id, u.version, u.created_at as "createdAt", u.updated_at as "updatedAt", u.username, u.email, u.phone, u.role,
           u.first_name as "firstName", u.last_name as "lastName", u.preferred_name as "preferredName",
           u.sort_name as "sortName", u.status, u.is_active as "isActive", u.last_login_at as "lastLoginAt",
           coalesce((select jsonb_object_agg(x.system, x.value) from external_id x where x.user_id = u.id), '{}') as "externalIds"
           ${columns}
      from app_user u ${joins}
     where ${all(conditions)}`

/** Everybody who fits all conditions, by name. One statement a page (two with the count), whatever the source adds. */
export async function findPeople<Row extends PersonRow>(
  db: DbOrTx,
  source: PeopleSource,
  conditions: readonly Prisma.Sql[],
  query: { limit: number; cursor?: string | undefined; count: boolean },
): Promise<{ rows: Row[]; total: number | undefined }> {
  const page = [...conditions]
  if (query.cursor !== undefined) {
    const [name, id] = decodeCursor(query.cursor, ['text', 'uuid'])
    page.push(Prisma.sql`(u.sort_name, u.id) > (${name}, ${id}::uuid)`)
  }
  const rows = await db.$queryRaw<Row[]>`
    ${selectPeople(source, page)} order by u.sort_name, u.id limit ${query.limit + 1}`
  if (!query.count) return { rows, total: undefined }
  const [counted] = await db.$queryRaw<{ total: number }[]>`
    select count(*)::int as total from app_user u ${source.joins} where ${all(conditions)}`
  return { rows, total: counted?.total }
}

export async function findPerson<Row extends PersonRow>(
  db: DbOrTx,
  source: PeopleSource,
  conditions: readonly Prisma.Sql[],
): Promise<Row | undefined> {
  const [row] = await db.$queryRaw<Row[]>(selectPeople(source, conditions))
  return row
}

export const keyOfPerson = (row: PersonRow) => [row.sortName, row.id]

export const hasId = (id: string) => Prisma.sql`u.id = ${id}::uuid`
export const hasIdIn = (ids: readonly string[]) => Prisma.sql`u.id = any(${[...ids]}::uuid[])`
export const IS_OFFICE = Prisma.sql`u.role in ('OWNER', 'ADMIN')`
export const hasRole = (role: Role) => Prisma.sql`u.role = ${role}::"Role"`

/** The conditions of `?q=` and `?isActive=`. Every word must occur in the names or the username. */
export function matching({
  q,
  isActive,
}: {
  q?: string | undefined
  isActive?: boolean | undefined
}): Prisma.Sql[] {
  const words = q?.split(/\s+/) ?? []
  return [
    // The expression of app_user_search_idx, letter for letter, or the index is not used.
    ...words.map(
      (word) => Prisma.sql`
        lower(u.first_name || ' ' || coalesce(u.last_name, '') || ' ' || coalesce(u.preferred_name, '') || ' ' || u.username_key)
          like lower(${`%${literally(word)}%`})`,
    ),
    ...(isActive === undefined ? [] : [Prisma.sql`u.is_active = ${isActive}`]),
  ]
}

/** Text as a LIKE pattern that matches itself. */
const literally = (text: string) => text.replace(/[\\%_]/g, '\\$&')

const all = (conditions: readonly Prisma.Sql[]) =>
  conditions.length > 0 ? Prisma.join([...conditions], ' and ') : Prisma.sql`true`

/** The folded usernames that begin with this one. */
export async function usernameKeysFrom(db: DbOrTx, key: string): Promise<Set<string>> {
  const rows = await db.$queryRaw<{ key: string }[]>`
    select username_key as key from app_user where starts_with(username_key, ${key})`
  return new Set(rows.map((row) => row.key))
}

export interface LockedUser {
  id: string
  username: string
  role: Role
  isActive: boolean
  version: number
}

/**
 * Locks one account until the transaction ends, so that what is decided about it stays true. NO KEY: rows that refer to it
 * (sessions, invites, entries) can still be written meanwhile.
 */
export async function lockUser(tx: DbOrTx, id: string): Promise<LockedUser | undefined> {
  const [user] = await tx.$queryRaw<LockedUser[]>`
    select id, username, role, is_active as "isActive", version from app_user where id = ${id}::uuid for no key update`
  return user
}
