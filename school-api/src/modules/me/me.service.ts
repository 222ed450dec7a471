import { forbidden } from '@usms/service-kit/errors/app-error'
import { toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Permissions } from '#src/auth/permissions.ts'
import { reachOf } from '#src/auth/reach.ts'
import type { Db } from '#src/db.ts'
import { keyOfPerson } from '#src/modules/users/people.queries.ts'
import type { DashboardAnswer, DashboardQuery } from './dashboard.schema.ts'
import { noneOfTheOffice, pupilOf, requireAlike, timetableRange } from './me.policy.ts'
import type {
  OwnAssignmentList,
  OwnAssignmentPage,
  OwnAttendanceAnswer,
  OwnAttendanceQuery,
  OwnSession,
  OwnStudentList,
  OwnStudentPage,
  TimetableAnswer,
  TimetableQuery,
} from './me.schema.ts'
import { listOwnAssignments } from './own-assignments.queries.ts'
import { sessionsOfStudent, sessionsOfTeacher } from './own-sessions.queries.ts'
import { findNamed, listOwnSections, listOwnStudents, readWhose } from './own-students.queries.ts'
import { readDashboard } from './read-dashboard.ts'
import { readOwnAttendance } from './read-own-attendance.ts'

export interface MeDeps {
  db: Db
  permissions: Permissions
  now: () => Date
}

/** Each throws AppError 404 for a student who is neither oneself nor a child, and but for the dashboard 403 to the office. */
export interface MeService {
  timetable(actor: Actor, query: TimetableQuery): Promise<TimetableAnswer>
  /** @throws AppError 403 to teachers */
  attendance(actor: Actor, query: OwnAttendanceQuery): Promise<OwnAttendanceAnswer>
  /** @throws AppError 403 to students */
  students(actor: Actor, query: OwnStudentList): Promise<OwnStudentPage>
  assignments(actor: Actor, query: OwnAssignmentList): Promise<OwnAssignmentPage>
  dashboard(actor: Actor, query: DashboardQuery): Promise<DashboardAnswer>
}

export function createMeService(deps: MeDeps): MeService {
  const { db, permissions, now } = deps
  return {
    async timetable(actor, query) {
      requireAlike(permissions, actor, ['student-attendance.read'])
      const reach = await reachOf(db, actor)
      if (reach.everything) throw noneOfTheOffice('GET /sessions')
      const days = timetableRange(query, actor.today)
      const pupilId = pupilOf(reach, query.studentId)
      if (actor.scope !== 'taught' && pupilId === null)
        return { ...days, student: null, children: [], items: [] }
      const [items, whose] = await Promise.all([
        db.$queryRaw<OwnSession[]>(
          pupilId === null
            ? sessionsOfTeacher(actor.userId, reach, days)
            : sessionsOfStudent(pupilId, days),
        ),
        readWhose(db, actor, reach, pupilId),
      ])
      return { ...days, ...whose, items }
    },

    attendance: (actor, query) => readOwnAttendance(db, actor, query),

    async students(actor, query) {
      if (actor.scope === 'self') throw forbidden('A student has no students')
      const reach = await reachOf(db, actor)
      if (reach.everything) throw noneOfTheOffice('GET /students')
      const [{ rows, total }, sections] = await Promise.all([
        listOwnStudents(db, actor, reach, query),
        listOwnSections(db, reach),
      ])
      const page = toPage(rows, {
        limit: query.limit,
        keyOf: keyOfPerson,
        toItem: ({ id, ...row }) => ({ studentUserId: id, ...row }),
        total,
      })
      return { ...page, sections }
    },

    async assignments(actor, query) {
      requireAlike(permissions, actor, ['submissions.read'])
      const reach = await reachOf(db, actor)
      if (reach.everything) throw noneOfTheOffice('GET /assignments')
      const pupilId = pupilOf(reach, query.studentId)
      if (actor.scope !== 'taught' && pupilId === null)
        return { student: null, items: [], nextCursor: null, ...(query.count && { total: 0 }) }
      const [{ rows, total }, student] = await Promise.all([
        listOwnAssignments(db, { actor, reach, pupilId, now: now() }, query),
        findNamed(db, pupilId),
      ])
      const keyOf = (row: (typeof rows)[number]) => [row.sortKey, row.id]
      return {
        student,
        ...toPage(rows, { limit: query.limit, keyOf, toItem: (row) => row, total }),
      }
    },

    dashboard: (actor, query) => readDashboard(deps, actor, query),
  }
}
