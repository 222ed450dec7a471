import { notFound } from '@usms/service-kit/errors/app-error'
import { toDate } from '@usms/service-kit/http/fields'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { reachOf, studentsWithin } from '#src/auth/reach.ts'
import type { Db, InTransaction } from '#src/db.ts'
import type { StudentEnrollment } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { changeEnrollment } from './change-enrollment.ts'
import { enrollStudents } from './enroll-students.ts'
import { toEnrollment } from './enrollment-answer.ts'
import { isStaff } from './enrollments.policy.ts'
import type {
  EnrollmentAnswer,
  EnrollmentBody,
  EnrollmentBulk,
  EnrollmentChanged,
  EnrollmentList,
  EnrollmentPatch,
} from './enrollments.schema.ts'

export interface EnrollmentsService {
  /** Newest first, of every year. */
  listOfStudent(
    actor: Actor,
    studentId: string,
    query: EnrollmentList,
  ): Promise<Page<EnrollmentAnswer>>
  read(actor: Actor, id: string): Promise<EnrollmentAnswer>
  /** @throws AppError 409 `capacity_exceeded`, `already_enrolled`, `roll_no_taken`; 422 `not_a_homeroom`, `date_outside_year` */
  create(
    actor: Actor,
    body: EnrollmentBody,
    inTransaction?: InTransaction,
  ): Promise<EnrollmentAnswer>
  /** All or none; every fault is named with its path. */
  createBulk(
    actor: Actor,
    body: EnrollmentBulk,
    inTransaction?: InTransaction,
  ): Promise<{ items: EnrollmentAnswer[] }>
  update(actor: Actor, id: string, patch: EnrollmentPatch): Promise<EnrollmentChanged>
}

interface EnrollmentsDeps {
  db: Db
  audit: Audit
  /** The school's calendar date. */
  today: () => Promise<string>
}

export function createEnrollmentsService({
  db,
  audit,
  today,
}: EnrollmentsDeps): EnrollmentsService {
  /** Staff who look at one person's record leave a trace. */
  const recordRead = async (actor: Actor, studentId: string) => {
    if (isStaff(actor))
      await audit.record(db, actor, {
        action: 'student.read',
        subjectType: 'student',
        subjectIds: [studentId],
      })
  }

  const ownTransaction: InTransaction = (work) => db.$transaction(work)

  return {
    async listOfStudent(actor, studentId, query) {
      const reach = await reachOf(db, actor)
      const seen = await db.studentProfile.count({
        where: { AND: [{ userId: studentId }, studentsWithin(reach, actor)] },
      })
      if (seen === 0) throw notFound('student')
      const { where, orderBy, take } = keyset(query, [
        { field: 'joinedOn', kind: 'date', direction: 'desc' },
        { field: 'id', kind: 'uuid', direction: 'desc' },
      ])
      const own = { studentUserId: studentId }
      const [rows, total] = await Promise.all([
        db.studentEnrollment.findMany({ where: { AND: [own, where] }, orderBy, take }),
        query.count ? db.studentEnrollment.count({ where: own }) : undefined,
      ])
      await recordRead(actor, studentId)
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [toDate(row.joinedOn), row.id],
        toItem: (row) => toEnrollment(actor, row),
        total,
      })
    },

    async read(actor, id) {
      const reach = await reachOf(db, actor)
      const row = await db.studentEnrollment.findFirst({
        where: { id, student: studentsWithin(reach, actor) },
      })
      if (!row) throw notFound('enrollment')
      await recordRead(actor, row.studentUserId)
      return toEnrollment(actor, row)
    },

    async create(actor, { overrideCapacity, reason, ...one }, inTransaction = ownTransaction) {
      const reach = await reachOf(db, actor)
      const date = await today()
      const body = { enrollments: [one], overrideCapacity, reason }
      return inTransaction(async (tx) => {
        const rows = await enrollStudents(tx, {
          audit,
          actor,
          reach,
          today: date,
          body,
          pathOf: (fault) => fault.field,
        })
        return toEnrollment(actor, only(rows))
      })
    },

    async createBulk(actor, body, inTransaction = ownTransaction) {
      const reach = await reachOf(db, actor)
      const date = await today()
      return inTransaction(async (tx) => {
        const rows = await enrollStudents(tx, {
          audit,
          actor,
          reach,
          today: date,
          body,
          pathOf: ({ index, field }) => `enrollments.${index}.${field}`,
        })
        return { items: rows.map((row) => toEnrollment(actor, row)) }
      })
    },

    async update(actor, id, patch) {
      const reach = await reachOf(db, actor)
      const date = await today()
      const { row, opened } = await db.$transaction((tx) =>
        changeEnrollment(tx, { audit, actor, reach, today: date, id, patch }),
      )
      return {
        ...toEnrollment(actor, row),
        ...(opened && { transferredTo: toEnrollment(actor, opened) }),
      }
    },
  }
}

function only(rows: StudentEnrollment[]): StudentEnrollment {
  const [row] = rows
  if (!row) throw new Error('One enrollment was made and none came back')
  return row
}
