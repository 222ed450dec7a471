import { STATUS_CODES, type ServerResponse } from 'node:http'
import type { ErrorRequestHandler, RequestHandler } from 'express'
import type { Logger } from 'pino'
import { AppError, notFound } from '../errors/app-error.ts'
import { currentContext } from './request-context.ts'

/** RFC 9457 problem details; `error` repeats `detail` for clients of the first contract. */
export interface Problem {
  type: string
  title: string
  status: number
  code: string
  detail: string
  error: string
  requestId: string | undefined
  errors?: readonly { path: string; message: string }[]
  details?: Record<string, unknown>
}

export function toProblem(error: AppError, requestId: string | undefined): Problem {
  return {
    type: `urn:usms:problem:${error.code}`,
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    code: error.code,
    detail: error.message,
    error: error.message,
    requestId,
    ...(error.issues && { errors: error.issues }),
    ...(error.details && { details: error.details }),
  }
}

/** Answers with a problem on a bare response: the router has no Express around it. */
export function sendProblem(
  res: ServerResponse,
  error: AppError,
  requestId: string | undefined,
): void {
  const body = Buffer.from(JSON.stringify(toProblem(error, requestId)))
  res.statusCode = error.status
  res.setHeader('Content-Type', 'application/problem+json; charset=utf-8')
  res.setHeader('Content-Length', body.length)
  res.setHeader('Cache-Control', 'no-store')
  if (error.retryAfterSeconds !== undefined)
    res.setHeader('Retry-After', Math.max(1, Math.ceil(error.retryAfterSeconds)))
  if (error.kind === 'unauthenticated') res.setHeader('WWW-Authenticate', 'Bearer')
  res.end(body)
}

/** Nothing of the app answers this path. */
export const noSuchRoute: RequestHandler = () => {
  throw notFound('route')
}

interface ProblemOptions {
  log: Logger
  /** Turns failures of other libraries into AppErrors; undefined where it does not know one. */
  translate?: (error: unknown) => AppError | undefined
}

/** The one place where a failure becomes an answer. Unknown ones are logged whole and sent bare. */
export function problemHandler({ log, translate }: ProblemOptions): ErrorRequestHandler {
  return (error, req, res, next) => {
    const known = error instanceof AppError ? error : (fromBodyParser(error) ?? translate?.(error))
    const answer =
      known ?? new AppError('internal', 'internal_error', 'Something went wrong on our side')
    if (!known) log.error({ err: error, method: req.method, path: req.path }, 'request failed')
    // The head is out already: cutting the connection is the only honest signal left.
    if (res.headersSent) return next(error)
    sendProblem(res, answer, currentContext()?.requestId)
  }
}

/** Failures of express.json() and of the URL decoder, by the `type` and `status` they document. */
function fromBodyParser(error: unknown): AppError | undefined {
  if (!(error instanceof Error)) return undefined
  const { type, status } = error as { type?: string; status?: number }
  if (type === 'entity.too.large')
    return new AppError('too_large', 'body_too_large', 'The body is larger than 1 MB')
  if (type === 'charset.unsupported' || type === 'encoding.unsupported')
    return new AppError('unsupported_media_type', 'unsupported_media_type', 'Send JSON as UTF-8')
  if (type === 'entity.parse.failed')
    return new AppError('invalid', 'malformed_json', 'The body is not valid JSON', {
      issues: [{ path: '', message: 'not valid JSON' }],
    })
  if (type === 'request.aborted' || type === 'request.size.invalid')
    return new AppError('invalid', 'incomplete_body', 'The body ended early')
  if (error instanceof URIError || status === 400)
    return new AppError('invalid', 'malformed_request', 'The request is malformed')
  return undefined
}
