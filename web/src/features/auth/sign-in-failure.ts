import { Problem, Unreachable } from '#src/lib/http/problem.ts'

/** Why somebody could not sign in, as far as it makes a difference to what they do next. */
export type SignInFailure =
  | { kind: 'credentials' }
  /** The password is right, the tab is not. */
  | { kind: 'role' }
  | { kind: 'wait'; until: number }
  | { kind: 'gone' }
  | { kind: 'unavailable' }
  | { kind: 'offline' }
  /** By field, what the server found wrong with what was typed. */
  | { kind: 'invalid'; fields: readonly string[] }
  | { kind: 'unexpected'; error: unknown }

/** Where the server does not say how long. */
const WAIT_SECONDS = 60

/** @param now milliseconds since the epoch */
export function toSignInFailure(error: unknown, now: number): SignInFailure {
  if (error instanceof Unreachable) return { kind: 'offline' }
  if (!(error instanceof Problem)) return { kind: 'unexpected', error }
  const { status, code } = error
  if (status === 401) return { kind: 'credentials' }
  if (code === 'role_mismatch') return { kind: 'role' }
  if (status === 429)
    return { kind: 'wait', until: now + (error.retryAfter ?? WAIT_SECONDS) * 1_000 }
  if (code === 'school_not_found') return { kind: 'gone' }
  if ([502, 503, 504].includes(status)) return { kind: 'unavailable' }
  if (status === 400) return { kind: 'invalid', fields: error.issues.map(({ path }) => path) }
  return { kind: 'unexpected', error }
}
