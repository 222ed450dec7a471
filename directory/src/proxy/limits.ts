import { rateLimited } from '@usms/service-kit/errors/app-error'
import { limitKeyOf } from '@usms/service-kit/http/limit-key'
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { RouterSettings } from './router-settings.ts'

/** @throws AppError 429 when this client's address has asked too often */
export type AddressLimit = (ip: string) => Promise<unknown>

export interface Limits {
  admit: AddressLimit
  /** @throws AppError 429 when too many sign-ins from this address failed at this school */
  admitSignIn(schoolId: string, ip: string): Promise<void>
  signInFailed(schoolId: string, ip: string): void
}

export function createAddressLimit({
  points,
  windowSeconds,
}: RouterSettings['clientRequests']): AddressLimit {
  const requests = new RateLimiterMemory({ points, duration: windowSeconds })
  return (ip) => requests.consume(limitKeyOf(ip)).catch(refuse)
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
  const failures = new RateLimiterMemory({
    points: signInFailures.points,
    duration: signInFailures.windowSeconds,
  })
  const keyOf = (schoolId: string, ip: string) => `${schoolId} ${limitKeyOf(ip)}`

  return {
    admit: createAddressLimit(clientRequests),
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
