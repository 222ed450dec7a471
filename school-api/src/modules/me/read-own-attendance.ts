import { forbidden } from '@usms/service-kit/errors/app-error'
import { toDate } from '@usms/service-kit/http/fields'
import { toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import { reachOf } from '#src/auth/reach.ts'
import type { Db } from '#src/db.ts'
import { countAttendance, currentYearStart } from '#src/modules/attendance/attendance.queries.ts'
import { noneOfTheOffice, pupilOf } from './me.policy.ts'
import type { OwnAttendanceAnswer, OwnAttendanceQuery } from './me.schema.ts'
import { ownEntries } from './own-attendance.queries.ts'
import { readWhose } from './own-students.queries.ts'

const ELSEWHERE = 'GET /students/:id/attendance'
const NOTHING = { present: 0, absent: 0, late: 0, excused: 0, percentage: null }

/** The attendance screen of a pupil, or of one of a parent's children. */
export async function readOwnAttendance(
  db: Db,
  actor: Actor,
  query: OwnAttendanceQuery,
): Promise<OwnAttendanceAnswer> {
  if (actor.scope === 'taught') throw forbidden(`A teacher has none; ask ${ELSEWHERE}`)
  const reach = await reachOf(db, actor)
  if (reach.everything) throw noneOfTheOffice(ELSEWHERE)
  const pupilId = pupilOf(reach, query.studentId)
  const range = await rangeOf(db, actor, query)
  if (pupilId === null)
    return { ...range, student: null, children: [], ...NOTHING, items: [], nextCursor: null }
  const [whose, counts, rows] = await Promise.all([
    readWhose(db, actor, reach, pupilId),
    countAttendance(db, pupilId, range),
    ownEntries(db, pupilId, range, query),
  ])
  return {
    ...range,
    ...whose,
    ...counts,
    ...toPage(rows, {
      limit: query.limit,
      keyOf: (row) => [row.startsAt, row.id],
      toItem: (row) => row,
    }),
  }
}

/** The current year up to today, where the query says nothing; without a year, that one day. */
async function rangeOf(db: Db, actor: Actor, query: OwnAttendanceQuery) {
  const to = query.to ?? actor.today
  if (query.from !== undefined) return { from: query.from, to }
  const start = await currentYearStart(db)
  const from = start ? toDate(start) : to
  return { from: from < to ? from : to, to }
}
