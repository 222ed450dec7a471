import { readFile } from 'node:fs/promises'
import { processesNaming } from '@usms/directory/runtime/testing/processes-naming'
import { docker } from '@usms/directory/runtime/testing/docker-cli'
import { startStack, wordsOf } from '../testing/compose-stack.ts'
import type { Owner } from '../testing/owner.ts'
import { startFreshProgram } from '../testing/program.ts'

export const RUNTIMES = ['process', 'docker'] as const
export type Runtime = (typeof RUNTIMES)[number]

/** The whole system, started from nothing to be measured. */
export interface BenchSystem extends Owner {
  url: string
  /** Process ids of the schools, on this machine. */
  schoolPids(): Promise<number[]>
  stop(): Promise<void>
}

/** `npm start`, or `docker compose up` (the images must have been built). */
export async function startSystem(runtime: Runtime): Promise<BenchSystem> {
  if (runtime === 'process') {
    const program = await startFreshProgram()
    return { ...program, schoolPids: async () => processesNaming(`${program.dataDir}/releases/`) }
  }
  const stack = await startStack('usms-bench')
  const ofSchools = ['--filter', `label=org.usms.instance=${stack.project}`]
  return {
    ...stack,
    async schoolPids() {
      const containers = wordsOf(await docker('ps', '-q', ...ofSchools))
      const pids = await docker('inspect', '--format', '{{.State.Pid}}', ...containers)
      // The first process of a container is its init; the school is its child.
      const children = await Promise.all(
        wordsOf(pids).map((pid) => readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')),
      )
      return children.flatMap(wordsOf).map(Number)
    },
    stop: stack.down,
  }
}
