/** @returns runs what it is given one after the other, whether or not the one before failed */
export function createTurns() {
  let last: Promise<unknown> = Promise.resolve()
  return {
    inTurn<T>(work: () => Promise<T>): Promise<T> {
      const result = last.then(work)
      last = result.catch(() => {})
      return result
    },
    /** When all that was given until now has ended. Never rejects. */
    settled: () => last,
  }
}
