/** The one table from kind of failure to HTTP status. A kind has many codes; a code is what clients branch on. */
export const STATUS_OF = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  precondition_failed: 412,
  too_large: 413,
  unsupported_media_type: 415,
  misdirected: 421,
  unprocessable: 422,
  rate_limited: 429,
  internal: 500,
  bad_gateway: 502,
  unavailable: 503,
  gateway_timeout: 504,
} as const

export type ErrorKind = keyof typeof STATUS_OF

/** One fault of an input: where it is (`entries.3.status`) and what is wrong with it. */
export interface InputIssue {
  path: string
  message: string
}

interface ErrorOptions {
  /** Every fault of the input, for `invalid` and `unprocessable`. */
  issues?: readonly InputIssue[]
  /** Facts a client can act on, sent as `details`. */
  details?: Record<string, unknown>
  /** Whole seconds after which trying again makes sense; sent as `Retry-After`. */
  retryAfterSeconds?: number
  cause?: unknown
}

/** A failure that the client is told about. Everything else that is thrown becomes a bare 500. */
export class AppError extends Error {
  readonly kind: ErrorKind
  readonly code: string
  readonly issues: readonly InputIssue[] | undefined
  readonly details: Record<string, unknown> | undefined
  readonly retryAfterSeconds: number | undefined

  constructor(kind: ErrorKind, code: string, message: string, options: ErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.name = 'AppError'
    this.kind = kind
    this.code = code
    this.issues = options.issues
    this.details = options.details
    this.retryAfterSeconds = options.retryAfterSeconds
  }

  get status(): number {
    return STATUS_OF[this.kind]
  }
}

export const invalidInput = (issues: readonly InputIssue[]) =>
  new AppError('invalid', 'invalid_input', describe(issues), { issues })

const describe = (issues: readonly InputIssue[]) =>
  issues.length === 1 && issues[0]
    ? `${issues[0].path || 'input'}: ${issues[0].message}`
    : `The request has ${issues.length} faults`

export const unauthenticated = (message = 'Sign in first', code = 'unauthenticated') =>
  new AppError('unauthenticated', code, message)

export const forbidden = (message = 'You may not do this', code = 'forbidden') =>
  new AppError('forbidden', code, message)

/** Also for what exists but is not the caller's to see. `what` is a glossary word: "section". */
export const notFound = (what: string) => new AppError('not_found', 'not_found', `No such ${what}`)

export const conflict = (code: string, message: string, details?: Record<string, unknown>) =>
  new AppError('conflict', code, message, { ...(details && { details }) })

/** A rule of the domain refuses an input that is well-formed. */
export const unprocessable = (code: string, message: string, options?: ErrorOptions) =>
  new AppError('unprocessable', code, message, options)

export const unavailable = (code: string, message: string, retryAfterSeconds: number) =>
  new AppError('unavailable', code, message, { retryAfterSeconds })

export const rateLimited = (message: string, retryAfterSeconds: number) =>
  new AppError('rate_limited', 'too_many_requests', message, { retryAfterSeconds })
