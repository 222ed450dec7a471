import { forbidden, notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import { toInstantOrNull, toStamps } from '@usms/service-kit/http/fields'
import { decodeCursor, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { reachOf } from '#src/auth/reach.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import { type Announcement, Prisma } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { canAddress, canChangeAnnouncement } from './announcements.policy.ts'
import {
  announcedTo,
  announcementRows,
  type AnnouncementRow,
  audiencesWithin,
  countAnnouncements,
  keepRead,
} from './announcements.queries.ts'
import {
  type AnnouncementAnswer,
  type AnnouncementBody,
  type AnnouncementList,
  type AnnouncementPatch,
  type Audience,
  audience as audienceSchema,
  type AudiencesAnswer,
} from './announcements.schema.ts'

export interface AnnouncementsService {
  list(actor: Actor, query: AnnouncementList): Promise<Page<AnnouncementAnswer>>
  /** @throws AppError 403 to pupils and parents */
  audiences(actor: Actor): Promise<AudiencesAnswer>
  /** @throws AppError 404 for what is not addressed to the actor */
  read(actor: Actor, id: string): Promise<AnnouncementAnswer>
  /** @throws AppError 403 for an audience one may not address; 422 `unknown_audience`, `dates_out_of_order` */
  create(actor: Actor, body: AnnouncementBody): Promise<AnnouncementAnswer>
  /** @throws AppError 403 for somebody else's, else as for create */
  update(actor: Actor, id: string, patch: AnnouncementPatch): Promise<AnnouncementAnswer>
  remove(actor: Actor, id: string): Promise<void>
  /** The first time counts. @throws AppError 404 for what is not addressed to the actor */
  markRead(actor: Actor, id: string): Promise<void>
}

interface AnnouncementsDeps {
  db: Db
  audit: Audit
  now: () => Date
}

export function createAnnouncementsService({
  db,
  audit,
  now,
}: AnnouncementsDeps): AnnouncementsService {
  const trace = (tx: DbOrTx, actor: Actor, verb: string, id: string, fields: string[] = []) =>
    audit.record(tx, actor, {
      action: `announcement.${verb}`,
      subjectType: 'announcement',
      subjectIds: [id],
      fields,
    })

  return {
    async list(actor, query) {
      const within = announcedTo(await reachOf(db, actor), actor, now())
      const where = query.mine
        ? Prisma.sql`${within} and a.author_id = ${actor.userId}::uuid`
        : within
      const [rows, total] = await Promise.all([
        announcementRows(db, actor, {
          where,
          unreadFirst: query.order === 'unread' ? now() : undefined,
          after:
            query.cursor === undefined
              ? undefined
              : decodeCursor(query.cursor, ['number', 'time', 'uuid']),
          limit: query.limit + 1,
        }),
        query.count ? countAnnouncements(db, where) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.rank, row.publishAt.toISOString(), row.id],
        toItem: toAnnouncement,
        total,
      })
    },

    async audiences(actor) {
      if (actor.scope === 'self' || actor.scope === 'child')
        throw forbidden('Announcements are made by staff')
      const reach = await reachOf(db, actor)
      return { everybody: reach.everything, ...(await audiencesWithin(db, reach)) }
    },

    async read(actor, id) {
      return answerOf(db, actor, id, announcedTo(await reachOf(db, actor), actor, now()))
    },

    create: (actor, { title, body, audience, publishAt, expiresAt }) =>
      db.$transaction(async (tx) => {
        await requireAddressable(tx, actor, audience)
        await requireAudience(tx, audience)
        const times = {
          publishAt: publishAt === undefined ? now() : new Date(publishAt),
          expiresAt: toDateTime(expiresAt ?? null),
        }
        requireOrder(times)
        const row = await tx.announcement.create({
          data: { title, body, ...toColumns(audience), ...times, authorId: actor.userId },
        })
        await trace(tx, actor, 'create', row.id)
        return answerOf(tx, actor, row.id)
      }),

    update: (actor, id, patch) =>
      db.$transaction(async (tx) => {
        const held = await holdOwn(tx, actor, id)
        const { audience = audienceOf(held), publishAt, expiresAt, ...texts } = patch
        // Also the one it keeps: somebody who teaches a section no longer does not speak to it through an old announcement.
        await requireAddressable(tx, actor, audience)
        if (patch.audience) await requireAudience(tx, patch.audience)
        const times = {
          publishAt: publishAt === undefined ? held.publishAt : new Date(publishAt),
          expiresAt: expiresAt === undefined ? held.expiresAt : toDateTime(expiresAt),
        }
        requireOrder(times)
        await tx.announcement.update({
          where: { id },
          data: { ...texts, ...toColumns(audience), ...times, version: { increment: 1 } },
        })
        await trace(tx, actor, 'update', id, Object.keys(patch))
        return answerOf(tx, actor, id)
      }),

    remove: (actor, id) =>
      db.$transaction(async (tx) => {
        await holdOwn(tx, actor, id)
        await tx.announcement.delete({ where: { id } })
        await trace(tx, actor, 'delete', id)
      }),

    markRead: (actor, id) =>
      db.$transaction(async (tx) => {
        const at = now()
        const within = announcedTo(await reachOf(tx, actor), actor, at)
        if ((await countAnnouncements(tx, Prisma.sql`a.id = ${id}::uuid and ${within}`)) === 0)
          throw notFound('announcement')
        if (await keepRead(tx, { announcementId: id, userId: actor.userId, at }))
          await trace(tx, actor, 'mark-read', id)
      }),
  }
}

/** @throws AppError 404 where it is not `within` */
async function answerOf(
  db: DbOrTx,
  actor: Actor,
  id: string,
  within = Prisma.sql`true`,
): Promise<AnnouncementAnswer> {
  const where = Prisma.sql`a.id = ${id}::uuid and ${within}`
  const [row] = await announcementRows(db, actor, { where, limit: 1 })
  if (!row) throw notFound('announcement')
  return toAnnouncement(row)
}

/** Locked, since its two times are checked against each other. */
async function holdOwn(tx: DbOrTx, actor: Actor, id: string): Promise<Announcement> {
  await tx.$queryRaw`select 1 from announcement where id = ${id}::uuid for update`
  const row = await tx.announcement.findUnique({ where: { id } })
  if (!row) throw notFound('announcement')
  if (!canChangeAnnouncement(actor, row)) throw forbidden('This is somebody else’s announcement')
  return row
}

async function requireAddressable(tx: DbOrTx, actor: Actor, audience: Audience): Promise<void> {
  if (!canAddress(await reachOf(tx, actor), audience))
    throw forbidden('You may announce to sections you teach')
}

async function requireAudience(tx: DbOrTx, audience: Audience): Promise<void> {
  if (audience.kind !== 'grade' && audience.kind !== 'section') return
  const where = { id: audience.value }
  const found =
    audience.kind === 'grade'
      ? await tx.grade.findUnique({ where, select: { id: true } })
      : await tx.section.findUnique({ where, select: { id: true } })
  if (!found)
    throw unprocessable('unknown_audience', `No such ${audience.kind}`, {
      issues: [{ path: 'audience.value', message: `no such ${audience.kind}` }],
    })
}

function requireOrder({ publishAt, expiresAt }: { publishAt: Date; expiresAt: Date | null }): void {
  if (expiresAt !== null && expiresAt <= publishAt)
    throw unprocessable('dates_out_of_order', 'An announcement is published before it expires', {
      issues: [{ path: 'expiresAt', message: 'must be after publishAt' }],
    })
}

const toDateTime = (time: string | null): Date | null => (time === null ? null : new Date(time))

const toColumns = ({ kind, value }: Audience) => ({
  audienceKind: kind,
  audienceValue: value ?? null,
})

const audienceOf = (row: Announcement): Audience =>
  audienceSchema.parse({ kind: row.audienceKind, value: row.audienceValue })

const toAnnouncement = (row: AnnouncementRow): AnnouncementAnswer => ({
  ...toStamps(row),
  title: row.title,
  body: row.body,
  audience: row.audience,
  publishAt: row.publishAt.toISOString(),
  expiresAt: toInstantOrNull(row.expiresAt),
  authorUserId: row.author.userId,
  author: row.author,
  readAt: toInstantOrNull(row.readAt),
  readCount: row.readCount,
})
