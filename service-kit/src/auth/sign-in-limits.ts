import { RateLimiterMemory } from 'rate-limiter-flexible'
import { rateLimited } from '../errors/app-error.ts'
import { limitKeyOf } from '../http/limit-key.ts'

/**
 * Who guesses passwords has to wait: by account (so that a botnet gains nothing) and by client address (so that one machine cannot
 * try every account). In memory: one process signs an account in, and a restart forgives.
 */
export interface SignInLimits {
  /**
   * Checks a password under the limits. A right one starts the account at nought again; a wrong one counts; a check that fails (a
   * dependency is away) does neither. Of many checks of one account at once no more run than it has tries left: a hundred guesses
   * at once get no more of them than a hundred in a row, and a hundred right passwords all pass.
   * @throws AppError 429 with the seconds to wait
   */
  guard<Verdict extends { isRight: boolean }>(
    account: string,
    ip: string | undefined,
    check: () => Promise<Verdict>,
  ): Promise<Verdict>
  /** Somebody proved by other means that the account is theirs: it starts at nought again. */
  forgive(account: string): Promise<void>
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
  const byAccount = createTries(maxFailures, blockSeconds)
  const byAddress = createTries(maxFailuresPerAddress, blockSeconds)

  return {
    async guard(account, ip, check) {
      const address = limitKeyOf(ip ?? '')
      // The address first: one that is blocked must not be able to block accounts.
      await byAddress.begin(address)
      try {
        await byAccount.begin(account)
        try {
          const verdict = await check()
          if (verdict.isRight) await byAccount.forgive(account)
          else await Promise.all([byAccount.failed(account), byAddress.failed(address)])
          return verdict
        } finally {
          byAccount.end(account)
        }
      } finally {
        byAddress.end(address)
      }
    },
    forgive: (account) => byAccount.forgive(account),
  }
}

/** Counts failures of a key, and keeps those under way within what is left. */
function createTries(maxFailures: number, blockSeconds: number) {
  const failures = new RateLimiterMemory({ points: maxFailures, duration: blockSeconds })
  const underWay = new Map<string, { count: number; waiting: (() => void)[] }>()

  return {
    /** Waits while every try left is under way. */
    async begin(key: string): Promise<void> {
      for (;;) {
        const counted = await failures.get(key)
        const failed = counted?.consumedPoints ?? 0
        if (counted && failed >= maxFailures)
          throw rateLimited(
            'Too many failed sign-ins; try again later',
            counted.msBeforeNext / 1000,
          )
        const tries = underWay.get(key) ?? { count: 0, waiting: [] }
        underWay.set(key, tries)
        if (failed + tries.count < maxFailures) {
          tries.count++
          return
        }
        await new Promise<void>((resolve) => tries.waiting.push(resolve))
      }
    },
    end(key: string): void {
      const tries = underWay.get(key)
      if (!tries) return
      tries.count--
      // All look again: what is left may be more than one try, or none.
      for (const resume of tries.waiting.splice(0)) resume()
      if (tries.count === 0) underWay.delete(key)
    },
    async failed(key: string): Promise<void> {
      const { consumedPoints } = await failures.penalty(key)
      // The wait begins with the failure that used the tries up.
      if (consumedPoints >= maxFailures) await failures.block(key, blockSeconds)
    },
    async forgive(key: string): Promise<void> {
      await failures.delete(key)
    },
  }
}
