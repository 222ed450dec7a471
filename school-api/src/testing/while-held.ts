import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'

const DEADLINE_MS = 10_000

/**
 * Lets requests race for certain: `hold` takes a lock (or writes what has to be noticed), the requests run into it, and only when
 * all of them wait in the database is it let go. The school needs a pool with two connections more than there are requests.
 */
export async function whileHeld<T>(
  db: Db,
  hold: (tx: Prisma.TransactionClient) => Promise<unknown>,
  requests: () => PromiseLike<T>[],
): Promise<T[]> {
  const running = await db.$transaction(
    async (tx) => {
      await hold(tx)
      // Promise.resolve() starts supertest's requests, which are lazy. In an array, or the transaction would wait for them.
      const started = requests().map((request) => Promise.resolve(request))
      const deadline = performance.now() + DEADLINE_MS
      for (;;) {
        // Not through tx: inside one transaction the view keeps saying what it said first.
        const [row] = await db.$queryRaw<{ waiting: number }[]>`
          select count(*)::int as waiting from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`
        if (row && row.waiting >= started.length) return started
        if (performance.now() > deadline)
          throw new Error(`only ${row?.waiting} of ${started.length} requests came to wait`)
        await sleep(5)
      }
    },
    { timeout: DEADLINE_MS + 5_000 },
  )
  return Promise.all(running)
}
