import { LAST_WORDS_FROM_LINES, lastWords } from '#src/runtime/process/school-log.ts'
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
    const { school, say, signal } = context
    if (staysStopped(context)) return
    const schoolId = school.id
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
