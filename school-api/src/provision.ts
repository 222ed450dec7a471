import { migrate, schemaLevelOf } from '@usms/service-kit/db/migrate'
import { createDb, type Db } from '#src/db.ts'
import type { Role } from '#src/generated/prisma/enums.ts'

/**
 * What makes an empty database a school: run by the provisioner in its own process, as the owner of the database, and by
 * `cli.ts` for a school run by hand. Each is safe to repeat.
 */

/** Where this release's schema and migrations stand. */
export const PRISMA_DIR = new URL('../prisma', import.meta.url).pathname

/** The last migration of this release. */
export const schemaLevel = (): string => schemaLevelOf(PRISMA_DIR)

export const migrateSchool = (databaseUrl: string) =>
  migrate({ url: databaseUrl, prismaDir: PRISMA_DIR })

/** The username of every school's first account. */
export const FIRST_ADMIN = 'admin'

export interface SchoolSeed {
  code: string
  name: string
  timezone: string
  locale: string
  adminEmail: string | null
}

/** Settings and the first account, which can sign in once it has accepted an invite. What is there is left as it is. */
export async function seedSchool(
  databaseUrl: string,
  { code, name, timezone, locale, adminEmail }: SchoolSeed,
): Promise<void> {
  await withDb(databaseUrl, async (db) => {
    await db.schoolSettings.createMany({
      data: { code, name, timezone, locale },
      skipDuplicates: true,
    })
    await db.user.createMany({
      data: {
        username: FIRST_ADMIN,
        usernameKey: FIRST_ADMIN,
        firstName: 'School',
        lastName: 'Office',
        role: 'ADMIN',
        email: adminEmail,
      },
      skipDuplicates: true,
    })
  })
}

export interface AdminInvite {
  role: Extract<Role, 'ADMIN' | 'OWNER'>
  /** SHA-256 of the token, hex: the token itself never comes here. */
  tokenHash: string
  expiresAt: Date
}

/** Resets the first account: earlier invites and sessions end, and the account can sign in again after accepting this one. */
export async function inviteAdmin(
  databaseUrl: string,
  { role, tokenHash, expiresAt }: AdminInvite,
): Promise<{ username: string }> {
  return withDb(databaseUrl, (db) =>
    db.$transaction(async (tx) => {
      const now = new Date()
      const user = await tx.user.update({
        where: { usernameKey: FIRST_ADMIN },
        data: { role, isActive: true, version: { increment: 1 } },
      })
      await tx.invite.updateMany({
        where: { userId: user.id, closedAt: null, tokenHash: { not: tokenHash } },
        data: { closedAt: now },
      })
      await tx.invite.createMany({
        data: { userId: user.id, tokenHash, expiresAt },
        skipDuplicates: true,
      })
      await tx.authSession.updateMany({
        where: { userId: user.id, revokedAt: null },
        data: { revokedAt: now, revokedReason: 'invited again by the platform owner' },
      })
      await tx.auditEvent.create({
        data: {
          action: 'user.invite',
          subjectType: 'user',
          subjectIds: [user.id],
          fields: ['role'],
        },
      })
      return { username: user.username }
    }),
  )
}

async function withDb<T>(databaseUrl: string, work: (db: Db) => Promise<T>): Promise<T> {
  const db = createDb(databaseUrl, 1)
  try {
    return await work(db)
  } finally {
    await db.$disconnect()
  }
}
