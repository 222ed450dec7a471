import type { Actor } from '#src/auth/actor.ts'
import { reachOf } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'

/**
 * What the actor may read: the office everything, authors all of theirs, everybody else what is addressed to them and out now.
 * One is addressed by one's role, and by the sections (and their grades) that one is in, one's children are in, or one teaches.
 */
export async function announcementsWithin(
  db: DbOrTx,
  actor: Actor,
  now: Date,
): Promise<Prisma.AnnouncementWhereInput> {
  const reach = await reachOf(db, actor)
  if (reach.everything) return {}
  const grades = await db.section.findMany({
    where: { id: { in: reach.sectionIds }, gradeId: { not: null } },
    distinct: ['gradeId'],
    select: { gradeId: true },
  })
  const gradeIds = grades.flatMap(({ gradeId }) => gradeId ?? [])
  return {
    OR: [
      { authorId: actor.userId },
      {
        publishAt: { lte: now },
        AND: [
          { OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] },
          {
            OR: [
              { audienceKind: 'all' },
              { audienceKind: 'role', audienceValue: actor.role },
              { audienceKind: 'grade', audienceValue: { in: gradeIds } },
              { audienceKind: 'section', audienceValue: { in: reach.sectionIds } },
            ],
          },
        ],
      },
    ],
  }
}
