import { decodeCursor } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Reach } from '#src/auth/reach.ts'
import type { DbOrTx } from '#src/db.ts'
import { Prisma } from '#src/generated/prisma/client.ts'
import { isVisible } from '#src/modules/assignments/assignments.queries.ts'
import { rosterSql } from '#src/modules/sections/roster.queries.ts'
import type { OwnAssignment, OwnAssignmentList } from './me.schema.ts'
import { instantSql, sectionAndSubject } from './own-sessions.queries.ts'

type AssignmentRow = OwnAssignment & { sortKey: string }

interface Asked {
  actor: Actor
  reach: Reach
  /** Whose submissions are shown; null: how far everybody is. */
  pupilId: string | null
  now: Date
}

type Which = Pick<OwnAssignmentList, 'show'>

/** What has no due date comes last. */
const sortKey = Prisma.sql`coalesce(a.due_at, '9999-12-31T00:00:00Z')`

/** By due date, soonest first; when all are shown, latest first. `limit` rows at most. */
export function ownAssignmentsSql(
  asked: Asked,
  { show, cursor, limit }: Which & { cursor?: string | undefined; limit: number },
): Prisma.Sql {
  const direction = show === 'all' ? Prisma.sql`desc` : Prisma.sql`asc`
  const { pupilId, actor } = asked
  const columns =
    pupilId === null
      ? Prisma.sql`
          null::json as submission, json_build_object(
            'students', (select count(*) from (${rosterSql(Prisma.sql`a.section_id`, actor.today)}) r),
            'submitted', (select count(*) from assignment_submission x where x.assignment_id = a.id),
            'graded', (select count(*) from assignment_submission x
                        where x.assignment_id = a.id and x.status = 'GRADED')) as progress`
      : Prisma.sql`
          (select json_build_object('id', x.id, 'submittedAt', ${instantSql(Prisma.sql`x.submitted_at`)}, 'late', x.late,
                    'status', x.status, 'marksObtained', x.marks_obtained, 'feedback', x.feedback,
                    'gradedAt', ${instantSql(Prisma.sql`x.graded_at`)})
             from assignment_submission x
            where x.assignment_id = a.id and x.student_user_id = ${pupilId}::uuid) as submission,
          null::json as progress`
  return Prisma.sql`
    select a.id, a.title, a.description, ${instantSql(Prisma.sql`a.due_at`)} as "dueAt", a.max_marks::float8 as "maxMarks",
           a.status, ${sectionAndSubject}, ${columns}, ${instantSql(sortKey)} as "sortKey"
      from assignment a
      join section s on s.id = a.section_id
      left join subject b on b.id = a.subject_id
     where ${isShown(asked, show)} and ${isAfter(cursor, show)}
     order by ${sortKey} ${direction}, a.id ${direction}
     limit ${limit}`
}

/** One page, with a row more than asked for; and how many there are, when that was asked. */
export async function listOwnAssignments(db: DbOrTx, asked: Asked, query: OwnAssignmentList) {
  const [rows, counted] = await Promise.all([
    db.$queryRaw<AssignmentRow[]>(ownAssignmentsSql(asked, { ...query, limit: query.limit + 1 })),
    query.count
      ? db.$queryRaw<{ count: number }[]>`
          select count(*)::int as count from assignment a where ${isShown(asked, query.show)}`
      : undefined,
  ])
  return { rows, total: counted?.[0]?.count }
}

function isShown({ actor, reach, pupilId, now }: Asked, show: Which['show']): Prisma.Sql {
  // Of several children only the one that is asked about.
  const within = pupilId === null || reach.everything ? reach : { ...reach, studentIds: [pupilId] }
  if (show === 'all') return isVisible(actor, within)
  const waits =
    pupilId === null
      ? Prisma.sql`(
          a.due_at is null or a.due_at > ${now.toISOString()}::timestamptz
          or exists (select from assignment_submission x where x.assignment_id = a.id and x.status = 'SUBMITTED'))`
      : Prisma.sql`not exists (
          select from assignment_submission x where x.assignment_id = a.id and x.student_user_id = ${pupilId}::uuid)`
  return Prisma.sql`
    ${isVisible(actor, within)} and a.status = 'OPEN' and ${waits}
    and a.academic_year_id in (select id from academic_year where ends_on >= ${actor.today}::date)`
}

function isAfter(cursor: string | undefined, show: Which['show']): Prisma.Sql {
  if (cursor === undefined) return Prisma.sql`true`
  const [key, id] = decodeCursor(cursor, ['time', 'uuid'])
  const after = show === 'all' ? Prisma.sql`<` : Prisma.sql`>`
  return Prisma.sql`(${sortKey}, a.id) ${after} (${key}::timestamptz, ${id}::uuid)`
}
