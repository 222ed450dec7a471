import { useEffect, useState } from 'react'

/** One answer from outside, on pages before the sign-in. */
export interface Answered<Answer> {
  data: Answer | undefined
  error: unknown
  isLoading: boolean
  retry: () => void
}

/**
 * Asks once for each `key`, and not at all without one. In place of a query: there is no cache before somebody is signed in, and the
 * library would be a tenth of what the sign-in page loads.
 * @param ask has to be the same function from one rendering to the next
 */
export function useAnswer<Answer>(
  key: string | undefined,
  ask: (key: string, signal: AbortSignal) => Promise<Answer>,
): Answered<Answer> {
  const [attempt, setAttempt] = useState(0)
  const [got, setGot] = useState<{ for: string; data?: Answer; error?: unknown }>()
  const wanted = key === undefined ? undefined : `${attempt} ${key}`
  useEffect(() => {
    if (key === undefined || wanted === undefined) return
    const leaving = new AbortController()
    ask(key, leaving.signal).then(
      (data) => {
        if (!leaving.signal.aborted) setGot({ for: wanted, data })
      },
      (error: unknown) => {
        if (!leaving.signal.aborted) setGot({ for: wanted, error })
      },
    )
    return () => leaving.abort()
  }, [key, wanted, ask])
  const current = got?.for === wanted ? got : undefined
  return {
    data: current?.data,
    error: current?.error,
    isLoading: wanted !== undefined && current === undefined,
    retry: () => setAttempt((before) => before + 1),
  }
}
