/** What an API said instead of doing what it was asked (RFC 9457). */
export class Problem extends Error {
  override name = 'Problem'
  readonly status: number
  /** Stable, for programs: `session_clash`, `capacity_exceeded`, … */
  readonly code: string
  readonly issues: readonly { path: string; message: string }[]
  readonly details: Readonly<Record<string, unknown>>
  readonly requestId: string | undefined
  /** Seconds to wait before asking again. */
  readonly retryAfter: number | undefined

  constructor(status: number, body: ProblemBody, retryAfter?: number) {
    super(body.detail ?? body.title ?? `HTTP ${status}`)
    this.status = status
    this.code = body.code ?? `http_${status}`
    this.issues = body.errors ?? []
    this.details = body.details ?? {}
    this.requestId = body.requestId
    this.retryAfter = retryAfter
  }
}

/** No answer at all: offline, or nothing listens. */
export class Unreachable extends Error {
  override name = 'Unreachable'
}

interface ProblemBody {
  title?: string
  detail?: string
  code?: string
  requestId?: string
  errors?: { path: string; message: string }[]
  details?: Record<string, unknown>
}

export async function problemOf(answer: Response): Promise<Problem> {
  const retryAfter = Number(answer.headers.get('retry-after') ?? Number.NaN)
  const body = await answer.json().catch(() => ({}))
  return new Problem(
    answer.status,
    typeof body === 'object' && body !== null ? body : {},
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  )
}

/** Whether the same request may succeed a little later without anybody changing anything. */
export const isPassing = (error: unknown): boolean =>
  error instanceof Unreachable ||
  (error instanceof Problem && [429, 502, 503, 504].includes(error.status))
