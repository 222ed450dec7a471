import { type SchoolRuntime, SchoolStartError } from '#src/runtime/school-runtime.ts'
import { readTarget } from '../operation-input.ts'
import { LeaseLostError } from '../operation-store.ts'
import type { SchoolRunner } from '../school-runner.ts'
import type { Step } from '../step.ts'
import { unstage } from '../unstage.ts'

/** Starts the release beside what serves. */
export const stageRuntimeStep =
  ({ runtime, runner }: { runtime: SchoolRuntime; runner: SchoolRunner }): Step =>
  async (context) => {
    const { operation, school, say, fenced, signal } = context
    const { target, switched } = readTarget(operation)
    if (switched) return
    const seen = await runtime.observe(school.id)
    // What served may have ended with whoever drove this before, and nobody else starts it while this runs.
    if ((!seen || seen.state === 'stopped') && school.status === 'ACTIVE')
      await runner.start(school, fenced).catch(async (error: unknown) => {
        if (!(error instanceof SchoolStartError)) throw error
        await say(`What the school ran before does not start: ${error.message}`)
      })
    const current = await runtime.observe(school.id)
    if (current && current.state !== 'stopped' && current.release === target.id)
      return say(`The school runs ${target.version} already`)
    try {
      await runner.stage(school, target.id, fenced)
    } catch (error) {
      // Of a school that did not come up nothing is left; of an engine that went away meanwhile nobody knows.
      if (!signal.aborted && !(error instanceof LeaseLostError)) await unstage(runtime, context)
      throw error
    }
    await say(`${target.version} runs beside what serves`)
  }
