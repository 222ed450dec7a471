import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AppError } from '@usms/service-kit/errors/app-error'
import { sendProblem, toProblem } from '@usms/service-kit/http/problem'
import { announcedBytes } from './request-body.ts'

/** A body this small is read to its end for the sake of the connection. */
const SMALL_BODY_BYTES = 65_536
/** How much of a longer one is still read, and for how long, so that the client gets to read why it was refused. */
const DRAIN_BYTES = 1_000_000
const DRAIN_MS = 1_000

/** The router's own answer, if there is still somebody to get one. */
export function refuse(
  req: IncomingMessage,
  res: ServerResponse,
  error: AppError,
  requestId: string,
): void {
  if (res.headersSent || res.destroyed) return
  res.setHeader('X-Request-Id', requestId)
  res.setHeader('X-Content-Type-Options', 'nosniff')
  req.unpipe()
  if (error.kind !== 'too_large' && (req.complete || isShort(req))) {
    sendProblem(res, error, requestId)
    req.resume()
  } else refuseUnread(req, res, error, requestId)
}

const isShort = (req: IncomingMessage) =>
  req.headers['transfer-encoding'] === undefined && announcedBytes(req) <= SMALL_BODY_BYTES

/**
 * Answers and closes the connection, but not before a little more was read: closing with unread bytes resets the connection,
 * and the answer would be lost on its way.
 */
function refuseUnread(
  req: IncomingMessage,
  res: ServerResponse,
  error: AppError,
  requestId: string,
): void {
  const body = Buffer.from(JSON.stringify(toProblem(error, requestId)))
  res.writeHead(error.status, {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': body.length,
    'Cache-Control': 'no-store',
    Connection: 'close',
    ...(error.retryAfterSeconds !== undefined && {
      'Retry-After': Math.max(1, Math.ceil(error.retryAfterSeconds)),
    }),
  })
  res.write(body)

  let drained = 0
  const drain = (chunk: Buffer) => {
    drained += chunk.length
    if (drained > DRAIN_BYTES) finish()
  }
  const finish = () => {
    clearTimeout(timer)
    req.off('data', drain)
    if (!res.writableEnded) res.end()
  }
  const timer = setTimeout(finish, DRAIN_MS)
  req.on('data', drain)
  req.once('end', finish)
  req.once('close', finish)
  req.resume()
}
