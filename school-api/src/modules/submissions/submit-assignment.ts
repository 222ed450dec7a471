import { conflict, forbidden, notFound } from '@usms/service-kit/errors/app-error'
import type { Actor } from '#src/auth/actor.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import type { AssignmentSubmission } from '#src/generated/prisma/client.ts'
import { findVisibleAssignment } from '#src/modules/assignments/assignments.queries.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { SubmissionBody } from './submissions.schema.ts'

interface SubmitDeps {
  db: Db
  audit: Audit
  now: () => Date
}

/**
 * One submission a student: a second one takes the place of the first, until it is graded or the assignment is closed.
 * @throws AppError 404, 403 `not_in_section`, 409 `assignment_closed` or `already_graded`
 */
export const createSubmitAssignment =
  ({ db, audit, now }: SubmitDeps) =>
  (actor: Actor, assignmentId: string, body: SubmissionBody): Promise<AssignmentSubmission> =>
    db.$transaction(async (tx) => {
      const assignment = await findVisibleAssignment(tx, actor, assignmentId)
      if (!assignment) throw notFound('assignment')
      const submittedAt = now()
      const isIn = await isInSection(tx, { ...assignment, studentId: actor.userId, submittedAt })
      if (!isIn) throw forbidden('You are not in this section any more', 'not_in_section')
      const { status, dueAt } = await holdAssignment(tx, assignmentId)
      if (status === 'CLOSED') throw conflict('assignment_closed', 'The assignment is closed')

      const [row] = await saveSubmission(tx, {
        assignmentId,
        studentId: actor.userId,
        submittedAt,
        late: dueAt !== null && submittedAt > dueAt,
        body,
      })
      if (!row) throw conflict('already_graded', 'This submission was graded already')
      await audit.record(tx, actor, {
        action: row.version === 1 ? 'submission.create' : 'submission.update',
        subjectType: 'submission',
        subjectIds: [row.id],
        fields: Object.keys(body),
      })
      return row
    })

/** Whether the student is on the section's roster that day. */
async function isInSection(
  tx: DbOrTx,
  where: { sectionId: string; academicYearId: string; studentId: string; submittedAt: Date },
): Promise<boolean> {
  const [found] = await tx.$queryRaw<{ isIn: boolean }[]>`
    select exists (
      select 1 from (
        select student_user_id, section_id, academic_year_id, joined_on, left_on from student_enrollment
        union all
        select student_user_id, section_id, academic_year_id, joined_on, left_on from group_membership
      ) m, school_settings s
       where m.student_user_id = ${where.studentId}::uuid and m.section_id = ${where.sectionId}::uuid
         and m.academic_year_id = ${where.academicYearId}::uuid
         and daterange(m.joined_on, m.left_on, '[)')
             @> (${where.submittedAt.toISOString()}::timestamptz at time zone s.timezone)::date
    ) as "isIn"`
  return found?.isIn === true
}

/** What decides about a submission, held so that closing waits for it: once closed, nothing more comes in. */
async function holdAssignment(tx: DbOrTx, id: string) {
  const [row] = await tx.$queryRaw<{ status: 'OPEN' | 'CLOSED'; dueAt: Date | null }[]>`
    select status, due_at as "dueAt" from assignment where id = ${id}::uuid for share`
  if (!row) throw notFound('assignment')
  return row
}

/** One statement, so that of two at once one inserts and the other replaces; no row when the one there is graded. */
const saveSubmission = (
  tx: DbOrTx,
  {
    assignmentId,
    studentId,
    submittedAt,
    late,
    body,
  }: {
    assignmentId: string
    studentId: string
    submittedAt: Date
    late: boolean
    body: SubmissionBody
  },
) => tx.$queryRaw<AssignmentSubmission[]>`
  insert into assignment_submission as s (assignment_id, student_user_id, submitted_at, late, content_url, text)
  values (${assignmentId}::uuid, ${studentId}::uuid, ${submittedAt.toISOString()}::timestamptz, ${late},
          ${body.contentUrl ?? null}, ${body.text ?? null})
  on conflict (assignment_id, student_user_id) do update
     set submitted_at = excluded.submitted_at, late = excluded.late, content_url = excluded.content_url,
         text = excluded.text, version = s.version + 1, updated_at = now()
   where s.status <> 'GRADED'
  returning id, assignment_id as "assignmentId", student_user_id as "studentUserId", submitted_at as "submittedAt", late,
            content_url as "contentUrl", text, status, marks_obtained as "marksObtained", feedback,
            graded_at as "gradedAt", version, created_at as "createdAt", updated_at as "updatedAt"`
