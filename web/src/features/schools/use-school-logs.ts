import { useEffect, useState } from 'react'
import { followEvents, type StreamEvent } from '#src/lib/http/event-stream.ts'
import { useOwner } from '#src/lib/owner/owner-context.tsx'
import { appendLines, type LogLine, NO_LINES, MAX_LINES } from './log-lines.ts'

export interface SchoolLogs {
  lines: readonly LogLine[]
  connection: 'connecting' | 'live' | 'lost'
  error: unknown
}

/** A school's log has bursts; the page is drawn so often at most. */
const DRAW_MS = 150

/** Follows the log of a school while somebody looks. Of what was before, the newest lines come first, again after every lost connection. */
export function useSchoolLogs(schoolId: string): SchoolLogs {
  const { api } = useOwner()
  const [lines, setLines] = useState<readonly LogLine[]>(NO_LINES)
  const [connection, setConnection] = useState<SchoolLogs['connection']>('connecting')
  const [error, setError] = useState<unknown>()

  useEffect(() => {
    const leaving = new AbortController()
    let waiting: StreamEvent[] = []
    let isFresh = true
    let drawing: ReturnType<typeof setTimeout> | undefined
    const draw = () => {
      drawing = undefined
      const [came, fromNothing] = [waiting, isFresh]
      waiting = []
      isFresh = false
      setLines((known) => appendLines(fromNothing ? NO_LINES : known, came))
    }
    followEvents({
      open: (_lastEventId, signal) =>
        api.stream(`/schools/${schoolId}/logs`, {
          query: { follow: true, lines: MAX_LINES },
          headers: { accept: 'text/event-stream' },
          signal,
        }),
      onEvents(events) {
        waiting.push(...events)
        drawing ??= setTimeout(draw, DRAW_MS)
      },
      onConnection(isConnected) {
        setConnection(isConnected ? 'live' : 'lost')
        // A new connection tells the newest lines again.
        if (isConnected) {
          waiting = []
          isFresh = true
        }
      },
      signal: leaving.signal,
    }).catch((reason: unknown) => {
      setConnection('lost')
      setError(reason)
    })
    return () => {
      leaving.abort()
      clearTimeout(drawing)
    }
  }, [api, schoolId])

  return { lines, connection, error }
}
