import { notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import { fromDate, toDate, toStamps } from '@usms/service-kit/http/fields'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db } from '#src/db.ts'
import type { Prisma, TeachingAssignment } from '#src/generated/prisma/client.ts'
import { unknownReference } from '#src/http/unknown-reference.ts'
import { outsideYear, yearContains } from '#src/modules/academic-years/academic-years.policy.ts'
import {
  type YearDates,
  yearsForDating,
} from '#src/modules/academic-years/academic-years.queries.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { lockSections } from '#src/modules/sections/seats.queries.ts'
import { isActiveTeacher } from '#src/modules/sections/sections.queries.ts'
import type {
  TeachingAssignmentAnswer,
  TeachingAssignmentBody,
  TeachingAssignmentList,
} from './teaching-assignments.schema.ts'

export interface TeachingAssignmentsService {
  list(query: TeachingAssignmentList): Promise<Page<TeachingAssignmentAnswer>>
  read(id: string): Promise<TeachingAssignmentAnswer>
  /** @throws AppError 409 `already_assigned` to the same section and subject in that time */
  create(actor: Actor, body: TeachingAssignmentBody): Promise<TeachingAssignmentAnswer>
  /** The teacher stops teaching there at once; sessions held and registers taken stay. */
  remove(actor: Actor, id: string): Promise<void>
}

const WITH_YEAR = { academicYear: { select: { endsOn: true } } } as const

export function createTeachingAssignmentsService({
  db,
  audit,
}: {
  db: Db
  audit: Audit
}): TeachingAssignmentsService {
  return {
    async list(query) {
      const { where, orderBy, take } = keyset(query, [{ field: 'id', kind: 'uuid' }])
      const { teacherUserId, sectionId, academicYearId } = query
      const matching = {
        ...(teacherUserId && { teacherUserId }),
        ...(sectionId && { sectionId }),
        ...(academicYearId && { academicYearId }),
      }
      const [rows, total] = await Promise.all([
        db.teachingAssignment.findMany({
          where: { AND: [matching, where] },
          orderBy,
          take,
          include: WITH_YEAR,
        }),
        query.count ? db.teachingAssignment.count({ where: matching }) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.id],
        toItem: toTeachingAssignment,
        total,
      })
    },

    async read(id) {
      const row = await db.teachingAssignment.findUnique({ where: { id }, include: WITH_YEAR })
      if (!row) throw notFound('teaching assignment')
      return toTeachingAssignment(row)
    },

    create: (actor, body) =>
      db.$transaction(async (tx) => {
        const year = await checkReferences(tx, body)
        checkDates(year, body)
        const row = await tx.teachingAssignment.create({
          data: {
            teacherUserId: body.teacherUserId,
            sectionId: body.sectionId,
            academicYearId: body.academicYearId,
            subjectId: body.subjectId ?? null,
            startsOn: fromDate(body.from ?? year.startsOn),
            // Kept absent, so that it ends with the year whenever that will be.
            endsOn: body.to === undefined ? null : fromDate(body.to),
          },
          include: WITH_YEAR,
        })
        await audit.record(tx, actor, {
          action: 'teaching-assignment.create',
          subjectType: 'teaching-assignment',
          subjectIds: [row.id],
        })
        return toTeachingAssignment(row)
      }),

    remove: (actor, id) =>
      db.$transaction(async (tx) => {
        const { count } = await tx.teachingAssignment.deleteMany({ where: { id } })
        if (count === 0) throw notFound('teaching assignment')
        await audit.record(tx, actor, {
          action: 'teaching-assignment.delete',
          subjectType: 'teaching-assignment',
          subjectIds: [id],
        })
      }),
  }
}

async function checkReferences(
  tx: Prisma.TransactionClient,
  { teacherUserId, sectionId, academicYearId, subjectId }: TeachingAssignmentBody,
): Promise<YearDates> {
  const year = (await yearsForDating(tx, [academicYearId])).get(academicYearId)
  const unknown: Record<string, string> = {}
  // One at a time a section: two equal ones meeting in the exclusion constraint could wait for each other.
  if (!(await lockSections(tx, [sectionId])).has(sectionId)) unknown.sectionId = 'section'
  if (!year) unknown.academicYearId = 'academic year'
  if (subjectId && (await tx.subject.count({ where: { id: subjectId } })) === 0)
    unknown.subjectId = 'subject'
  if (!year || Object.keys(unknown).length > 0) throw unknownReference(unknown)
  if (!(await isActiveTeacher(tx, teacherUserId)))
    throw unprocessable('not_an_active_teacher', 'Only an active teacher can be assigned', {
      issues: [{ path: 'teacherUserId', message: 'is not an active teacher' }],
    })
  return year
}

function checkDates(year: YearDates, body: Pick<TeachingAssignmentBody, 'from' | 'to'>): void {
  const issues = (['from', 'to'] as const)
    .filter((field) => body[field] !== undefined && !yearContains(year, body[field]))
    .map((path) => ({ path, message: outsideYear(year) }))
  if (issues.length > 0)
    throw unprocessable('date_outside_year', 'An assignment lies inside its year', { issues })
}

const toTeachingAssignment = (
  row: TeachingAssignment & { academicYear: { endsOn: Date } },
): TeachingAssignmentAnswer => ({
  ...toStamps(row),
  teacherUserId: row.teacherUserId,
  sectionId: row.sectionId,
  academicYearId: row.academicYearId,
  subjectId: row.subjectId,
  from: toDate(row.startsOn),
  to: toDate(row.endsOn ?? row.academicYear.endsOn),
})
