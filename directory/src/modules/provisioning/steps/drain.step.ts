import { setTimeout as sleep } from 'node:timers/promises'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import type { Step } from '../step.ts'

export interface DrainTiming {
  /** Milliseconds until every router has heard of the switch. */
  settleMs: number
  /** Milliseconds that requests under way get. */
  graceMs: number
}

const TIMING: DrainTiming = { settleMs: 2_000, graceMs: 10_000 }

/** Ends what served before the switch, once nobody is sent there any more and it has answered. */
export const drainStep =
  ({
    runtime,
    drainTiming = TIMING,
  }: {
    runtime: SchoolRuntime
    drainTiming?: DrainTiming | undefined
  }): Step =>
  async ({ school, say, signal }) => {
    if ((await runtime.observe(school.id))?.others === 0) return
    await sleep(drainTiming.settleMs, undefined, { signal })
    try {
      await runtime.prune(school.id, drainTiming.graceMs)
    } catch (error) {
      signal.throwIfAborted()
      // The school is upgraded, and the reconciler ends what is left: nothing to fail for.
      return say(`What served before has not ended yet: ${String(error)}`)
    }
    await say('What served before has ended')
  }
