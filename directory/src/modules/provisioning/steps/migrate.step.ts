import { appliedLevel } from '@usms/service-kit/db/migrate'
import { migrateSchool, schemaLevel } from '@usms/school-api/provision'
import type { PostgresAdmin } from '#src/platform/postgres-admin.ts'
import type { Step } from '../step.ts'

/** Brings the school's database to this release's schema level. Copied from the template it is there already. */
export const migrateStep =
  ({ admin }: { admin: PostgresAdmin }): Step =>
  async ({ school, say, fenced }) => {
    const url = admin.schoolUrl(school.code)
    const wanted = schemaLevel()
    if ((await appliedLevel(url)) !== wanted) {
      const { applied } = await migrateSchool(url)
      // What a migration made is the owner's alone until it is granted.
      await admin.grantSchoolRole(school.code)
      await say(`Migrations applied: ${applied.join(', ')}`)
    }
    await fenced((tx) =>
      tx.query(
        `update tenant set schema_level = $2, version = version + 1, updated_at = now()
          where id = $1 and schema_level is distinct from $2`,
        [school.id, wanted],
      ),
    )
    await say(`Schema is at ${wanted}`)
  }
