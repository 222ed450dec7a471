import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import { rateLimited } from '../errors/app-error.ts'

/**
 * Who guesses passwords has to wait: by account (so that a botnet gains nothing) and by client address (so that one machine cannot
 * try every account). In memory: one process signs an account in, and a restart forgives. An attempt is counted before the password is looked at and given back afterwards:
 * a hundred guesses at once get no more tries than a hundred in a row.
 */
export interface SignInLimits {
  /** @throws AppError 429 with the seconds to wait */
  enter(account: string, ip: string | undefined): Promise<void>
  /** The password was right: the account starts at nought again. */
  succeeded(account: string, ip: string | undefined): Promise<void>
  /** Somebody proved by other means that the account is theirs: it starts at nought again. */
  forgive(account: string): Promise<void>
  /** The attempt came to no result (a dependency failed), so it does not count. */
  undecided(account: string, ip: string | undefined): Promise<void>
}

interface LimitOptions {
  /** Consecutive failures of one account. */
  maxFailures: number
  /** Failures of one client address, however many accounts. A school sits behind one address: generous. */
  maxFailuresPerAddress: number
  blockSeconds: number
}

export function createSignInLimits({
  maxFailures,
  maxFailuresPerAddress,
  blockSeconds,
}: LimitOptions): SignInLimits {
  const times = { duration: blockSeconds, blockDuration: blockSeconds }
  const byAccount = new RateLimiterMemory({ points: maxFailures, ...times })
  const byAddress = new RateLimiterMemory({ points: maxFailuresPerAddress, ...times })

  return {
    async enter(account, ip) {
      // The address first: one that is blocked must not be able to block accounts.
      await take(byAddress, ip ?? '')
      await take(byAccount, account)
    },
    async succeeded(account, ip) {
      await Promise.all([byAccount.delete(account), byAddress.reward(ip ?? '')])
    },
    async forgive(account) {
      await byAccount.delete(account)
    },
    async undecided(account, ip) {
      await Promise.all([byAccount.reward(account), byAddress.reward(ip ?? '')])
    },
  }
}

async function take(limiter: RateLimiterMemory, key: string) {
  try {
    await limiter.consume(key)
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal
    throw rateLimited(
      'Too many failed sign-ins; try again later',
      Math.ceil(refusal.msBeforeNext / 1000),
    )
  }
}
