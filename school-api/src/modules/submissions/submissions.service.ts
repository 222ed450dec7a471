import { notFound } from '@usms/service-kit/errors/app-error'
import { toInstantOrNull, toStamps } from '@usms/service-kit/http/fields'
import { toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db } from '#src/db.ts'
import type { AssignmentSubmission } from '#src/generated/prisma/client.ts'
import { findVisibleAssignment } from '#src/modules/assignments/assignments.queries.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { createGradeSubmission } from './grade-submission.ts'
import { listSubmissions } from './submissions.queries.ts'
import type {
  GradeBody,
  SubmissionAnswer,
  SubmissionBody,
  SubmissionList,
  SubmissionPage,
} from './submissions.schema.ts'
import { createSubmitAssignment } from './submit-assignment.ts'

export interface SubmissionsService {
  /** @throws AppError 404 for an assignment that is not the actor's to see */
  list(actor: Actor, assignmentId: string, query: SubmissionList): Promise<SubmissionPage>
  /** See `createSubmitAssignment`. */
  submit(
    actor: Actor,
    assignmentId: string,
    body: SubmissionBody,
  ): Promise<{ answer: SubmissionAnswer; isFirst: boolean }>
  /** See `createGradeSubmission`. */
  grade(actor: Actor, id: string, body: GradeBody): Promise<SubmissionAnswer>
}

interface SubmissionsDeps {
  db: Db
  audit: Audit
  now: () => Date
}

export function createSubmissionsService(deps: SubmissionsDeps): SubmissionsService {
  const { db } = deps
  const submit = createSubmitAssignment(deps)
  const grade = createGradeSubmission(deps)
  return {
    async list(actor, assignmentId, query) {
      const assignment = await findVisibleAssignment(db, actor, assignmentId)
      if (!assignment) throw notFound('assignment')
      const { rows, total } = await listSubmissions(db, actor, assignmentId, query)
      return toPage(rows, {
        limit: query.limit,
        keyOf: ({ sortName, studentUserId }) => [sortName, studentUserId],
        toItem: (row) => ({
          ...toSubmission(row),
          firstName: row.firstName,
          lastName: row.lastName,
          preferredName: row.preferredName,
        }),
        total,
      })
    },

    async submit(actor, assignmentId, body) {
      const row = await submit(actor, assignmentId, body)
      return { answer: toSubmission(row), isFirst: row.version === 1 }
    },

    grade: async (actor, id, body) => toSubmission(await grade(actor, id, body)),
  }
}

const toSubmission = (row: AssignmentSubmission): SubmissionAnswer => ({
  ...toStamps(row),
  assignmentId: row.assignmentId,
  studentUserId: row.studentUserId,
  contentUrl: row.contentUrl,
  text: row.text,
  submittedAt: row.submittedAt.toISOString(),
  late: row.late,
  status: row.status,
  marksObtained: row.marksObtained === null ? null : Number(row.marksObtained),
  feedback: row.feedback,
  gradedAt: toInstantOrNull(row.gradedAt),
})
