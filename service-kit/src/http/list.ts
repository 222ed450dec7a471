import { z } from 'zod'
import { invalidInput } from '../errors/app-error.ts'

/** The query fields that every list takes; extend it with a list's own filters. */
export const listQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1_000).optional(),
  count: z.stringbool().default(false),
})

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.object({
    items: z.array(item),
    nextCursor: z.string().nullable(),
    total: z.number().int().optional(),
  })

export interface Page<Item> {
  items: Item[]
  nextCursor: string | null
  total?: number
}

type Key = string | number | null

/** Opaque to clients: the sort key of the last row they have. */
const encodeCursor = (key: readonly Key[]) => Buffer.from(JSON.stringify(key)).toString('base64url')

/**
 * The sort key a cursor stands for.
 * @param kinds what each part of the key must be; `uuid` keeps a forged cursor from reaching SQL as a bad cast
 * @throws AppError 400 for a cursor we did not make
 */
export function decodeCursor(cursor: string, kinds: readonly CursorKind[]): Key[] {
  let key: unknown
  try {
    key = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'))
  } catch {
    throw brokenCursor()
  }
  if (!Array.isArray(key) || key.length !== kinds.length) throw brokenCursor()
  const fits = kinds.every((kind, i) => CURSOR_KINDS[kind].safeParse(key[i]).success)
  if (!fits) throw brokenCursor()
  return key as Key[]
}

/** For a cursor that is one, but of another list. */
export const brokenCursor = () =>
  invalidInput([{ path: 'cursor', message: 'is not a cursor of this list' }])

const text = z
  .string()
  .max(500)
  .refine((value) => !value.includes('\0'))
// As `toISOString` writes them, in years that both JavaScript and PostgreSQL know.
const isKnownYear = (when: string) => when >= '0001'
const time = z.iso.datetime().refine(isKnownYear)

const CURSOR_KINDS = {
  text,
  textOrNull: text.nullable(),
  number: z.int32(),
  uuid: z.guid(),
  time,
  timeOrNull: time.nullable(),
  date: z.iso.date().refine(isKnownYear),
}

export type CursorKind = keyof typeof CURSOR_KINDS

/**
 * Cuts a page out of `limit + 1` rows. Mapping to the answer's shape is the caller's `toItem`.
 * @param keyOf the row's sort key, in the order of the list's ORDER BY
 */
export function toPage<Row, Item>(
  rows: readonly Row[],
  {
    limit,
    keyOf,
    toItem,
    total,
  }: {
    limit: number
    keyOf: (row: Row) => Key[]
    toItem: (row: Row) => Item
    total?: number | undefined
  },
): Page<Item> {
  const shown = rows.slice(0, limit)
  const last = shown.at(-1)
  return {
    items: shown.map(toItem),
    nextCursor: rows.length > limit && last !== undefined ? encodeCursor(keyOf(last)) : null,
    ...(total !== undefined && { total }),
  }
}

interface KeysetPart {
  field: string
  kind: CursorKind
  direction?: 'asc' | 'desc'
}

/**
 * Keyset pagination for Prisma: the `where`, `orderBy` and `take` of one page. The last part must be unique (`id`). Parts of kind
 * `time` and `date` are compared as dates.
 */
export function keyset(
  query: { limit: number; cursor?: string | undefined },
  parts: readonly KeysetPart[],
) {
  const orderBy = parts.map(({ field, direction = 'asc' }) => ({ [field]: direction }))
  const page = { orderBy, take: query.limit + 1 }
  if (query.cursor === undefined) return { where: {}, ...page }
  const key = decodeCursor(
    query.cursor,
    parts.map((part) => part.kind),
  )
  const value = (i: number) => {
    const part = key[i]
    return parts[i]?.kind === 'time' || parts[i]?.kind === 'date' ? new Date(String(part)) : part
  }
  // (a, b) > (x, y)  ⇔  a > x or (a = x and b > y)
  const OR = parts.map((part, i) => ({
    AND: [
      ...parts.slice(0, i).map((earlier, j) => ({ [earlier.field]: value(j) })),
      { [part.field]: { [part.direction === 'desc' ? 'lt' : 'gt']: value(i) } },
    ],
  }))
  return { where: { OR }, ...page }
}
