import { useCallback } from 'react'
import { useLocation, useNavigate, useSearchParams } from 'react-router'

/** The page of a long list that stands in the address: `cursor` is for the API, `page` for people. */
export interface CursorPage {
  cursor: string | undefined
  /** From 1. */
  page: number
  /** Search, filters and order of the list, as the address has them. */
  params: URLSearchParams
  /** Another search or order: begins at the first page. An empty value leaves the field out. */
  change: (fields: Readonly<Record<string, string>>, options?: { replace?: boolean }) => void
  toNext: (cursor: string) => void
  /** Undefined on the first page. Whoever came by a link knows no way to the page before: it is the first then. */
  toPrevious: (() => void) | undefined
}

export function useCursorPage(): CursorPage {
  const [params] = useSearchParams()
  const { pathname, state } = useLocation()
  const navigate = useNavigate()
  const cursor = params.get('cursor') ?? undefined
  const page = cursor === undefined ? 1 : Math.max(2, Number(params.get('page')) || 2)
  const trail = trailOf(state)

  const go = useCallback(
    (next: URLSearchParams, nextTrail: readonly string[], replace = false) =>
      void navigate(
        { pathname, search: next.toString() },
        { replace, state: { trail: nextTrail }, preventScrollReset: true },
      ),
    [navigate, pathname],
  )

  const at = (place: { cursor?: string | undefined; page: number }) => {
    const next = new URLSearchParams(params)
    next.delete('cursor')
    next.delete('page')
    if (place.cursor) next.set('cursor', place.cursor)
    if (place.cursor) next.set('page', String(place.page))
    return next
  }

  return {
    cursor,
    page,
    params,
    change: useCallback(
      (fields, { replace = false } = {}) => {
        const next = new URLSearchParams(params)
        for (const name of ['cursor', 'page']) next.delete(name)
        for (const [name, value] of Object.entries(fields)) {
          if (value) next.set(name, value)
          else next.delete(name)
        }
        go(next, [], replace)
      },
      [params, go],
    ),
    toNext: (nextCursor) =>
      go(at({ cursor: nextCursor, page: page + 1 }), [...trail, cursor ?? '']),
    toPrevious:
      cursor === undefined
        ? undefined
        : () => go(at({ cursor: trail.at(-1), page: page - 1 }), trail.slice(0, -1)),
  }
}

/** The cursors of the pages before this one, which no cursor leads back to; the first page has none. */
function trailOf(state: unknown): readonly string[] {
  const trail = (state as { trail?: unknown } | null)?.trail
  return Array.isArray(trail) ? trail.filter((item) => typeof item === 'string') : []
}
