export interface StreamedEvent {
  id: string | undefined
  event: string
  data: Record<string, unknown>
}

export interface EventStream {
  status: number
  headers: Headers
  /** The next event; null when the stream has ended. Comments are counted, not returned. */
  next(): Promise<StreamedEvent | null>
  /** Every event up to the end. */
  rest(): Promise<StreamedEvent[]>
  comments(): number
  cut(): void
}

/** Reads a text/event-stream as it comes, from a real socket. */
export async function openEventStream(
  url: string,
  headers: Record<string, string>,
): Promise<EventStream> {
  const abort = new AbortController()
  const response = await fetch(url, { headers, signal: abort.signal })
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let buffer = ''
  let comments = 0

  async function next(): Promise<StreamedEvent | null> {
    for (;;) {
      const end = buffer.indexOf('\n\n')
      if (end === -1) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined }
        if (done) return null
        buffer += value
        continue
      }
      const lines = buffer.slice(0, end).split('\n')
      buffer = buffer.slice(end + 2)
      const field = (name: string) =>
        lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2)
      const event = field('event')
      if (event === undefined) {
        comments++
        continue
      }
      const data = JSON.parse(field('data') ?? 'null') as Record<string, unknown>
      return { id: field('id'), event, data }
    }
  }

  return {
    status: response.status,
    headers: response.headers,
    next,
    async rest() {
      const events: StreamedEvent[] = []
      for (let event = await next(); event; event = await next()) events.push(event)
      return events
    },
    comments: () => comments,
    cut: () => abort.abort(),
  }
}
