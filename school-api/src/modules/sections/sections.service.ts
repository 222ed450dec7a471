import { notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import { toStamps } from '@usms/service-kit/http/fields'
import { checkVersion, type ExpectedVersions } from '@usms/service-kit/http/if-match'
import { type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { reachesSection, reachOf } from '#src/auth/reach.ts'
import type { Db } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import { unknownReference } from '#src/http/unknown-reference.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { rosterOf } from './roster.queries.ts'
import { capacityExceeded, lockSections, takenSeats } from './seats.queries.ts'
import {
  countSections,
  isActiveTeacher,
  sectionPageRows,
  type SectionRow,
  sectionRow,
} from './sections.queries.ts'
import type {
  RosterAnswer,
  SectionAnswer,
  SectionBody,
  SectionList,
  SectionPatch,
} from './sections.schema.ts'

export interface SectionsService {
  list(query: SectionList): Promise<Page<SectionAnswer>>
  read(id: string): Promise<SectionAnswer>
  create(actor: Actor, body: SectionBody): Promise<SectionAnswer>
  /**
   * @throws AppError 409 `capacity_exceeded` when fewer seats are asked for than are taken, 412 when it is at none of `versions`
   */
  update(
    actor: Actor,
    id: string,
    patch: SectionPatch,
    versions?: ExpectedVersions,
  ): Promise<SectionAnswer>
  /** @throws AppError 409 `in_use` when somebody was or is in it */
  remove(actor: Actor, id: string): Promise<void>
  /** Who is, was or will be on the roster on a date. */
  roster(actor: Actor, id: string, date: string | undefined): Promise<RosterAnswer>
}

interface SectionsDeps {
  db: Db
  audit: Audit
  /** The school's calendar date. */
  today: () => Promise<string>
}

type Tx = Prisma.TransactionClient

export function createSectionsService({ db, audit, today }: SectionsDeps): SectionsService {
  return {
    async list(query) {
      const date = await today()
      const [rows, total] = await Promise.all([
        sectionPageRows(db, query, date),
        query.count ? countSections(db, query) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.gradeOrder, row.name, row.id],
        toItem: toSection,
        total,
      })
    },

    async read(id) {
      return answerOf(db, id, await today())
    },

    async create(actor, body) {
      const date = await today()
      return db.$transaction(async (tx) => {
        await checkReferences(tx, body)
        const { id } = await tx.section.create({ data: body })
        await audit.record(tx, actor, {
          action: 'section.create',
          subjectType: 'section',
          subjectIds: [id],
        })
        return answerOf(tx, id, date)
      })
    },

    async update(actor, id, patch, versions) {
      const date = await today()
      return db.$transaction(async (tx) => {
        const section = (await lockSections(tx, [id])).get(id)
        if (!section) throw notFound('section')
        checkVersion(section, versions)
        if (section.kind === 'HOMEROOM' && patch.gradeId === null)
          throw unprocessable('homeroom_needs_grade', 'A homeroom belongs to a grade', {
            issues: [{ path: 'gradeId', message: 'must not be empty for a homeroom' }],
          })
        await checkReferences(tx, patch)
        if (patch.capacity && patch.capacity < (section.capacity ?? Infinity))
          await checkSeats(tx, id, patch.capacity, date)
        await tx.section.update({ where: { id }, data: { ...patch, version: { increment: 1 } } })
        await audit.record(tx, actor, {
          action: 'section.update',
          subjectType: 'section',
          subjectIds: [id],
          fields: Object.keys(patch),
        })
        return answerOf(tx, id, date)
      })
    },

    remove: (actor, id) =>
      db.$transaction(async (tx) => {
        const { count } = await tx.section.deleteMany({ where: { id } })
        if (count === 0) throw notFound('section')
        await audit.record(tx, actor, {
          action: 'section.delete',
          subjectType: 'section',
          subjectIds: [id],
        })
      }),

    async roster(actor, id, on) {
      const date = on ?? (await today())
      const reach = await reachOf(db, actor)
      if (!reachesSection(reach, id) || (await db.section.count({ where: { id } })) === 0)
        throw notFound('section')
      const rows = await rosterOf(db, id, date)
      return {
        sectionId: id,
        date,
        items: rows.map(({ enrollmentId, membershipId, ...student }) => ({
          ...student,
          ...(enrollmentId !== null && { enrollmentId }),
          ...(membershipId !== null && { membershipId }),
        })),
      }
    },
  }
}

async function answerOf(db: Db | Tx, id: string, today: string): Promise<SectionAnswer> {
  const row = await sectionRow(db, id, today)
  if (!row) throw notFound('section')
  return toSection(row)
}

async function checkReferences(
  tx: Tx,
  { gradeId, subjectId, classTeacherId }: SectionPatch,
): Promise<void> {
  const unknown: Record<string, string> = {}
  if (gradeId && (await tx.grade.count({ where: { id: gradeId } })) === 0) unknown.gradeId = 'grade'
  if (subjectId && (await tx.subject.count({ where: { id: subjectId } })) === 0)
    unknown.subjectId = 'subject'
  if (Object.keys(unknown).length > 0) throw unknownReference(unknown)
  if (classTeacherId && !(await isActiveTeacher(tx, classTeacherId)))
    throw unprocessable('not_an_active_teacher', 'The class teacher is a teacher who is active', {
      issues: [{ path: 'classTeacherId', message: 'is not an active teacher' }],
    })
}

/** Seats are taken year by year: the fullest of those that have not ended counts. */
async function checkSeats(tx: Tx, id: string, capacity: number, today: string): Promise<void> {
  const byYear = new Map<string, number>()
  for (const { academicYearId, yearEndsOn } of await takenSeats(tx, [id], today))
    if (yearEndsOn >= today) byYear.set(academicYearId, (byYear.get(academicYearId) ?? 0) + 1)
  const enrolled = Math.max(0, ...byYear.values())
  if (enrolled > capacity) throw capacityExceeded({ sectionId: id, capacity, enrolled })
}

const toSection = (row: SectionRow): SectionAnswer => ({
  ...toStamps(row),
  kind: row.kind,
  gradeId: row.gradeId,
  name: row.name,
  capacity: row.capacity,
  classTeacherId: row.classTeacherId,
  subjectId: row.subjectId,
  enrolledCount: row.enrolledCount,
})
