import { useCallback } from 'react'
import { useSearchParams } from 'react-router'

/** The child that a parent looks at, by id; it stands in the address and nowhere else. Undefined: the first by name. */
export function useChild(): {
  child: string | undefined
  choose: (id: string | undefined) => void
} {
  const [params, setParams] = useSearchParams()
  const choose = useCallback(
    (id: string | undefined) =>
      setParams(
        (before) => {
          const next = new URLSearchParams(before)
          // Pages of a list are another child's.
          for (const name of ['cursor', 'page', 'child']) next.delete(name)
          if (id !== undefined) next.set('child', id)
          return next
        },
        { replace: true, preventScrollReset: true },
      ),
    [setParams],
  )
  return { child: params.get('child') || undefined, choose }
}
