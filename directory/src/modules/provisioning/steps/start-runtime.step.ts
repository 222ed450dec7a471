import type { SchoolRunner } from '../school-runner.ts'
import { type Step, staysStopped } from '../step.ts'

/** Starts the school's API and records its address. */
export const startRuntimeStep =
  ({ runner }: { runner: SchoolRunner }): Step =>
  async (context) => {
    const { operation, school, say, fenced } = context
    if (staysStopped(context)) return say('The school is not active: it stays stopped')
    try {
      await runner.start(school, fenced)
    } catch (error) {
      // Of a school that is not active nobody would look after what the runtime goes on trying.
      if (operation.kind === 'PROVISION') await runner.stop(school, fenced)
      throw error
    }
    await say('Started')
  }
