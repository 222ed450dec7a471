import { type Actor, isOffice } from '#src/auth/actor.ts'
import type { Reach } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import type { AnnouncementAnswer, AudiencesAnswer } from './announcements.schema.ts'

const instant = (time: Date) => Prisma.sql`${time.toISOString()}::timestamptz`

/** The announcement `a` is published, and not over. */
export const isOut = (now: Date) =>
  Prisma.sql`(a.publish_at <= ${instant(now)} and (a.expires_at is null or a.expires_at > ${instant(now)}))`

/**
 * What of `announcement a` the actor may read: the office everything, authors all of theirs, everybody else what is addressed to
 * them and out now. One is addressed by one's role, and by the sections (and their grades) that one is in, one's children are in,
 * or one teaches.
 */
export const announcedTo = (reach: Reach, actor: Actor, now: Date): Prisma.Sql =>
  reach.everything
    ? Prisma.sql`true`
    : Prisma.sql`(a.author_id = ${actor.userId}::uuid or (${isOut(now)} and case a.audience_kind
        when 'all' then true
        when 'role' then a.audience_value = ${actor.role}
        when 'grade' then a.audience_value = any(${reach.gradeIds}::text[])
        when 'section' then a.audience_value = any(${reach.sectionIds}::text[]) end))`

/** That the actor has read `a`, as `own`. */
export const joinOwnRead = (actor: Actor) =>
  Prisma.sql`left join announcement_read own on own.announcement_id = a.id and own.user_id = ${actor.userId}::uuid`

/** What one wrote oneself is not unread. */
export const isUnread = (actor: Actor) =>
  Prisma.sql`(own.read_at is null and a.author_id <> ${actor.userId}::uuid)`

type Shown = Pick<
  AnnouncementAnswer,
  'id' | 'version' | 'title' | 'body' | 'audience' | 'author' | 'readCount'
>

export interface AnnouncementRow extends Shown {
  createdAt: Date
  updatedAt: Date
  publishAt: Date
  expiresAt: Date | null
  readAt: Date | null
  /** 1 where it comes before what is 0. */
  rank: number
}

interface Asked {
  where: Prisma.Sql
  /** Where what is not read comes first: by what is out at this time. */
  unreadFirst?: Date | undefined
  /** The sort key of the row before: rank, publishAt, id. */
  after?: readonly unknown[] | undefined
  limit: number
}

/** Announcements with the names that a screen shows, and for authors and the office with how many others have read each. One statement. */
export function announcementRows(
  db: DbOrTx,
  actor: Actor,
  { where, unreadFirst, after, limit }: Asked,
): Promise<AnnouncementRow[]> {
  const rank = unreadFirst
    ? Prisma.sql`(${isUnread(actor)} and ${isOut(unreadFirst)})::int`
    : Prisma.sql`0::int`
  const beyond = after
    ? Prisma.sql`and (${rank}, a.publish_at, a.id) < (${after[0]}::int, ${after[1]}::timestamptz, ${after[2]}::uuid)`
    : Prisma.empty
  return db.$queryRaw`
    select a.id, a.version, a.created_at as "createdAt", a.updated_at as "updatedAt", a.title, a.body,
           json_build_object('kind', a.audience_kind, 'value', a.audience_value, 'name', coalesce(g.name, s.name)) as audience,
           a.publish_at as "publishAt", a.expires_at as "expiresAt",
           json_build_object('userId', u.id, 'firstName', u.first_name, 'lastName', u.last_name,
                             'preferredName', u.preferred_name) as author,
           own.read_at as "readAt",
           case when ${isOffice(actor)} or a.author_id = ${actor.userId}::uuid then
             (select count(*)::int from announcement_read r
               where r.announcement_id = a.id and r.user_id <> a.author_id) end as "readCount",
           ${rank} as rank
      from announcement a
      join app_user u on u.id = a.author_id
      left join grade g on a.audience_kind = 'grade' and g.id::text = a.audience_value
      left join section s on a.audience_kind = 'section' and s.id::text = a.audience_value
      ${joinOwnRead(actor)}
     where ${where} ${beyond}
     order by rank desc, a.publish_at desc, a.id desc
     limit ${limit}`
}

export async function countAnnouncements(db: DbOrTx, where: Prisma.Sql): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    select count(*)::int as count from announcement a where ${where}`
  return row?.count ?? 0
}

/** The grades and sections that the reach lets one address: a grade only whoever reaches all of them. */
export async function audiencesWithin(
  db: DbOrTx,
  reach: Reach,
): Promise<Pick<AudiencesAnswer, 'grades' | 'sections'>> {
  const within = reach.everything
    ? Prisma.sql`true`
    : Prisma.sql`s.id = any(${reach.sectionIds}::uuid[])`
  const [row] = await db.$queryRaw<Pick<AudiencesAnswer, 'grades' | 'sections'>[]>`
    select (select coalesce(json_agg(json_build_object('id', g.id, 'name', g.name) order by g.order_no, g.name), '[]')
              from grade g where ${reach.everything}) as grades,
           (select coalesce(json_agg(json_build_object('id', s.id, 'name', s.name)
                                     order by g.order_no nulls last, s.name, s.id), '[]')
              from section s left join grade g on g.id = s.grade_id where ${within}) as sections`
  return row ?? { grades: [], sections: [] }
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
