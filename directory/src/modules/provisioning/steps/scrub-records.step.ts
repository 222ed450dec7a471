import type pg from 'pg'
import { readOthersRemoved, scrubSchool } from '../erasure.queries.ts'
import { keepRemoved } from '../operation-input.ts'
import type { Step } from '../step.ts'
import { rewriteTables } from '../rewrite-tables.ts'

/**
 * Leaves of the directory's records what names nobody: the row with its code, which operations there were and when, and the
 * trace of what owners did (ids and names of fields).
 */
export const scrubRecordsStep =
  ({ pool }: { pool: pg.Pool }): Step =>
  async (context) => {
    const { operation, school, say, keep, signal } = context
    // What archiving removed stands in records that go now.
    const earlier = await readOthersRemoved(pool, operation)
    await keepRemoved(context, earlier, (tx) => scrubSchool(tx, operation))
    await say(`Records of ${school.code} scrubbed`)
    const notRewritten = await rewriteTables(pool, signal)
    await keep({ notRewritten })
    if (notRewritten.length > 0)
      await say(`Not rewritten, since others used them all the time: ${notRewritten.join(', ')}`)
  }
