import type { SchoolSort } from '@usms/directory/modules/schools/schools.schema'
import type { CursorPage } from '#src/lib/use-cursor-page.ts'

export const SORTS: readonly SchoolSort[] = [
  'code',
  'name',
  'status',
  'release',
  'lastActivityAt',
  'createdAt',
]
/** Of times the newest are looked for. */
const NEWEST_FIRST: ReadonlySet<SchoolSort> = new Set(['lastActivityAt', 'createdAt'])

export interface SchoolOrder {
  sort: SchoolSort
  order: 'asc' | 'desc'
  /** Sorts by this, or the other way round where it is sorted by it already. */
  by: (sort: SchoolSort) => void
  set: (sort: SchoolSort, order: 'asc' | 'desc') => void
}

/** The order of the list, as its address has it. */
export function schoolOrder({ params, change }: CursorPage): SchoolOrder {
  const sort = SORTS.find((name) => name === params.get('sort')) ?? 'code'
  const order = params.get('order') === 'desc' ? 'desc' : 'asc'
  const set: SchoolOrder['set'] = (nextSort, nextOrder) =>
    change({ sort: nextSort, order: nextOrder })
  const by = (next: SchoolSort) => {
    if (next === sort) set(next, order === 'asc' ? 'desc' : 'asc')
    else set(next, NEWEST_FIRST.has(next) ? 'desc' : 'asc')
  }
  return { sort, order, by, set }
}
