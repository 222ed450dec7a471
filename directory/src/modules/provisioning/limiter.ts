/** Runs at most `slots` pieces of work at once; the others wait in the order in which they came. */
export type Limiter = <T>(work: () => Promise<T>) => Promise<T>

export function createLimiter(slots: number): Limiter {
  let running = 0
  const waiting: (() => void)[] = []
  return async (work) => {
    // The slot is handed over, not freed, so that a newcomer cannot overtake.
    if (running >= slots) await new Promise<void>((resolve) => waiting.push(resolve))
    else running++
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }
}
