import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Observation,
  type SchoolRuntime,
  SchoolStartError,
} from '#src/runtime/school-runtime.ts'
import { isUnreachable } from '../failure-reason.ts'
import { readTarget } from '../operation-input.ts'
import { recordSwitch } from '../provisioning.queries.ts'
import type { SchoolRunner } from '../school-runner.ts'
import type { Step, StepContext } from '../step.ts'
import { unstage } from '../unstage.ts'

const RETRY_MS = 250
const GIVE_UP_MS = 30_000

/** From its commit on the release is the school: routers are told, and what served before only ends. */
export const switchStep =
  ({ runtime, runner }: { runtime: SchoolRuntime; runner: SchoolRunner }): Step =>
  async (context) => {
    const { operation, school, say, fenced } = context
    const { target, switched } = readTarget(operation)
    // A driver without pins is on its own release by having none: then it follows the next one too.
    const pin = runtime.pinsReleases || target.id !== runtime.release ? target.id : null
    const decide = (promoted: Observation) =>
      whileUnreachable(context, () =>
        context.keep({ switched: true }, (tx) => recordSwitch(tx, promoted, pin)),
      )
    try {
      await runner.promote(school, target.id, decide)
    } catch (error) {
      if (!(error instanceof SchoolStartError)) throw error
      if (!switched) {
        await unstage(runtime, context)
        throw error
      }
      // It was the school already, and ended with whoever drove this before.
      if (school.status === 'ACTIVE') await runner.start(school, fenced)
    }
    if (!switched) await say(`${target.version} serves now`)
  }

/** Until it is written down the runtime and the record disagree; a database that is away for a moment must not leave it so. */
async function whileUnreachable({ signal }: StepContext, write: () => Promise<void>) {
  const deadline = performance.now() + GIVE_UP_MS
  for (;;)
    try {
      return await write()
    } catch (error) {
      if (!isUnreachable(error) || signal.aborted || performance.now() > deadline) throw error
      await sleep(RETRY_MS)
    }
}
