import { forbidden, notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import type { Actor } from '#src/auth/actor.ts'
import { reachesSection, reachOf } from '#src/auth/reach.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import type { AssignmentSubmission } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { GradeBody } from './submissions.schema.ts'

interface GradeDeps {
  db: Db
  audit: Audit
  now: () => Date
}

/**
 * Gives marks, or corrects them; every mark given is kept. The same again changes nothing.
 * @throws AppError 404, 403 for a section not taught, 422 `marks_above_max`
 */
export const createGradeSubmission =
  ({ db, audit, now }: GradeDeps) =>
  (actor: Actor, id: string, body: GradeBody): Promise<AssignmentSubmission> =>
    db.$transaction(async (tx) => {
      const assignment = await holdAssignmentOf(tx, id)
      if (!assignment) throw notFound('submission')
      if (!reachesSection(await reachOf(tx, actor), assignment.sectionId))
        throw forbidden('You do not teach this section')
      if (body.marksObtained > assignment.maxMarks) throw aboveMaximum(assignment.maxMarks)

      const before = await holdSubmission(tx, id)
      const feedback = body.feedback === undefined ? before.feedback : body.feedback
      const isSame =
        before.status === 'GRADED' &&
        before.marksObtained?.toNumber() === body.marksObtained &&
        before.feedback === feedback
      if (isSame) return before

      const gradedAt = now()
      await tx.gradeChange.create({
        data: {
          submissionId: id,
          changedAt: gradedAt,
          changedByUserId: actor.userId,
          fromMarks: before.marksObtained,
          toMarks: body.marksObtained,
          feedback,
        },
      })
      const row = await tx.assignmentSubmission.update({
        where: { id },
        data: {
          status: 'GRADED',
          marksObtained: body.marksObtained,
          feedback,
          gradedAt,
          version: { increment: 1 },
        },
      })
      await audit.record(tx, actor, {
        action: 'submission.grade',
        subjectType: 'submission',
        subjectIds: [id],
        fields: Object.keys(body),
      })
      return row
    })

/** The assignment first, as everybody who locks both does; held so that its maximum does not drop meanwhile. */
async function holdAssignmentOf(tx: DbOrTx, submissionId: string) {
  const [row] = await tx.$queryRaw<{ sectionId: string; maxMarks: number }[]>`
    select a.section_id as "sectionId", a.max_marks::float8 as "maxMarks"
      from assignment a
     where a.id = (select assignment_id from assignment_submission where id = ${submissionId}::uuid)
       for share`
  return row
}

/** The student cannot submit again, nor a colleague grade, until this is done. */
async function holdSubmission(tx: DbOrTx, id: string): Promise<AssignmentSubmission> {
  await tx.$queryRaw`select 1 from assignment_submission where id = ${id}::uuid for update`
  return tx.assignmentSubmission.findUniqueOrThrow({ where: { id } })
}

const aboveMaximum = (maxMarks: number) =>
  unprocessable('marks_above_max', `The assignment has ${maxMarks} marks at most`, {
    issues: [{ path: 'marksObtained', message: `must be at most ${maxMarks}` }],
  })
