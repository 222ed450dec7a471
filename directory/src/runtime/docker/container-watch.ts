import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { ContainerEvent, Engine, Labels } from './engine-types.ts'

/** Tells of what happens to our containers, whatever happens to the engine. */
export interface ContainerWatch {
  onEvent(listener: (event: ContainerEvent) => void): () => void
  /** Calls back whenever the engine answers again: what happened in between nobody told. */
  onReturn(listener: () => void): () => void
  close(): Promise<void>
}

const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000

/** @throws EngineError when the engine does not answer now; later it is waited for */
export async function startContainerWatch({
  engine,
  labels,
  log,
}: {
  engine: Engine
  labels: Labels
  log: Logger
}): Promise<ContainerWatch> {
  const listeners = new Set<(event: ContainerEvent) => void>()
  const returns = new Set<() => void>()
  const closing = new AbortController()

  // The engine answers a moment before it listens to itself, so we ask for this second's events as well: who hears of an end twice
  // looks twice.
  const open = () =>
    engine.openEvents(labels, new Date(), (event) =>
      listeners.forEach((listener) => listener(event)),
    )

  let stream = await open()
  const watching = watch()

  async function watch() {
    while (!closing.signal.aborted) {
      await stream.over
      if (closing.signal.aborted) return
      log.warn('the Docker Engine went away; schools are looked at when it answers again')
      if (!(await reopen())) return
      log.info('the Docker Engine answers again')
      returns.forEach((listener) => listener())
    }
  }

  async function reopen(): Promise<boolean> {
    for (let pauseMs = FIRST_PAUSE_MS; ; pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS)) {
      // A timer of its own would keep a program that ends from ending.
      await sleep(pauseMs, undefined, { signal: closing.signal, ref: false }).catch(() => {})
      if (closing.signal.aborted) return false
      try {
        stream = await open()
        if (closing.signal.aborted) stream.close()
        return !closing.signal.aborted
      } catch (error) {
        log.debug({ err: error }, 'the Docker Engine does not answer yet')
      }
    }
  }

  return {
    onEvent: (listener) => enlist(listeners, listener),
    onReturn: (listener) => enlist(returns, listener),
    async close() {
      closing.abort()
      stream.close()
      await watching
    },
  }
}

function enlist<Listener>(listeners: Set<Listener>, listener: Listener) {
  listeners.add(listener)
  return () => void listeners.delete(listener)
}
