import { notFound } from '@usms/service-kit/errors/app-error'
import { toStamps } from '@usms/service-kit/http/fields'
import { type ExpectedVersions, versionIn, versionMismatch } from '@usms/service-kit/http/if-match'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db } from '#src/db.ts'
import type { Room } from '#src/generated/prisma/client.ts'
import { containsText } from '#src/http/contains-text.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { RoomAnswer, RoomBody, RoomList, RoomPatch } from './rooms.schema.ts'

export interface RoomsService {
  list(query: RoomList): Promise<Page<RoomAnswer>>
  read(id: string): Promise<RoomAnswer>
  create(actor: Actor, body: RoomBody): Promise<RoomAnswer>
  /** @throws AppError 412 when it is at none of `versions` */
  update(
    actor: Actor,
    id: string,
    patch: RoomPatch,
    versions?: ExpectedVersions,
  ): Promise<RoomAnswer>
  /** @throws AppError 409 `in_use` while sessions take place in it */
  remove(actor: Actor, id: string): Promise<void>
}

export function createRoomsService({ db, audit }: { db: Db; audit: Audit }): RoomsService {
  return {
    async list(query) {
      const { where, orderBy, take } = keyset(query, [
        { field: 'code', kind: 'text' },
        { field: 'id', kind: 'uuid' },
      ])
      const matching = query.q
        ? { OR: [{ name: containsText(query.q) }, { code: containsText(query.q) }] }
        : {}
      const [rows, total] = await Promise.all([
        db.room.findMany({ where: { AND: [matching, where] }, orderBy, take }),
        query.count ? db.room.count({ where: matching }) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.code, row.id],
        toItem: toRoom,
        total,
      })
    },

    async read(id) {
      const row = await db.room.findUnique({ where: { id } })
      if (!row) throw notFound('room')
      return toRoom(row)
    },

    create: (actor, body) =>
      db.$transaction(async (tx) => {
        const row = await tx.room.create({ data: body })
        await audit.record(tx, actor, {
          action: 'room.create',
          subjectType: 'room',
          subjectIds: [row.id],
        })
        return toRoom(row)
      }),

    update: (actor, id, patch, versions) =>
      db.$transaction(async (tx) => {
        const [row] = await tx.room.updateManyAndReturn({
          where: { id, ...versionIn(versions) },
          data: { ...patch, version: { increment: 1 } },
        })
        if (!row)
          throw (await tx.room.count({ where: { id } })) > 0 ? versionMismatch() : notFound('room')
        await audit.record(tx, actor, {
          action: 'room.update',
          subjectType: 'room',
          subjectIds: [id],
          fields: Object.keys(patch),
        })
        return toRoom(row)
      }),

    remove: (actor, id) =>
      db.$transaction(async (tx) => {
        const { count } = await tx.room.deleteMany({ where: { id } })
        if (count === 0) throw notFound('room')
        await audit.record(tx, actor, {
          action: 'room.delete',
          subjectType: 'room',
          subjectIds: [id],
        })
      }),
  }
}

const toRoom = (row: Room): RoomAnswer => ({
  ...toStamps(row),
  code: row.code,
  name: row.name,
  capacity: row.capacity,
})
