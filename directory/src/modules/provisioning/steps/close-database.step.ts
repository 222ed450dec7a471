import type { PostgresAdmin } from '#src/platform/postgres-admin.ts'
import type { Step } from '../step.ts'

/** Nobody gets into the database any more, and nothing in it is lost. */
export const closeDatabaseStep =
  ({ admin }: { admin: PostgresAdmin }): Step =>
  async ({ school, say }) => {
    const { databaseExists } = await admin.observeSchool(school.code)
    await admin.closeSchool(school.code)
    await say(databaseExists ? 'Database closed' : 'The school has no database')
  }
