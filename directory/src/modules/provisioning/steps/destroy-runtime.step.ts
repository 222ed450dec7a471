import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import { keepRemoved } from '../operation-input.ts'
import type { SchoolRunner } from '../school-runner.ts'
import type { Step } from '../step.ts'

/** Ends what runs of the school and deletes what the runtime keeps of it: its secrets as files, its log. */
export const destroyRuntimeStep =
  ({ runner, runtime }: { runner: SchoolRunner; runtime: SchoolRuntime }): Step =>
  async (context) => {
    const { school, say, fenced } = context
    // Written down first: what is removed by somebody who is cut off then, nobody finds any more.
    await keepRemoved(context, await runtime.belongings({ schoolId: school.id, code: school.code }))
    const removed = await runner.destroy(school, fenced)
    await keepRemoved(context, removed)
    const what = removed.map(({ kind, name }) => `${kind} ${name}`).join(', ')
    await say(what ? `Removed: ${what}` : 'Nothing of it ran')
  }
