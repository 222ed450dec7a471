import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import { awaitHealth, type HealthTiming } from '../await-health.ts'
import { readTarget } from '../operation-input.ts'
import type { Step } from '../step.ts'
import { unstage } from '../unstage.ts'

/** Asks what is staged, before anybody else does. When it is not well it goes, and what serves goes on. */
export const smokeTestStep =
  ({
    runtime,
    healthTiming,
  }: {
    runtime: SchoolRuntime
    healthTiming?: HealthTiming | undefined
  }): Step =>
  async (context) => {
    const { operation, school, say, signal } = context
    const { target, switched } = readTarget(operation)
    if (switched) return
    const isCurrent = (await runtime.observe(school.id))?.release === target.id
    const which = isCurrent ? 'current' : 'staged'
    const fault = await awaitHealth({
      runtime,
      schoolId: school.id,
      which,
      signal,
      ...healthTiming,
    })
    if (fault === undefined) return say(`${target.version} is healthy`)
    await unstage(runtime, context)
    throw new Error(`${target.version} is not healthy, and was not put into service: ${fault}`)
  }
