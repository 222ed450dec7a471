import { seedSchool } from '@usms/school-api/provision'
import type { PostgresAdmin } from '#src/platform/postgres-admin.ts'
import type { Step } from '../step.ts'

/** The school's settings and its first account, which can do nothing before it has accepted an invite. */
export const seedStep =
  ({ admin }: { admin: PostgresAdmin }): Step =>
  async ({ school, say }) => {
    const { code, name, timezone, locale, adminEmail } = school
    await seedSchool(admin.schoolUrl(code), { code, name, timezone, locale, adminEmail })
    await say('Settings and first account are there')
  }
