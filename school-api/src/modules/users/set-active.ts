import { endSessions } from '@usms/service-kit/auth/sessions'
import { conflict, notFound } from '@usms/service-kit/errors/app-error'
import { isOffice } from '#src/auth/actor.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import { type LockedUser, lockUser } from './people.queries.ts'

interface Change {
  isActive: boolean
  now: Date
  /** Throws where the actor may not. */
  allowed: (user: LockedUser) => void
}

/** Lets somebody in, or out: then sessions end at once and open invites are worth nothing. Repeating it changes nothing. */
export async function setActive(
  tx: Prisma.TransactionClient,
  id: string,
  { isActive, now, allowed }: Change,
): Promise<void> {
  // Before the account itself, so that two who do this to each other wait here and not for each other.
  const activeOffice = isActive ? [] : await lockActiveOffice(tx, id)
  const user = await lockUser(tx, id)
  if (!user) throw notFound('user')
  allowed(user)
  if (user.isActive === isActive) return
  if (!isActive && isOffice(user) && !activeOffice.some((other) => other.id !== id))
    throw conflict('last_admin', 'A school keeps at least one active OWNER or ADMIN')
  await tx.user.update({
    where: { id },
    data: { isActive, version: { increment: 1 } },
    select: { id: true },
  })
  if (isActive) return
  await tx.invite.updateMany({ where: { userId: id, closedAt: null }, data: { closedAt: now } })
  await endSessions(tx, { userId: id, reason: 'deactivated' })
}

/** Everybody of the active office, when the account in question belongs to the office. */
const lockActiveOffice = (tx: Prisma.TransactionClient, id: string) =>
  tx.$queryRaw<{ id: string }[]>`
    select id from app_user
     where role in ('OWNER', 'ADMIN') and is_active
       and exists (select from app_user t where t.id = ${id}::uuid and t.role in ('OWNER', 'ADMIN'))
     order by id for no key update`
