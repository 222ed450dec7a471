import { LAST_WORDS_FROM_LINES, lastWords } from '#src/runtime/last-words.ts'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import { awaitHealth, type HealthTiming } from '../await-health.ts'
import { type Step, staysStopped } from '../step.ts'

/** Well: its dependencies answer, and its public listener takes the router for the router. */
export const checkHealthStep =
  ({
    runtime,
    healthTiming,
  }: {
    runtime: SchoolRuntime
    healthTiming?: HealthTiming | undefined
  }): Step =>
  async (context) => {
    const { operation, school, say, signal } = context
    if (staysStopped(context)) return
    const schoolId = school.id
    // Suspended when it was to be started, and put into service since. Waiting here would only keep the reconciler from starting it.
    if (operation.kind === 'RESTART' && (await wasStopped(runtime, schoolId)))
      return say('It was suspended meanwhile: it is started now')
    const fault = await awaitHealth({
      runtime,
      schoolId,
      which: 'current',
      signal,
      ...healthTiming,
    })
    if (fault === undefined) return say('Healthy')
    const lines = await runtime.logs({ schoolId, code: school.code }, LAST_WORDS_FROM_LINES)
    throw new Error(`The school is not healthy: ${fault}. Its last words:\n${lastWords(lines)}`)
  }

async function wasStopped(runtime: SchoolRuntime, schoolId: string): Promise<boolean> {
  const seen = await runtime.observe(schoolId)
  return !seen || (seen.state === 'stopped' && seen.lastError === null)
}
