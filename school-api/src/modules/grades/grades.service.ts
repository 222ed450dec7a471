import { notFound } from '@usms/service-kit/errors/app-error'
import { toStamps } from '@usms/service-kit/http/fields'
import { type ExpectedVersions, versionIn, versionMismatch } from '@usms/service-kit/http/if-match'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db } from '#src/db.ts'
import type { Grade } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { GradeAnswer, GradeBody, GradeList, GradePatch } from './grades.schema.ts'

export interface GradesService {
  list(query: GradeList): Promise<Page<GradeAnswer>>
  read(id: string): Promise<GradeAnswer>
  create(actor: Actor, body: GradeBody): Promise<GradeAnswer>
  /** @throws AppError 412 when it is at none of `versions` */
  update(
    actor: Actor,
    id: string,
    patch: GradePatch,
    versions?: ExpectedVersions,
  ): Promise<GradeAnswer>
  /** @throws AppError 409 `in_use` while it has sections */
  remove(actor: Actor, id: string): Promise<void>
}

export function createGradesService({ db, audit }: { db: Db; audit: Audit }): GradesService {
  return {
    async list(query) {
      const { where, orderBy, take } = keyset(query, [
        { field: 'orderNo', kind: 'number' },
        { field: 'id', kind: 'uuid' },
      ])
      const [rows, total] = await Promise.all([
        db.grade.findMany({ where, orderBy, take }),
        query.count ? db.grade.count() : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.orderNo, row.id],
        toItem: toGrade,
        total,
      })
    },

    async read(id) {
      const row = await db.grade.findUnique({ where: { id } })
      if (!row) throw notFound('grade')
      return toGrade(row)
    },

    create: (actor, body) =>
      db.$transaction(async (tx) => {
        const row = await tx.grade.create({ data: body })
        await audit.record(tx, actor, {
          action: 'grade.create',
          subjectType: 'grade',
          subjectIds: [row.id],
        })
        return toGrade(row)
      }),

    update: (actor, id, patch, versions) =>
      db.$transaction(async (tx) => {
        const [row] = await tx.grade.updateManyAndReturn({
          where: { id, ...versionIn(versions) },
          data: { ...patch, version: { increment: 1 } },
        })
        if (!row)
          throw (await tx.grade.count({ where: { id } })) > 0
            ? versionMismatch()
            : notFound('grade')
        await audit.record(tx, actor, {
          action: 'grade.update',
          subjectType: 'grade',
          subjectIds: [id],
          fields: Object.keys(patch),
        })
        return toGrade(row)
      }),

    remove: (actor, id) =>
      db.$transaction(async (tx) => {
        const { count } = await tx.grade.deleteMany({ where: { id } })
        if (count === 0) throw notFound('grade')
        await audit.record(tx, actor, {
          action: 'grade.delete',
          subjectType: 'grade',
          subjectIds: [id],
        })
      }),
  }
}

const toGrade = (row: Grade): GradeAnswer => ({
  ...toStamps(row),
  code: row.code,
  name: row.name,
  orderNo: row.orderNo,
})
