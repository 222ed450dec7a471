export interface SlotTimings {
  /** Milliseconds between being asked to end and being ended by force. */
  stopGraceMs: number
  /** The first pause before a school that ended by itself is started again (milliseconds); doubles up to the longest. */
  backOffMs: number
  maxBackOffMs: number
  /** Milliseconds a school must run for its next end to count as the first. */
  steadyMs: number
}

/** How long to wait before the next attempt: longer after every one that failed. */
export interface SlotPause {
  /** @returns milliseconds until `work` is called */
  wait(work: () => void): number
  /** What was waited for is not done. */
  cancel(): void
  reset(): void
}

export function createSlotPause({ backOffMs, maxBackOffMs }: SlotTimings): SlotPause {
  let nextMs = backOffMs
  let timer: NodeJS.Timeout | undefined
  return {
    wait(work) {
      clearTimeout(timer)
      const pauseMs = nextMs
      timer = setTimeout(work, pauseMs)
      nextMs = Math.min(nextMs * 2, maxBackOffMs)
      return pauseMs
    },
    cancel: () => clearTimeout(timer),
    reset: () => void (nextMs = backOffMs),
  }
}
