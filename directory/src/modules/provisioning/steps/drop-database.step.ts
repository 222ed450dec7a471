import type { PostgresAdmin } from '#src/platform/postgres-admin.ts'
import { schoolNames } from '#src/platform/school-names.ts'
import { keepRemoved } from '../operation-input.ts'
import type { Step } from '../step.ts'

/** Database and login role, with everything in them. */
export const dropDatabaseStep =
  ({ admin }: { admin: PostgresAdmin }): Step =>
  async (context) => {
    const { school, say } = context
    const { database, role } = schoolNames(school.code)
    const found = await admin.observeSchool(school.code)
    // Before they go: after a kill in between nobody could tell any more that they were there.
    await keepRemoved(context, [
      ...(found.databaseExists ? [{ kind: 'database', name: database }] : []),
      ...(found.roleExists ? [{ kind: 'role', name: role }] : []),
    ])
    await admin.dropSchool(school.code)
    const left = await admin.observeSchool(school.code)
    if (left.databaseExists || left.roleExists)
      throw new Error(`${database} or its role is still there`)
    await say(found.databaseExists ? 'Database and login role dropped' : 'There was no database')
  }
