import { migrateSchool, schemaLevel } from '@usms/school-api/provision'
import type { PostgresAdmin } from '#src/platform/postgres-admin.ts'
import type { SchoolSecretStore } from '../school-secrets.ts'
import type { Step } from '../step.ts'

/** A school's API opens three connections; a restart has two processes for a moment, and somebody may have to look inside. */
const CONNECTION_LIMIT = 8

/** A login role and a database of the school's own, copied from a template that is at this release's schema level already. */
export const createDatabaseStep =
  ({ admin, secrets }: { admin: PostgresAdmin; secrets: SchoolSecretStore }): Step =>
  async ({ school, say, fenced }) => {
    const template = await admin.ensureTemplate(schemaLevel(), async (url) => {
      await migrateSchool(url)
    })
    const { dbPassword } = await secrets.ensure(school.id, fenced)
    const found = await admin.observeSchool(school.code)
    await admin.ensureSchoolRole(school.code, dbPassword, { connectionLimit: CONNECTION_LIMIT })
    await admin.ensureSchoolDatabase(school.code, template)
    await admin.grantSchoolRole(school.code)
    await say(found.databaseExists ? 'Database found' : 'Database and login role created')
  }
