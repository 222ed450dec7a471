import { rateLimited } from '@usms/service-kit/errors/app-error'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { limitKeyOf } from './client-address.ts'
import type { RouterSettings } from './router-settings.ts'

export interface Limits {
  /** @throws AppError 429 when this client's address has asked too often */
  admit(ip: string): Promise<unknown>
  /** @throws AppError 429 when too many sign-ins from this address failed at this school */
  admitSignIn(schoolId: string, ip: string): Promise<void>
  signInFailed(schoolId: string, ip: string): void
}

/**
 * Limits by address, in memory: a restart forgets them, and each directory counts for itself. Failed sign-ins are counted when
 * they have failed, so that a whole class may sign in at once from one address; what overshoots is bounded by the number
 * of requests that one school works on at a time.
 */
export function createLimits({
  clientRequests,
  signInFailures,
}: Pick<RouterSettings, 'clientRequests' | 'signInFailures'>): Limits {
  const requests = new RateLimiterMemory({
    points: clientRequests.points,
    duration: clientRequests.windowSeconds,
  })
  const failures = new RateLimiterMemory({
    points: signInFailures.points,
    duration: signInFailures.windowSeconds,
  })
  const keyOf = (schoolId: string, ip: string) => `${schoolId} ${limitKeyOf(ip)}`

  return {
    admit: (ip) => requests.consume(limitKeyOf(ip)).catch(refuse),
    async admitSignIn(schoolId, ip) {
      const counted = await failures.get(keyOf(schoolId, ip))
      if (counted && counted.consumedPoints >= signInFailures.points) refuse(counted)
    },
    signInFailed: (schoolId, ip) => void failures.penalty(keyOf(schoolId, ip)),
  }
}

function refuse(counted: unknown): never {
  if (!(counted instanceof RateLimiterRes)) throw counted
  throw rateLimited('Too many requests from your address', counted.msBeforeNext / 1000)
}
