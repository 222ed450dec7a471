import { setTimeout as sleep } from 'node:timers/promises'
import { isAway } from './failure-reason.ts'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'

export interface HealthTiming {
  /** Milliseconds a school has until it is well. */
  timeoutMs?: number
}

interface HealthQuestion extends HealthTiming {
  runtime: SchoolRuntime
  schoolId: string
  which: 'current' | 'staged'
  signal: AbortSignal
}

const POLL_MS = 100
const ANSWER_TIMEOUT_MS = 5_000

/**
 * Asks until the school is well or its time is over.
 * @returns undefined when it is well, otherwise what was not when it was asked last
 * @throws what the runtime throws when it is away
 */
export async function awaitHealth({
  runtime,
  schoolId,
  which,
  signal,
  timeoutMs = 15_000,
}: HealthQuestion): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)])
    const fault = await runtime.check(schoolId, which, inTime).catch((error: unknown) => {
      if (isAway(error)) throw error
      return `it cannot be asked (${String(error)})`
    })
    signal.throwIfAborted()
    if (fault === undefined || performance.now() > deadline) return fault
    await sleep(POLL_MS, undefined, { signal })
  }
}
