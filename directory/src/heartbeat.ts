import { writeFile } from 'node:fs/promises'
import type { Logger } from 'pino'

interface HeartbeatOptions {
  file: string
  /** What has to work for this program to be of use. One that never settles stops the heart, as one that rejects does. */
  check: () => Promise<unknown>
  log: Logger
  /** Milliseconds from one check's end to the next. */
  everyMs?: number
}

/** Touches a file as long as a program that listens on nothing does its work: whoever looks after it looks at the file's age. */
export function createHeartbeat({ file, check, log, everyMs = 5_000 }: HeartbeatOptions) {
  let timer: NodeJS.Timeout | undefined
  let closed = false

  async function beat() {
    try {
      await check()
      await writeFile(file, '')
    } catch (error) {
      log.warn({ err: error }, 'the heartbeat is left out')
    }
    if (!closed) timer = setTimeout(() => void beat(), everyMs)
  }

  void beat()
  return {
    close() {
      closed = true
      clearTimeout(timer)
    },
  }
}
