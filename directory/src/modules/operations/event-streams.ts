import type { Request, Response } from 'express'
import { invalidInput, notFound } from '@usms/service-kit/errors/app-error'
import type { Logger } from 'pino'
import type { Db } from '#src/db.ts'
import {
  beginEventStream,
  HEARTBEAT_MS,
  sendEvents,
  sendHeartbeat,
} from '#src/http/server-sent-events.ts'
import type { OperationFeed } from './operation-feed.ts'
import { eventsAfter, type Outcome, outcomeOf } from './operations.queries.ts'

const BATCH = 200
const LAST_EVENT_ID = /^\d{1,18}$/

export interface EventStreams {
  /**
   * Sends an operation's events as they happen, from the one after `Last-Event-ID`, and ends after `done`, or when the client is not
   * let in any more.
   * @throws AppError 404 for an unknown operation, 400 for a `Last-Event-ID` that was never sent
   */
  stream(operationId: string, req: Request, res: Response): Promise<void>
  /** Ends every stream under way; clients come back by themselves. */
  close(): void
}

/**
 * Whether the token and the session of a request still let its sender in. Asked at every sign of life, since a stream outlives both:
 * signing out ends it too. Never rejects.
 */
export type IsLetIn = (req: Request) => Promise<boolean>

interface StreamDeps {
  db: Db
  feed: OperationFeed
  isLetIn: IsLetIn
  log: Logger
  /** Milliseconds between two signs of life of a quiet stream. */
  heartbeatMs?: number
}

export function createEventStreams({
  db,
  feed,
  isLetIn,
  log,
  heartbeatMs = HEARTBEAT_MS,
}: StreamDeps): EventStreams {
  const open = new Set<AbortController>()

  async function stream(operationId: string, req: Request, res: Response): Promise<void> {
    let last = lastEventId(req)
    const found = await outcomeOf(db, operationId)
    if (!found) throw notFound('job')
    // The last event was seen and no other will come: 204 is what tells an EventSource to stay away.
    if (last > 0n && found.finished && (await eventsAfter(db, operationId, last, 1)).length === 0)
      return void res.status(204).end()

    const ended = new AbortController()
    open.add(ended)
    res.once('close', () => ended.abort())
    // The client may have gone while we looked.
    if (res.closed) ended.abort()
    let news = Promise.withResolvers<void>()
    const wake = () => news.resolve()
    ended.signal.addEventListener('abort', wake)
    // Subscribed before the first read: a wake too many costs a query, one too few would cost the event.
    const unsubscribe = feed.subscribe(operationId, wake)
    const heartbeat = setInterval(() => {
      sendHeartbeat(res)
      void isLetIn(req).then((still) => still || ended.abort())
      // Also a look at the database: a finished operation must not keep a stream open, whatever got lost.
      wake()
    }, heartbeatMs)

    /** @returns whether that was all there will ever be */
    async function sendNews(): Promise<boolean> {
      while (!ended.signal.aborted) {
        // Before the events: what was over by then has all its events in the read that follows.
        const outcome = await outcomeOf(db, operationId)
        const events = await eventsAfter(db, operationId, last, BATCH)
        for (const { id, type, at, data } of events) {
          await sendEvents(
            res,
            `id: ${id}\nevent: ${type}\ndata: ${toData(at, data)}\n\n`,
            ended.signal,
          )
          last = id
          if (type === 'done') return true
        }
        if (events.length === BATCH) continue
        if (outcome && !outcome.finished) return false
        await sendEvents(res, `event: done\ndata: ${missingDone(outcome)}\n\n`, ended.signal)
        return true
      }
      return true
    }

    try {
      beginEventStream(res)
      if (req.method === 'HEAD') return
      while (!ended.signal.aborted) {
        try {
          if (await sendNews()) return
        } catch (error) {
          // The database is away: the client stays, the feed wakes us when it has found it again, or the heartbeat does.
          log.warn({ err: error, operationId }, 'the events of an operation could not be read')
        }
        await news.promise
        news = Promise.withResolvers()
      }
    } finally {
      clearInterval(heartbeat)
      unsubscribe()
      open.delete(ended)
      res.end()
    }
  }

  return {
    stream,
    close: () => open.forEach((ended) => ended.abort()),
  }
}

function lastEventId(req: Request): bigint {
  const given = req.get('last-event-id')
  if (given === undefined || given === '') return 0n
  if (!LAST_EVENT_ID.test(given))
    throw invalidInput([{ path: 'Last-Event-ID', message: 'is not an event id of this stream' }])
  return BigInt(given)
}

/** One line of JSON; the time of the event stands in it. */
const toData = (at: Date, data: unknown) =>
  JSON.stringify({ at: at.toISOString(), ...(data as Record<string, unknown>) })

/** An operation that was withdrawn or removed says so itself; it has no event of it. */
const missingDone = (outcome: Outcome | null) =>
  JSON.stringify({ status: outcome?.status ?? 'FAILED', error: outcome?.error ?? null })
