import type { SchoolRunner } from '../school-runner.ts'
import type { Step } from '../step.ts'

/** Stops what runs of the school, if anything does. */
export const stopRuntimeStep =
  ({ runner }: { runner: SchoolRunner }): Step =>
  async ({ school, say, fenced }) => {
    await runner.stop(school, fenced)
    await say('Stopped')
  }
