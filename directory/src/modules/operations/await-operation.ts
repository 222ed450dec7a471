import type { Db } from '#src/db.ts'
import type { OperationFeed } from './operation-feed.ts'
import { type Outcome, outcomeOf } from './operations.queries.ts'

/**
 * Waits until an operation has finished.
 * @param deadline milliseconds since the epoch
 * @returns null when it had not by then
 */
export async function awaitOperation(
  { db, feed }: { db: Db; feed: OperationFeed },
  operationId: string,
  deadline: number,
): Promise<Outcome | null> {
  let news = Promise.withResolvers<void>()
  // Subscribed before the first look: what happens in between is a wake too many, never one too few.
  const unsubscribe = feed.subscribe(operationId, () => news.resolve())
  const timer = setTimeout(() => news.resolve(), Math.max(0, deadline - Date.now()))
  try {
    for (;;) {
      const outcome = await outcomeOf(db, operationId)
      if (outcome?.finished) return outcome
      if (Date.now() >= deadline) return null
      await news.promise
      news = Promise.withResolvers()
      if (Date.now() >= deadline) news.resolve()
    }
  } finally {
    clearTimeout(timer)
    unsubscribe()
  }
}
