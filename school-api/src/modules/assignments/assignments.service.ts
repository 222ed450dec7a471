import { conflict, forbidden, notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import { toInstantOrNull, toStamps } from '@usms/service-kit/http/fields'
import { type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { reachesSection, reachOf } from '#src/auth/reach.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import type { Assignment, Prisma } from '#src/generated/prisma/client.ts'
import { unknownReference } from '#src/http/unknown-reference.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import {
  findVisibleAssignment,
  findYearOfAssignment,
  listVisibleAssignments,
} from './assignments.queries.ts'
import type {
  AssignmentAnswer,
  AssignmentBody,
  AssignmentList,
  AssignmentPatch,
} from './assignments.schema.ts'

export interface AssignmentsService {
  list(actor: Actor, query: AssignmentList): Promise<Page<AssignmentAnswer>>
  /** @throws AppError 404 for what is not the actor's to see */
  read(actor: Actor, id: string): Promise<AssignmentAnswer>
  /** @throws AppError 403 for a section not taught; 422 `unknown_reference`, `outside_year`, `no_current_year` */
  create(actor: Actor, body: AssignmentBody): Promise<AssignmentAnswer>
  /** @throws AppError 409 `marks_given` when a mark given is above the new maximum; 422 as for create */
  update(actor: Actor, id: string, patch: AssignmentPatch): Promise<AssignmentAnswer>
}

interface AssignmentsDeps {
  db: Db
  audit: Audit
  now: () => Date
}

export function createAssignmentsService({ db, audit, now }: AssignmentsDeps): AssignmentsService {
  return {
    async list(actor, query) {
      const { rows, total } = await listVisibleAssignments(db, actor, query)
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.createdAt.toISOString(), row.id],
        toItem: toAssignment,
        total,
      })
    },

    async read(actor, id) {
      const row = await findVisibleAssignment(db, actor, id)
      if (!row) throw notFound('assignment')
      return toAssignment(row)
    },

    create: (actor, body) =>
      db.$transaction(async (tx) => {
        await requireTeaching(tx, actor, body.sectionId)
        const section = await tx.section.findUnique({
          where: { id: body.sectionId },
          select: { id: true },
        })
        if (!section) throw unknownReference({ sectionId: 'section' })
        await requireSubject(tx, body.subjectId)
        const dueAt = body.dueAt ?? null
        const year = await findYearOfAssignment(tx, dueAt)
        if (!year) throw dueAt === null ? noCurrentYear() : outsideYear()
        const row = await tx.assignment.create({
          data: {
            ...body,
            dueAt: dueAt && new Date(dueAt),
            academicYearId: year.id,
            createdById: actor.userId,
            createdAt: now(),
          },
        })
        await audit.record(tx, actor, {
          action: 'assignment.create',
          subjectType: 'assignment',
          subjectIds: [row.id],
        })
        return toAssignment(row)
      }),

    update: (actor, id, patch) =>
      db.$transaction(async (tx) => {
        // Locked: no mark is given, and nothing submitted, while the maximum and the status change.
        const [held] = await tx.$queryRaw<Pick<Assignment, 'sectionId' | 'academicYearId'>[]>`
          select section_id as "sectionId", academic_year_id as "academicYearId"
            from assignment where id = ${id}::uuid for update`
        if (!held) throw notFound('assignment')
        await requireTeaching(tx, actor, held.sectionId)
        await requireSubject(tx, patch.subjectId)
        if (patch.dueAt) {
          const year = await findYearOfAssignment(tx, patch.dueAt)
          if (year?.id !== held.academicYearId) throw outsideYear()
        }
        if (patch.maxMarks !== undefined) await requireRoomForMarks(tx, id, patch.maxMarks)
        const row = await tx.assignment.update({ where: { id }, data: toChange(patch) })
        await audit.record(tx, actor, {
          action: 'assignment.update',
          subjectType: 'assignment',
          subjectIds: [id],
          fields: Object.keys(patch),
        })
        return toAssignment(row)
      }),
  }
}

async function requireTeaching(tx: DbOrTx, actor: Actor, sectionId: string) {
  if (!reachesSection(await reachOf(tx, actor), sectionId))
    throw forbidden('You do not teach this section')
}

async function requireSubject(tx: DbOrTx, subjectId: string | null | undefined) {
  if (!subjectId) return
  const subject = await tx.subject.findUnique({ where: { id: subjectId }, select: { id: true } })
  if (!subject) throw unknownReference({ subjectId: 'subject' })
}

async function requireRoomForMarks(tx: DbOrTx, assignmentId: string, maxMarks: number) {
  const { _max } = await tx.assignmentSubmission.aggregate({
    where: { assignmentId },
    _max: { marksObtained: true },
  })
  const highest = _max.marksObtained?.toNumber()
  if (highest !== undefined && highest > maxMarks)
    throw conflict('marks_given', `A mark of ${highest} was given already`, {
      highestMark: highest,
    })
}

const toChange = ({ dueAt, ...patch }: AssignmentPatch): Prisma.AssignmentUncheckedUpdateInput => ({
  ...patch,
  ...(dueAt !== undefined && { dueAt: dueAt && new Date(dueAt) }),
  version: { increment: 1 },
})

const outsideYear = () =>
  unprocessable('outside_year', 'The due date lies outside the academic year', {
    issues: [{ path: 'dueAt', message: 'lies outside the academic year' }],
  })

const noCurrentYear = () =>
  unprocessable('no_current_year', 'No academic year is the current one; name a due date')

const toAssignment = (row: Assignment): AssignmentAnswer => ({
  ...toStamps(row),
  sectionId: row.sectionId,
  academicYearId: row.academicYearId,
  subjectId: row.subjectId,
  title: row.title,
  description: row.description,
  dueAt: toInstantOrNull(row.dueAt),
  maxMarks: Number(row.maxMarks),
  status: row.status,
  createdByUserId: row.createdById,
})
