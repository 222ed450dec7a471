import { toDate, toDateOrNull, toStamps } from '@usms/service-kit/http/fields'
import type { Actor } from '#src/auth/actor.ts'
import type { StudentEnrollment } from '#src/generated/prisma/client.ts'
import { canReadReason } from './enrollments.policy.ts'
import type { EnrollmentAnswer } from './enrollments.schema.ts'

export const toEnrollment = (actor: Actor, row: StudentEnrollment): EnrollmentAnswer => ({
  ...toStamps(row),
  studentUserId: row.studentUserId,
  academicYearId: row.academicYearId,
  sectionId: row.sectionId,
  rollNo: row.rollNo,
  status: row.status,
  joinedOn: toDate(row.joinedOn),
  leftOn: toDateOrNull(row.leftOn),
  reason: canReadReason(actor) ? row.reason : null,
})
