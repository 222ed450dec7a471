import type { Request, Response } from 'express'
import {
  beginEventStream,
  HEARTBEAT_MS,
  sendEvents,
  sendHeartbeat,
} from '#src/http/server-sent-events.ts'
import type { IsLetIn } from '#src/modules/operations/event-streams.ts'
import type { LogBatch, ProvisionerAsks } from '#src/modules/asks/ask-provisioner.ts'

export interface LogStreams {
  /**
   * Sends the newest lines of a school's log and then every one as it is written: events `log` {line}, and `left-out` {lines} where
   * some could not be shown (null: nobody knows how many). It ends when the client goes, or is not let in any more.
   * @throws AppError 404, 503 `provisioner_unavailable`
   */
  stream(schoolId: string, lines: number, req: Request, res: Response): Promise<void>
  /** Ends every stream under way; clients come back by themselves. */
  close(): void
}

interface StreamDeps {
  followLogs: ProvisionerAsks['followLogs']
  isLetIn: IsLetIn
  /** Milliseconds between two signs of life of a quiet stream. */
  heartbeatMs?: number | undefined
}

/** What waits for a slow client at most; beyond it lines are left out. */
const MAX_WAITING_CHARS = 1_000_000

export function createLogStreams({
  followLogs,
  isLetIn,
  heartbeatMs = HEARTBEAT_MS,
}: StreamDeps): LogStreams {
  const open = new Set<AbortController>()

  async function stream(schoolId: string, lines: number, req: Request, res: Response) {
    const ended = new AbortController()
    open.add(ended)
    res.once('close', () => ended.abort())
    // The client may have gone meanwhile.
    if (res.closed) ended.abort()
    const waiting = createWaiting()
    ended.signal.addEventListener('abort', waiting.wake)
    let heartbeat: NodeJS.Timeout | undefined
    try {
      // Before the headers: who cannot be answered is told so by a status.
      const follow = await followLogs(schoolId, lines, waiting.add, () => ended.abort())
      try {
        beginEventStream(res)
        if (req.method === 'HEAD') return
        heartbeat = setInterval(() => {
          sendHeartbeat(res)
          void isLetIn(req).then((still) => still || ended.abort())
        }, heartbeatMs)
        while (!ended.signal.aborted) {
          for (let text = waiting.take(); text !== ''; text = waiting.take())
            await sendEvents(res, text, ended.signal)
          if (!ended.signal.aborted) await waiting.news()
        }
      } finally {
        follow.end()
        res.end()
      }
    } finally {
      clearInterval(heartbeat)
      open.delete(ended)
    }
  }

  return {
    stream,
    close: () => open.forEach((ended) => ended.abort()),
  }
}

/** What came and was not sent yet, as text of the stream, up to a bound. */
function createWaiting() {
  let text = ''
  let leftOut = 0
  let isUnknown = false
  let news = Promise.withResolvers<void>()

  const flushLeftOut = () => {
    if (leftOut > 0 || isUnknown) text += toEvent('left-out', { lines: isUnknown ? null : leftOut })
    leftOut = 0
    isUnknown = false
  }

  return {
    add(batch: LogBatch) {
      if (batch.leftOut === null) isUnknown = true
      else leftOut += batch.leftOut
      if (text.length > MAX_WAITING_CHARS) leftOut += batch.lines.length
      else {
        flushLeftOut()
        for (const line of batch.lines) text += toEvent('log', { line })
      }
      news.resolve()
    },
    take() {
      flushLeftOut()
      const taken = text
      text = ''
      return taken
    },
    /** Resolves when something was added since the last call, or at `wake`. */
    async news() {
      await news.promise
      news = Promise.withResolvers()
    },
    wake: () => news.resolve(),
  }
}

const toEvent = (event: string, data: object) =>
  `event: ${event}\ndata: ${JSON.stringify(data)}\n\n`
