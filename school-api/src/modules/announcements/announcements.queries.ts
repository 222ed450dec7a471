import { type Actor, isOffice } from '#src/auth/actor.ts'
import { type Reach, reachOf } from '#src/auth/reach.ts'
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
  return announcedTo(await reachOf(db, actor), actor, now)
}

/** The same for whoever knows the reach already. */
export function announcedTo(reach: Reach, actor: Actor, now: Date): Prisma.AnnouncementWhereInput {
  if (reach.everything) return {}
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
              { audienceKind: 'grade', audienceValue: { in: reach.gradeIds } },
              { audienceKind: 'section', audienceValue: { in: reach.sectionIds } },
            ],
          },
        ],
      },
    ],
  }
}

export interface Receipt {
  readAt: Date | null
  readCount: number | null
}

/**
 * Of each announcement when the actor read it, and for its author and the office how many others did. One statement for a
 * whole page.
 */
export async function receiptsOf(
  db: DbOrTx,
  actor: Actor,
  ids: readonly string[],
): Promise<(id: string) => Receipt> {
  const rows = await db.$queryRaw<({ id: string } & Receipt)[]>`
    select a.id, own.read_at as "readAt",
           case when ${isOffice(actor)} or a.author_id = ${actor.userId}::uuid then
             (select count(*)::int from announcement_read r
               where r.announcement_id = a.id and r.user_id <> a.author_id) end as "readCount"
      from announcement a
      left join announcement_read own on own.announcement_id = a.id and own.user_id = ${actor.userId}::uuid
     where a.id = any(${[...ids]}::uuid[])`
  const receipts = new Map(rows.map((row) => [row.id, row]))
  return (id) => receipts.get(id) ?? { readAt: null, readCount: null }
}

/** Keeps when the user read it first. False when that was said before. */
export async function keepRead(
  db: DbOrTx,
  { announcementId, userId, at }: { announcementId: string; userId: string; at: Date },
): Promise<boolean> {
  const inserted = await db.$executeRaw`
    insert into announcement_read (announcement_id, user_id, read_at)
    values (${announcementId}::uuid, ${userId}::uuid, ${at.toISOString()}::timestamptz)
        on conflict do nothing`
  return inserted > 0
}
