/** Lets so many through at once; the others wait in the order in which they came. */
export interface StartGate {
  /** Resolves when it is one's turn. @returns ends it; it ends by itself after `atMostMs` */
  enter(): Promise<() => void>
}

/**
 * When the engine comes back every school wants to start at once. All together they would take longer than any of them is given;
 * one after the other each takes what it takes alone. One that hangs holds nobody up for long.
 */
export function createStartGate(options: { atOnce: number; atMostMs: number }): StartGate {
  let inside = 0
  const waiting: (() => void)[] = []

  function letIn(): () => void {
    inside++
    let isOut = false
    const leave = () => {
      if (isOut) return
      isOut = true
      clearTimeout(timer)
      inside--
      waiting.shift()?.()
    }
    const timer = setTimeout(leave, options.atMostMs)
    timer.unref()
    return leave
  }

  return {
    async enter() {
      while (inside >= options.atOnce) {
        const turn = Promise.withResolvers<void>()
        waiting.push(turn.resolve)
        await turn.promise
      }
      return letIn()
    },
  }
}
