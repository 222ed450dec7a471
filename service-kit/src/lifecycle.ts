import type { Logger } from 'pino'

export interface Lifecycle {
  /** Registers the close of a resource; closes run last-in first-out, one after the other. */
  onClose(name: string, close: () => Promise<void> | void): void
  /** Runs every registered close once. A close that throws or hangs is logged and does not keep the others from running. */
  close(): Promise<void>
}

/**
 * Whoever opens a resource registers its close here.
 * @param closeTimeoutMs how long one close may take before it is given up (milliseconds)
 */
export function createLifecycle(log: Logger, closeTimeoutMs = 10_000): Lifecycle {
  const closes: { name: string; close: () => Promise<void> | void }[] = []
  let closing: Promise<void> | undefined

  async function closeAll() {
    for (let next = closes.pop(); next; next = closes.pop()) {
      const { name, close } = next
      const startedAt = performance.now()
      let timer: NodeJS.Timeout | undefined
      const gaveUp = new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new Error(`closing ${name} took too long`)), closeTimeoutMs)
      })
      try {
        // Inside an async function, so that a close that throws at once is like one that rejects.
        await Promise.race([(async () => close())(), gaveUp])
        const durationMs = Math.round(performance.now() - startedAt)
        log.debug({ resource: name, durationMs }, 'closed')
      } catch (error) {
        log.error({ err: error, resource: name }, 'a resource did not close cleanly')
      } finally {
        clearTimeout(timer)
      }
    }
  }

  return {
    onClose: (name, close) => void closes.push({ name, close }),
    close: () => (closing ??= closeAll()),
  }
}

/**
 * npm passes on to us the Ctrl-C that the terminal has sent to its whole process group, us among them: what comes this soon is the
 * same signal (milliseconds).
 */
const SAME_SIGNAL_MS = 1_000

/**
 * Closes everything and ends the process on SIGINT or SIGTERM, or when the code has failed in a way it did not expect.
 * A second signal ends it at once.
 */
export function closeOnSignals(lifecycle: Lifecycle, log: Logger): void {
  let exitCode = 0
  let firstSignalAt: number | undefined
  const shutDown = (reason: string) => {
    log.info({ reason }, 'shutting down')
    void lifecycle.close().finally(() => process.exit(exitCode))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.on(signal, () => {
      if (firstSignalAt === undefined) {
        firstSignalAt = performance.now()
        shutDown(signal)
      } else if (performance.now() - firstSignalAt > SAME_SIGNAL_MS) process.exit(exitCode || 1)
    })
  const crash = (error: unknown) => {
    log.fatal({ err: error }, 'unexpected failure')
    exitCode = 1
    shutDown('unexpected failure')
  }
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
}
