import type { Logger } from 'pino'
import type { ContainerWatch } from './container-watch.ts'
import { isFault } from './engine-error.ts'
import type { Engine, LogOptions } from './engine-types.ts'
import { LABEL } from './school-container.ts'
import type { SchoolMarks } from './school-marks.ts'

/** What schools write, whichever of their containers it is in. */
export interface ContainerLogs {
  read(schoolId: string, lines: number): Promise<string[]>
  follow(schoolId: string, onLine: (line: string) => void): () => void
  close(): void
}

export function createContainerLogs({
  engine,
  watch,
  marks,
  log,
}: {
  engine: Engine
  watch: ContainerWatch
  marks: SchoolMarks
  log: Logger
}): ContainerLogs {
  const followed = new Set<() => void>()

  async function readOne(id: string, lines: number): Promise<string[]> {
    try {
      return await engine.readLogs(id, { lines, withTimes: true })
    } catch (error) {
      // Removed since it was listed.
      if (isFault(error, 'missing', 'conflict')) return []
      throw error
    }
  }

  function follow(schoolId: string, onLine: (line: string) => void): () => void {
    const from = new Date()
    const streams = new Map<string, () => void>()
    /** When the last run of a container was over: its log goes on in the next. */
    const readUntil = new Map<string, Date>()
    const startedAgain = new Set<string>()
    let isOver = false

    function attach(id: string, options: LogOptions) {
      if (isOver) return
      if (streams.has(id)) {
        // Started again before we saw the end of what it wrote before.
        startedAgain.add(id)
        return
      }
      const { over, close } = engine.followLogs(id, options, onLine)
      streams.set(id, close)
      void over.then(() => {
        streams.delete(id)
        const until = new Date()
        readUntil.set(id, until)
        if (startedAgain.delete(id)) attach(id, { since: until })
      })
    }

    async function attachAll() {
      const running = (await marks.listOf(schoolId)).filter(({ state }) => state === 'running')
      for (const { id } of running) attach(id, { since: readUntil.get(id) ?? from })
    }

    const attachQuietly = () =>
      void attachAll().catch((error: unknown) => {
        log.warn({ err: error, schoolId }, "a school's log cannot be followed")
      })

    const endings = [
      watch.onEvent(({ action, id, labels }) => {
        if (action !== 'start' || labels[LABEL.school] !== schoolId) return
        attach(id, { since: readUntil.get(id) ?? from })
      }),
      watch.onReturn(attachQuietly),
    ]
    attachQuietly()

    const stop = () => {
      isOver = true
      followed.delete(stop)
      endings.forEach((end) => end())
      streams.forEach((close) => close())
    }
    followed.add(stop)
    return stop
  }

  return {
    async read(schoolId, lines) {
      const containers = await marks.listOf(schoolId)
      const all = await Promise.all(containers.map(({ id }) => readOne(id, lines)))
      // Each line begins with its time, all of one length: in the order of the alphabet they are in order.
      const sorted = all.flat().toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1))
      return sorted.slice(-lines).map((line) => line.slice(line.indexOf(' ') + 1))
    },
    follow,
    close: () => [...followed].forEach((stop) => stop()),
  }
}

const timeOf = (line: string) => line.slice(0, line.indexOf(' '))
