import { decodeCursor } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { type Reach, reachOf } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import { type AssignmentSubmission, Prisma } from '#src/generated/prisma/client.ts'
import type { SubmissionList } from './submissions.schema.ts'

interface SubmissionRow extends AssignmentSubmission {
  firstName: string
  lastName: string | null
  preferredName: string | null
  sortName: string
}

/** What was submitted to one assignment, by name; of pupils and parents only their own. */
export async function listSubmissions(
  db: DbOrTx,
  actor: Actor,
  assignmentId: string,
  query: SubmissionList,
) {
  const filter = Prisma.sql`
    s.assignment_id = ${assignmentId}::uuid and ${isOwnOrTaught(actor, await reachOf(db, actor))}`
  const [rows, total] = await Promise.all([
    db.$queryRaw<SubmissionRow[]>`
      select s.id, s.assignment_id as "assignmentId", s.student_user_id as "studentUserId",
             s.submitted_at as "submittedAt", s.late, s.content_url as "contentUrl", s.text, s.status,
             s.marks_obtained as "marksObtained", s.feedback, s.graded_at as "gradedAt", s.version,
             s.created_at as "createdAt", s.updated_at as "updatedAt", u.first_name as "firstName",
             u.last_name as "lastName", u.preferred_name as "preferredName", u.sort_name as "sortName"
        from assignment_submission s join app_user u on u.id = s.student_user_id
       where ${filter} and ${isAfter(query.cursor)}
       order by u.sort_name, u.id
       limit ${query.limit + 1}`,
    query.count
      ? db.$queryRaw<{ count: number }[]>`
          select count(*)::int as count from assignment_submission s where ${filter}`
      : undefined,
  ])
  return { rows, total: total?.[0]?.count }
}

function isAfter(cursor: string | undefined): Prisma.Sql {
  if (cursor === undefined) return Prisma.sql`true`
  const [sortName, id] = decodeCursor(cursor, ['text', 'uuid'])
  return Prisma.sql`(u.sort_name, u.id) > (${sortName}, ${id}::uuid)`
}

/** The assignment itself was found to be within reach before: for staff that is all. */
const isOwnOrTaught = (actor: Actor, reach: Reach): Prisma.Sql =>
  reach.everything || actor.scope === 'taught'
    ? Prisma.sql`true`
    : Prisma.sql`s.student_user_id = any(${reach.studentIds}::uuid[])`
