import { rateLimited } from '@usms/service-kit/errors/app-error'
import { RateLimiterMemory } from 'rate-limiter-flexible'

/**
 * Who guesses passwords has to wait: by username (so that a botnet gains nothing) and by address (so that one machine cannot try
 * every username). In memory: one process serves a school, and a restart forgives.
 */
export interface SignInLimits {
  /** @throws AppError 429 with the seconds to wait */
  check(usernameKey: string, ip: string | undefined): Promise<void>
  failed(usernameKey: string, ip: string | undefined): Promise<void>
  succeeded(usernameKey: string): Promise<void>
}

interface LimitOptions {
  /** Consecutive failures of one username. */
  maxFailures: number
  /** Failures of one address, however many usernames. A school sits behind one address: generous. */
  maxFailuresPerAddress: number
  blockSeconds: number
}

export function createSignInLimits({
  maxFailures,
  maxFailuresPerAddress,
  blockSeconds,
}: LimitOptions): SignInLimits {
  const byUsername = new RateLimiterMemory({
    points: maxFailures,
    duration: blockSeconds,
    blockDuration: blockSeconds,
  })
  const byAddress = new RateLimiterMemory({ points: maxFailuresPerAddress, duration: blockSeconds })

  return {
    async check(usernameKey, ip) {
      const [username, address] = await Promise.all([
        byUsername.get(usernameKey),
        byAddress.get(ip ?? ''),
      ])
      const waits = [
        username && username.consumedPoints >= maxFailures ? username.msBeforeNext : 0,
        address && address.consumedPoints >= maxFailuresPerAddress ? address.msBeforeNext : 0,
      ]
      const waitMs = Math.max(...waits)
      if (waitMs > 0) throw rateLimited('Too many failed sign-ins; try again later', waitMs / 1000)
    },
    async failed(usernameKey, ip) {
      // A rejection only says that the limit is now used up: check() will tell the next caller.
      await Promise.allSettled([byUsername.consume(usernameKey), byAddress.consume(ip ?? '')])
    },
    async succeeded(usernameKey) {
      await byUsername.delete(usernameKey)
    },
  }
}
