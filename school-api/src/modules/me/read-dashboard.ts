import type { Actor } from '#src/auth/actor.ts'
import { reachOf } from '#src/auth/reach.ts'
import {
  readAnnouncements,
  readFamilyScreen,
  readOfficeScreen,
  readTeacherScreen,
  type FamilyScreen,
} from './dashboard.queries.ts'
import type { DashboardAnswer, DashboardQuery, StudentPart } from './dashboard.schema.ts'
import { addDays, mondayOf, pupilOf, requireAlike } from './me.policy.ts'
import type { MeDeps } from './me.service.ts'

const MISSING_DAYS = 7
const WEEKS = 8

/** The home screen: the reach, what is announced, and one statement for all the rest. */
export async function readDashboard(
  { db, permissions, now }: MeDeps,
  actor: Actor,
  { studentId }: DashboardQuery,
): Promise<DashboardAnswer> {
  requireAlike(permissions, actor, [
    'sessions.read',
    'student-attendance.read',
    'assignments.read',
    'submissions.read',
    'announcements.read',
  ])
  const { role, today } = actor
  const reach = await reachOf(db, actor)
  const pupilId = pupilOf(reach, studentId)
  const screen = { actor, reach, now: now() }

  switch (role) {
    case 'OWNER':
    case 'ADMIN': {
      const [part, announcements] = await Promise.all([
        readOfficeScreen(db, screen),
        readAnnouncements(db, screen),
      ])
      return { role, today, ...part, announcements }
    }
    case 'TEACHER': {
      const [rows, announcements] = await Promise.all([
        readTeacherScreen(db, screen, addDays(today, -MISSING_DAYS)),
        readAnnouncements(db, screen),
      ])
      const sessions = rows.filter((row) => row.localDate === today)
      const missing = rows.filter((row) => row.isMissing).reverse()
      return { role, today, sessions, missing, announcements }
    }
    case 'STUDENT': {
      const [family, announcements] = await Promise.all([
        readFamilyScreen(db, screen, actor.userId),
        readAnnouncements(db, screen),
      ])
      return { role, today, ...toStudentPart(family, today), announcements }
    }
    case 'PARENT': {
      const [family, announcements] = await Promise.all([
        pupilId === null ? null : readFamilyScreen(db, screen, pupilId),
        readAnnouncements(db, screen),
      ])
      if (family === null || pupilId === null)
        return { role, today, children: [], child: null, announcements }
      const child = { studentUserId: pupilId, ...toStudentPart(family, today) }
      return { role, today, children: family.children, child, announcements }
    }
  }
}

const toStudentPart = (
  { sessions, assignments, from, attendance }: FamilyScreen,
  today: string,
): StudentPart => ({
  sessions,
  assignments,
  attendance: {
    from,
    to: today,
    ...countsOf(attendance, null),
    weeks: toWeeks(attendance, from, today),
  },
})

/** Also weeks without an entry, so that a chart has no holes; none before the first day. */
function toWeeks(rows: FamilyScreen['attendance'], from: string, today: string) {
  const thisWeek = mondayOf(today)
  const firstWeek = mondayOf(from)
  return Array.from({ length: WEEKS }, (_, i) => addDays(thisWeek, (i + 1 - WEEKS) * 7))
    .filter((week) => week >= firstWeek)
    .map((week) => ({ from: week, ...countsOf(rows, week) }))
}

function countsOf(rows: FamilyScreen['attendance'], week: string | null) {
  const { present, absent, late, excused, percentage } =
    rows.find((row) => row.week === week) ?? NOTHING
  return { present, absent, late, excused, percentage }
}

const NOTHING = { present: 0, absent: 0, late: 0, excused: 0, percentage: null }
