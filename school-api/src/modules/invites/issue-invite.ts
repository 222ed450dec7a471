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

interface Invited {
  id: string
  role: Role
}

/**
 * Makes the one-time token with which somebody sets a password, and closes the ones before it. The password that is there, and
 * sessions, live on until it is accepted. The caller has locked the account, or has just made it, and has checked who may do this.
 */
export type IssueInvite = (
  tx: Prisma.TransactionClient,
  actor: Actor,
  user: Invited,
) => Promise<InviteAnswer>

/** The same for many, in as many statements as for one: an invite for each, in their order. */
export type IssueInvites = <User extends Invited>(
  tx: Prisma.TransactionClient,
  actor: Actor,
  users: readonly User[],
) => Promise<{ user: User; invite: InviteAnswer }[]>

interface InviteDeps {
  audit: Audit
  now: () => Date
  appUrl: string
  schoolCode: string
}

export function createIssueInvites({ audit, now, appUrl, schoolCode }: InviteDeps): IssueInvites {
  return async (tx, actor, users) => {
    if (users.length === 0) return []
    const issuedAt = now()
    const issued = users.map((user) => ({
      user,
      token: newOpaqueToken(),
      expiresAt: new Date(issuedAt.getTime() + lifetimeMs(user.role)),
    }))
    const userIds = users.map(({ id }) => id)
    await tx.invite.updateMany({
      where: { userId: { in: userIds }, closedAt: null },
      data: { closedAt: issuedAt },
    })
    await tx.invite.createMany({
      data: issued.map(({ user, token, expiresAt }) => ({
        userId: user.id,
        tokenHash: hashToken(token),
        createdById: actor.userId,
        expiresAt,
      })),
    })
    await audit.record(tx, actor, {
      action: 'user.invite',
      subjectType: 'user',
      subjectIds: userIds,
    })
    return issued.map(({ user, token, expiresAt }) => ({
      user,
      invite: {
        token,
        url: inviteLink(appUrl, schoolCode, token),
        expiresAt: expiresAt.toISOString(),
      },
    }))
  }
}

export const createIssueInvite =
  (issueInvites: IssueInvites): IssueInvite =>
  async (tx, actor, user) => {
    const [issued] = await issueInvites(tx, actor, [user])
    // One in, one out: only the type cannot tell.
    if (!issued) throw new Error('No invite was issued')
    return issued.invite
  }

const lifetimeMs = (role: Role) =>
  role === 'STUDENT' || role === 'PARENT' ? FAMILY_LIFETIME_MS : STAFF_LIFETIME_MS
