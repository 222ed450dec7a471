import {
  type SchoolRuntime,
  SchoolStartError,
  UnknownReleaseError,
} from '#src/runtime/school-runtime.ts'
import type { SchoolRunner } from '../school-runner.ts'
import { type Step, type StepContext, staysStopped } from '../step.ts'

/** Starts the school's API and records its address. */
export const startRuntimeStep =
  ({ runtime, runner }: { runtime: SchoolRuntime; runner: SchoolRunner }): Step =>
  async (context) => {
    const { operation, school, say, fenced } = context
    if (staysStopped(context)) return say('The school is not active: it stays stopped')
    if (operation.kind === 'PROVISION') await requireRelease(runtime, context)
    try {
      await runner.start(school, fenced)
    } catch (error) {
      if (operation.kind === 'PROVISION') {
        // Of a school that is not active nobody would look after what the runtime goes on trying.
        await runner.stop(school, fenced)
        if (error instanceof SchoolStartError) await unpin(context)
      }
      throw error
    }
    await say('Started')
  }

/** A school that is brought back may have been away for longer than its release was kept. */
async function requireRelease(runtime: SchoolRuntime, context: StepContext) {
  const { release } = context.school
  if (release === null) return
  try {
    await runtime.fetchRelease(release)
  } catch (error) {
    if (!(error instanceof UnknownReleaseError)) throw error
    await context.say(`${error.message}: the school follows what new schools get`)
    await unpin(context)
  }
}

/** What does not come up must not be what every further attempt begins with: only a school in service can be upgraded. */
const unpin = ({ school, fenced }: StepContext) =>
  fenced((tx) =>
    tx.query(
      `update tenant set release = null, version = version + 1, updated_at = now()
        where id = $1 and release is not null`,
      [school.id],
    ),
  )
