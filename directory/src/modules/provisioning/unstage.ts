import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import type { StepContext } from './step.ts'

/** Ends what was staged for an upgrade that fails. What cannot be ended now the reconciler ends later: the fault is what counts. */
export async function unstage(
  runtime: SchoolRuntime,
  { school, say }: Pick<StepContext, 'school' | 'say'>,
): Promise<void> {
  try {
    await runtime.prune(school.id, 0)
  } catch (error) {
    await say(`What was started beside the school has not ended yet: ${String(error)}`)
  }
}
