import type { Logger } from 'pino'
import { type Answer, cutLine, toLines } from '#src/modules/asks/ask-messages.ts'

/** One log that somebody follows. */
export interface LogFollow {
  /** Goes on for so long from now (seconds). */
  prolong(seconds: number): void
  end(): void
}

interface FollowDeps {
  /** The lines that stand before the first one followed. */
  recent(): Promise<string[]>
  follow(onLine: (line: string) => void): () => void
  say(serial: number, answer: Answer): Promise<void>
  log: Logger
  onEnd(): void
}

const BATCH_MS = 200
/** Of one batch: what is more is left out and counted, so that a flood of lines fills neither memory nor the server's queue. */
const BATCH_LINES = 200
const BATCH_CHARS = 64_000
/** For so many batches a line may come that stood among the recent ones already. */
const OVERLAPPING_BATCHES = 3

export function createLogFollow({ recent, follow, say, log, onEnd }: FollowDeps): LogFollow {
  let waiting: string[] = []
  let chars = 0
  let leftOut = 0
  /** Of the batch before: they came after its lines. */
  let leftOutBefore = 0
  let before: string[] = []
  let overlapping = OVERLAPPING_BATCHES
  let serial = 0
  let ended = false
  let saying = false
  let lease: NodeJS.Timeout | undefined

  // Before the recent lines are read: one between the two shall come twice rather than not at all.
  const stop = follow((line) => {
    if (waiting.length >= BATCH_LINES || chars >= BATCH_CHARS) return void leftOut++
    const cut = cutLine(line)
    waiting.push(cut)
    chars += cut.length
  })

  async function sayAll(lines: string[], without: number) {
    saying = true
    try {
      await say(serial++, toLines(lines, without))
    } catch (error) {
      // They are lost, and the number that is missing says so.
      log.debug({ err: error }, 'lines of a log could not be passed on')
    } finally {
      saying = false
    }
  }

  async function begin() {
    try {
      before = await recent()
    } catch (error) {
      log.warn({ err: error }, "a school's log cannot be read")
    }
    if (!ended) await sayAll(before, 0)
  }

  function nextBatch() {
    // The one before is still on its way: what comes meanwhile finds the batch full.
    if (saying) return
    const lines = overlapping > 0 ? withoutOverlap(before, waiting) : waiting
    if (overlapping-- === 1 || waiting.length > 0) {
      before = []
      overlapping = 0
    }
    const without = leftOutBefore
    leftOutBefore = leftOut
    waiting = []
    chars = 0
    leftOut = 0
    if (lines.length > 0 || without > 0) void sayAll(lines, without)
  }

  function end() {
    if (ended) return
    ended = true
    clearInterval(batches)
    clearTimeout(lease)
    stop()
    onEnd()
  }

  let batches: NodeJS.Timeout | undefined
  void begin().then(() => {
    if (!ended) batches = setInterval(nextBatch, BATCH_MS)
  })

  return {
    prolong(seconds) {
      clearTimeout(lease)
      lease = setTimeout(end, seconds * 1_000)
    },
    end,
  }
}

/** `after` without the lines at its beginning that are those at the end of `before`. */
function withoutOverlap(before: readonly string[], after: string[]): string[] {
  for (let count = Math.min(before.length, after.length); count > 0; count--)
    if (before.slice(-count).every((line, i) => cutLine(line) === after[i]))
      return after.slice(count)
  return after
}
