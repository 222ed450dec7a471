import { inviteLink } from '@usms/service-kit/auth/invite-link'
import { hashToken, newOpaqueToken } from '@usms/service-kit/auth/opaque-token'
import type { Actor } from '#src/auth/actor.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import type { Role } from '#src/generated/prisma/enums.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { InviteAnswer } from './invites.schema.ts'

const HOUR_MS = 3_600_000
const STAFF_LIFETIME_MS = 72 * HOUR_MS
/** Letters travel home in school bags. */
const FAMILY_LIFETIME_MS = 30 * 24 * HOUR_MS

/**
 * Makes the one-time token with which somebody sets a password, and closes the ones before it. The password that is there, and
 * sessions, live on until it is accepted. The caller has locked the account, or has just made it, and has checked who may do this.
 */
export type IssueInvite = (
  tx: Prisma.TransactionClient,
  actor: Actor,
  user: { id: string; role: Role },
) => Promise<InviteAnswer>

interface InviteDeps {
  audit: Audit
  now: () => Date
  appUrl: string
  schoolCode: string
}

export function createIssueInvite({ audit, now, appUrl, schoolCode }: InviteDeps): IssueInvite {
  return async (tx, actor, user) => {
    const token = newOpaqueToken()
    const issuedAt = now()
    const expiresAt = new Date(issuedAt.getTime() + lifetimeMs(user.role))
    await tx.invite.updateMany({
      where: { userId: user.id, closedAt: null },
      data: { closedAt: issuedAt },
    })
    await tx.invite.createMany({
      data: { userId: user.id, tokenHash: hashToken(token), createdById: actor.userId, expiresAt },
    })
    await audit.record(tx, actor, {
      action: 'user.invite',
      subjectType: 'user',
      subjectIds: [user.id],
    })
    return { token, url: inviteLink(appUrl, schoolCode, token), expiresAt: expiresAt.toISOString() }
  }
}

const lifetimeMs = (role: Role) =>
  role === 'STUDENT' || role === 'PARENT' ? FAMILY_LIFETIME_MS : STAFF_LIFETIME_MS
