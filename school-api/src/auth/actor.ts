import type { Role } from '#src/generated/prisma/enums.ts'
import type { Scope } from './permissions.ts'

/** Who makes the request, and how far the permission of its endpoint reaches. */
export interface Actor {
  userId: string
  sessionId: string
  role: Role
  /** For what this endpoint does; never `none`, since that was refused before. */
  scope: Exclude<Scope, 'none'>
  /** The school's calendar date, `YYYY-MM-DD`: what "open" and "today" mean for this request. */
  today: string
}

/** OWNER or ADMIN: the school's office. */
export const isOffice = (actor: Pick<Actor, 'role'>): boolean =>
  actor.role === 'OWNER' || actor.role === 'ADMIN'
