import { once } from 'node:events'
import type { Response } from 'express'

/** Answers with a text/event-stream; what it carries is sent afterwards. */
export function beginEventStream(res: Response): void {
  res.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
    // A stream that ended leaves no idle connection behind for a closing server to wait for.
    Connection: 'close',
  })
  res.flushHeaders()
}

/** Milliseconds between two signs of life of a quiet stream. */
export const HEARTBEAT_MS = 15_000

/** A sign of life: middle boxes end what is silent. */
export const sendHeartbeat = (res: Response): void => void res.write(': alive\n\n')

/** Waits for a slow reader instead of filling the memory for it. */
export async function sendEvents(res: Response, text: string, signal: AbortSignal): Promise<void> {
  if (signal.aborted || res.write(text)) return
  await once(res, 'drain', { signal }).catch(() => {})
}
