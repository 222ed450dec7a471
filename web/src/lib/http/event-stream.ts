import { isPassing, Problem, Unreachable } from './problem.ts'

/** One event of a stream of server-sent events. */
export interface StreamEvent {
  /** `message` where the stream names none. */
  type: string
  data: string
  /** The last id that the stream gave, by this event or one before; empty when it gives none. */
  id: string
}

/** Takes a stream's text as it comes, in pieces of any size, and gives the events that are complete (WHATWG HTML 9.2.6). */
export function createEventParser(): (text: string) => StreamEvent[] {
  let rest = ''
  let id = ''
  let type = ''
  let data: string[] = []

  function take(line: string): StreamEvent | undefined {
    if (line === '') {
      const event =
        data.length > 0 ? { type: type || 'message', data: data.join('\n'), id } : undefined
      type = ''
      data = []
      return event
    }
    const colon = line.indexOf(':')
    const field = colon < 0 ? line : line.slice(0, colon)
    const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '')
    if (field === 'event') type = value
    else if (field === 'data') data.push(value)
    else if (field === 'id' && !value.includes('\0')) id = value
    // Anything else, a heartbeat's comment too, says nothing.
    return undefined
  }

  return (text) => {
    // A line feed that follows may belong to a carriage return at the end.
    const lines = (rest + text).split(/\r\n|\n|\r(?!$)/)
    rest = lines.pop() ?? ''
    return lines.flatMap((line) => take(line) ?? [])
  }
}

export interface FollowOptions {
  /** Opens the stream behind the event with this id; empty: from its beginning. @throws Problem, Unreachable */
  open: (lastEventId: string, signal: AbortSignal) => Promise<Response>
  /** What came in one piece. @returns true when no other will come */
  onEvents: (events: StreamEvent[]) => boolean | void
  /** It stands (again), or was lost and is tried again. */
  onConnection?: (isConnected: boolean) => void
  signal: AbortSignal
  /** Milliseconds without even a heartbeat after which a connection counts as lost. */
  silenceMs?: number
  /** Milliseconds before the first further attempt; they double up to `maxPauseMs`. */
  minPauseMs?: number
  maxPauseMs?: number
}

/**
 * Follows a stream over every connection that it takes. EventSource does the same, and cannot send an access token. Resolves when the
 * stream is over or `signal` says so.
 * @throws Problem for a refusal that waiting does not change
 */
export async function followEvents({
  open,
  onEvents,
  onConnection,
  signal,
  silenceMs = 45_000,
  minPauseMs = 500,
  maxPauseMs = 15_000,
}: FollowOptions): Promise<void> {
  let lastEventId = ''
  let pauseMs = minPauseMs
  while (!signal.aborted) {
    const silence = new AbortController()
    let watch = setTimeout(() => silence.abort(), silenceMs)
    let waitMs = pauseMs
    try {
      const answer = await open(lastEventId, AbortSignal.any([signal, silence.signal]))
      if (answer.status === 204) return
      onConnection?.(true)
      const parse = createEventParser()
      for await (const text of piecesOf(answer)) {
        clearTimeout(watch)
        watch = setTimeout(() => silence.abort(), silenceMs)
        pauseMs = waitMs = minPauseMs
        const events = parse(text)
        lastEventId = events.at(-1)?.id || lastEventId
        if (events.length > 0 && onEvents(events)) return
      }
    } catch (error) {
      if (signal.aborted) return
      if (!silence.signal.aborted && !isPassing(error)) throw error
      if (error instanceof Problem) waitMs = Math.max(waitMs, (error.retryAfter ?? 0) * 1_000)
    } finally {
      clearTimeout(watch)
      // Whatever ended it: nothing of the old connection may still come.
      silence.abort()
    }
    if (signal.aborted) return
    onConnection?.(false)
    await pause(waitMs, signal)
    pauseMs = Math.min(pauseMs * 2, maxPauseMs)
  }
}

async function* piecesOf(answer: Response): AsyncGenerator<string> {
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader()
  if (!reader) return
  for (;;) {
    const { done, value } = await reader.read().catch((error: unknown) => {
      throw new Unreachable('The stream broke off', { cause: error })
    })
    if (done) return
    yield value
  }
}

/** Resolves early when `signal` says so. */
const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
