/**
 * Pauses between attempts to start a school that the runtime does not even try to start (no such release, no secrets): what it tries
 * it repeats by itself, with pauses of its own.
 */
export interface StartPauses {
  /** Whether to try again now. One that is meant to run something else by now is another matter. */
  allows(school: PausedSchool): boolean
  failed(school: PausedSchool): void
  forget(schoolId: string): void
}

interface PausedSchool {
  id: string
  release: string | null
}

export function createStartPauses({
  firstMs = 1_000,
  longestMs = 300_000,
  now = () => performance.now(),
}: {
  firstMs?: number
  longestMs?: number
  now?: () => number
} = {}): StartPauses {
  const paused = new Map<string, { release: string | null; pauseMs: number; until: number }>()
  return {
    allows({ id, release }) {
      const known = paused.get(id)
      return !known || known.release !== release || now() >= known.until
    },
    failed({ id, release }) {
      const known = paused.get(id)
      const pauseMs = known?.release === release ? Math.min(known.pauseMs * 2, longestMs) : firstMs
      paused.set(id, { release, pauseMs, until: now() + pauseMs })
    },
    forget: (schoolId) => void paused.delete(schoolId),
  }
}
