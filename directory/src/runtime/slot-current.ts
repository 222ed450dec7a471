import type { Logger } from 'pino'
import type { Endpoint, Found, Instance } from './launcher.ts'
import { type Program, programFound } from './program.ts'
import { type Observation, SchoolStartError } from './school-runtime.ts'
import { createSlotPause, type SlotTimings } from './slot-pause.ts'
import { DOWN, type SlotRecord } from './slot-record.ts'
import { removeQuietly, type Staged } from './slot-staging.ts'
import { createTurns } from './turns.ts'

/** The one that is the school: starts it, follows it, and starts it again when it ended by itself. */
export interface SlotCurrent {
  /** Starts and stops of one school happen one after the other. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
  /** What it shall run; undefined: it shall not run. */
  wanted(): Program | undefined
  /** At once: a start of anything else that is under way ends. */
  want(program: Program | undefined): void
  instance(): Instance | undefined
  /** In turn, after `want`: ends what else runs, and starts it. @throws SchoolStartError */
  start(program: Program): Promise<Observation>
  /** In turn: what is staged is the school from now on. @returns what was it */
  takeOver(staged: Staged, generation: number): Instance | undefined
  adopt(found: Found): Promise<unknown>
  /** Nothing is started or ended here any more; what runs goes on. */
  leave(): void
}

interface CurrentOptions {
  record: Pick<SlotRecord, 'seen' | 'become'>
  timings: SlotTimings
  log: Logger
}

interface Run {
  program: Program
  instance: Instance
}

export const running = (endpoint: Endpoint) =>
  ({ ...endpoint, state: 'running', lastError: null }) as const

export function createSlotCurrent({ record, timings, log }: CurrentOptions): SlotCurrent {
  const { seen, become } = record
  let wanted: Program | undefined
  let current: Run | undefined
  /** What was the school and has ended: kept for those who read its log, until something else is started. */
  let ended: Run | undefined
  let hasLeft = false
  const { inTurn } = createTurns()
  const pause = createSlotPause(timings)

  function want(program: Program | undefined) {
    wanted = program
    pause.cancel()
    pause.reset()
  }

  async function start(program: Program): Promise<Observation> {
    become({ ...DOWN, state: 'starting', release: program.release })
    try {
      await makeRoomFor(program)
      if (hasLeft) throw new SchoolStartError('The runtime is closing; it starts nothing')
      if (wanted !== program) throw new SchoolStartError('It was stopped before it listened')
      const instance = await program.launch?.(seen().port)
      if (!instance) throw new SchoolStartError('What it was started from is not known here')
      const run = { program, instance }
      follow(run)
      return await comesUp(run)
    } catch (error) {
      if (wanted !== program)
        throw new SchoolStartError('It was stopped before it listened', { cause: error })
      fallBack(program, (error as Error).message)
      throw error
    }
  }

  async function makeRoomFor(program: Program) {
    const last = current ?? ended
    await current?.instance.stop(timings.stopGraceMs)
    if (!last || last.program === program) return
    current = ended = undefined
    await removeQuietly(last.instance, log)
  }

  async function comesUp({ program, instance }: Run): Promise<Observation> {
    // Stopped while it was being launched: nobody saw it then.
    if (wanted !== program && !hasLeft) await instance.stop(timings.stopGraceMs)
    try {
      const endpoint = await instance.ready
      if (current?.instance !== instance) throw new SchoolStartError(await instance.ended)
      if (wanted !== program) throw new SchoolStartError('It was stopped before it listened')
      const { generation } = instance
      log.info({ address: endpoint.address, generation }, 'school started')
      return become(running(endpoint))
    } catch (error) {
      if (wanted === program && !hasLeft) await instance.stop(0)
      throw error
    }
  }

  function follow(run: Run) {
    current = run
    void run.instance.ended.then((how) => {
      if (current !== run) return
      ended = run
      current = undefined
      // While starting the one who waits for it decides.
      if (!wanted || seen().state !== 'running') return
      const upMs = Date.now() - (seen().startedAt?.getTime() ?? 0)
      if (upMs >= timings.steadyMs) pause.reset()
      fallBack(wanted, how)
    })
  }

  function fallBack(program: Program, reason: string) {
    if (hasLeft) return
    if (!program.launch) {
      wanted = undefined
      log.warn({ reason }, 'school is down; too little is known here to start it again')
      become({ ...DOWN, state: 'stopped', lastError: reason })
      return
    }
    const againInMs = pause.wait(() => {
      void inTurn(async () => {
        if (wanted && !hasLeft && seen().state === 'backing-off') await start(wanted)
      }).catch(() => {})
    })
    log.warn({ reason, againInMs }, 'school is down')
    become({ ...DOWN, state: 'backing-off', lastError: reason })
  }

  return {
    inTurn,
    wanted: () => wanted,
    want,
    instance: () => current?.instance,
    start,

    takeOver({ program, instance, endpoint }, generation) {
      const before = current?.instance
      if (ended) void removeQuietly(ended.instance, log)
      ended = undefined
      want(program)
      follow({ program, instance })
      become({ ...running(endpoint), release: program.release, generation })
      return before
    },

    adopt(found) {
      const { instance } = found
      const program = programFound(found)
      const run = { program, instance }
      want(program)
      become({ state: 'starting', release: program.release, generation: instance.generation })
      follow(run)
      return inTurn(() => comesUp(run)).catch((error: unknown) => {
        if (wanted === program) fallBack(program, (error as Error).message)
      })
    },

    leave() {
      hasLeft = true
      pause.cancel()
    },
  }
}
