import type { Role } from '#src/generated/prisma/enums.ts'
import type { Db } from '#src/db.ts'

/** Everything a role can be allowed; which role may do what, and to whom, are rows of `role_permission`. */
export const ACTIONS = [
  'structure.read',
  'structure.write',
  'users.read',
  'users.write',
  'invites.issue',
  'teachers.read',
  'teachers.write',
  'students.read',
  'students.write',
  'guardians.read',
  'guardians.write',
  'enrollments.read',
  'enrollments.write',
  'rosters.read',
  'sessions.read',
  'sessions.write',
  'registers.read',
  'attendance.mark',
  'attendance.read',
  'student-attendance.read',
  'assignments.read',
  'assignments.write',
  'submissions.read',
  'submissions.submit',
  'submissions.grade',
  'announcements.read',
  'announcements.write',
  'announcements.mark-read',
  'settings.read',
  'settings.write',
  'audit.read',
] as const

export type Action = (typeof ACTIONS)[number]

/** To whom: everybody, sections one teaches, oneself, one's children. */
export type Scope = 'all' | 'taught' | 'self' | 'child' | 'none'

export interface Permissions {
  scopeOf(role: Role, action: Action): Scope
}

/** Reads the table once: it changes with a release, not with a request. */
export async function loadPermissions(db: Db): Promise<Permissions> {
  const rows = await db.rolePermission.findMany()
  const scopes = new Map(rows.map((row) => [`${row.role} ${row.action}`, row.scope as Scope]))
  return { scopeOf: (role, action) => scopes.get(`${role} ${action}`) ?? 'none' }
}
