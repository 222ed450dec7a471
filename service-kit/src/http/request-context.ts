import { AsyncLocalStorage } from 'node:async_hooks'
import { randomUUID } from 'node:crypto'
import type { RequestHandler } from 'express'

/** What every log line and every audit row of a request carries. */
export interface RequestContext {
  requestId: string
  /** W3C trace context, passed on unchanged. */
  traceparent: string | undefined
  schoolCode: string | undefined
  /** The client's address. */
  ip: string | undefined
}

const storage = new AsyncLocalStorage<RequestContext>()

export const currentContext = (): RequestContext | undefined => storage.getStore()

const REQUEST_ID = /^[A-Za-z0-9._:-]{1,128}$/

/** A well-formed id from a trusted hop, or a new one. */
export const requestIdFrom = (value: string | string[] | undefined): string =>
  typeof value === 'string' && REQUEST_ID.test(value) ? value : randomUUID()

interface ContextOptions {
  /** Whether `X-Request-Id` comes from a hop we trust. */
  trustRequestId: boolean
  schoolCode?: string
}

/** Opens the request's context and echoes its id. */
export function requestContext({ trustRequestId, schoolCode }: ContextOptions): RequestHandler {
  return (req, res, next) => {
    const requestId = requestIdFrom(trustRequestId ? req.headers['x-request-id'] : undefined)
    const traceparent = req.headers.traceparent
    res.setHeader('X-Request-Id', requestId)
    storage.run(
      {
        requestId,
        traceparent: typeof traceparent === 'string' ? traceparent : undefined,
        schoolCode,
        ip: req.ip,
      },
      next,
    )
  }
}
