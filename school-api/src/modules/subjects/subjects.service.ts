import { notFound } from '@usms/service-kit/errors/app-error'
import { toStamps } from '@usms/service-kit/http/fields'
import { type ExpectedVersions, versionIn, versionMismatch } from '@usms/service-kit/http/if-match'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db } from '#src/db.ts'
import type { Subject } from '#src/generated/prisma/client.ts'
import { containsText } from '#src/http/contains-text.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { SubjectAnswer, SubjectBody, SubjectList, SubjectPatch } from './subjects.schema.ts'

export interface SubjectsService {
  list(query: SubjectList): Promise<Page<SubjectAnswer>>
  read(id: string): Promise<SubjectAnswer>
  create(actor: Actor, body: SubjectBody): Promise<SubjectAnswer>
  /** @throws AppError 412 when it is at none of `versions` */
  update(
    actor: Actor,
    id: string,
    patch: SubjectPatch,
    versions?: ExpectedVersions,
  ): Promise<SubjectAnswer>
  /** @throws AppError 409 `in_use` while something is taught in it */
  remove(actor: Actor, id: string): Promise<void>
}

export function createSubjectsService({ db, audit }: { db: Db; audit: Audit }): SubjectsService {
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
        db.subject.findMany({ where: { AND: [matching, where] }, orderBy, take }),
        query.count ? db.subject.count({ where: matching }) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.code, row.id],
        toItem: toSubject,
        total,
      })
    },

    async read(id) {
      const row = await db.subject.findUnique({ where: { id } })
      if (!row) throw notFound('subject')
      return toSubject(row)
    },

    create: (actor, body) =>
      db.$transaction(async (tx) => {
        const row = await tx.subject.create({ data: body })
        await audit.record(tx, actor, {
          action: 'subject.create',
          subjectType: 'subject',
          subjectIds: [row.id],
        })
        return toSubject(row)
      }),

    update: (actor, id, patch, versions) =>
      db.$transaction(async (tx) => {
        const [row] = await tx.subject.updateManyAndReturn({
          where: { id, ...versionIn(versions) },
          data: { ...patch, version: { increment: 1 } },
        })
        if (!row)
          throw (await tx.subject.count({ where: { id } })) > 0
            ? versionMismatch()
            : notFound('subject')
        await audit.record(tx, actor, {
          action: 'subject.update',
          subjectType: 'subject',
          subjectIds: [id],
          fields: Object.keys(patch),
        })
        return toSubject(row)
      }),

    remove: (actor, id) =>
      db.$transaction(async (tx) => {
        const { count } = await tx.subject.deleteMany({ where: { id } })
        if (count === 0) throw notFound('subject')
        await audit.record(tx, actor, {
          action: 'subject.delete',
          subjectType: 'subject',
          subjectIds: [id],
        })
      }),
  }
}

const toSubject = (row: Subject): SubjectAnswer => ({
  ...toStamps(row),
  code: row.code,
  name: row.name,
})
