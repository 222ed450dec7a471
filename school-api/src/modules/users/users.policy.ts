import { type Actor, isOffice } from '#src/auth/actor.ts'
import type { Role } from '#src/generated/prisma/enums.ts'

/** Any write to an OWNER's account takes an OWNER, making one included. */
export const canWriteAccount = (actor: Pick<Actor, 'role'>, account: { role: Role }): boolean =>
  account.role !== 'OWNER' || actor.role === 'OWNER'

/** Only inside the office, and only by an OWNER: what an account is for does not change otherwise. */
export const canChangeRole = (actor: Pick<Actor, 'role'>, from: Role, to: Role): boolean =>
  from === to || (actor.role === 'OWNER' && isOffice({ role: from }) && isOffice({ role: to }))
