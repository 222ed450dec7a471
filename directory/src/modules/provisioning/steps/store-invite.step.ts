import { inviteAdmin } from '@usms/school-api/provision'
import { z } from 'zod'
import type { PostgresAdmin } from '#src/platform/postgres-admin.ts'
import type { Step } from '../step.ts'

const inviteInput = z.object({
  role: z.enum(['ADMIN', 'OWNER']),
  /** SHA-256, hex: the token itself was given to the owner alone. */
  tokenHash: z.string().regex(/^[0-9a-f]{64}$/),
  expiresAt: z.coerce.date(),
})

/** Resets the school's first account to the invite that the owner holds. */
export const storeInviteStep =
  ({ admin }: { admin: PostgresAdmin }): Step =>
  async ({ operation, school, say }) => {
    const { databaseExists } = await admin.observeSchool(school.code)
    if (!databaseExists) throw new Error('The school has no database yet; provision it first')
    const { username } = await inviteAdmin(
      admin.schoolUrl(school.code),
      inviteInput.parse(operation.input),
    )
    await say(`Invite for ${username} stored`)
  }
