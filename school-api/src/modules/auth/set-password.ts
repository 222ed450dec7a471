import { type Passwords, passwordIssues } from '@usms/service-kit/auth/passwords'
import { hashToken } from '@usms/service-kit/auth/opaque-token'
import { endSessions } from '@usms/service-kit/auth/sessions'
import {
  conflict,
  forbidden,
  invalidInput,
  unprocessable,
} from '@usms/service-kit/errors/app-error'
import type { Actor } from '#src/auth/actor.ts'
import type { SignInLimits } from '@usms/service-kit/auth/sign-in-limits'
import type { Db, DbOrTx } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import type { Role } from '#src/generated/prisma/enums.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { usernameKeyOf } from '#src/modules/users/user-fields.ts'
import type { AcceptInviteBody, ChangePasswordBody } from './auth.schema.ts'
import { replacePassword } from './sign-in.queries.ts'
import type { Client } from './sign-in.ts'

interface SetPasswordDeps {
  db: Db
  audit: Audit
  now: () => Date
  passwords: Passwords
  limits: SignInLimits
}

export interface SetPassword {
  /** Ends all other sessions. @throws AppError 403 `wrong_password` */
  change(actor: Actor, body: ChangePasswordBody, client: Client): Promise<void>
  /** Once a token; ends all sessions. @throws AppError 422 `invite_invalid`, whatever is wrong with the token */
  acceptInvite(body: AcceptInviteBody): Promise<void>
}

/** The two ways to a password: with the one before, or with an invite. */
export function createSetPassword(deps: SetPasswordDeps): SetPassword {
  const { db, audit, now, passwords, limits } = deps

  return {
    async change(actor, { currentPassword, newPassword }, client) {
      const user = await db.user.findUniqueOrThrow({
        where: { id: actor.userId },
        select: { id: true, username: true, usernameKey: true, role: true, passwordHash: true },
      })
      refuseWeak(newPassword, user, 'newPassword')
      // The same limits as sign-in: a stolen session is no place to guess the password from.
      const { isRight } = await limits.guard(user.usernameKey, client.ip, async () => ({
        isRight: await passwords.matches(currentPassword, user.passwordHash),
      }))
      if (!isRight) {
        await record(db, actor, 'password.refused')
        throw forbidden('The current password is wrong', 'wrong_password')
      }
      const passwordHash = await passwords.hash(newPassword)
      await db.$transaction(async (tx) => {
        const change = { from: user.passwordHash, to: passwordHash }
        if (!(await replacePassword(tx, user.id, change)))
          throw conflict('try_again', 'The password was changed at the same time; try again')
        await closeInvites(tx, user.id)
        await endSessions(tx, {
          userId: user.id,
          except: actor.sessionId,
          reason: 'password changed',
        })
        await record(tx, actor, 'password.change')
      })
    },

    async acceptInvite({ token, password }) {
      const tokenHash = hashToken(token)
      const invited = await findInvited(db, tokenHash, now())
      if (!invited) throw inviteInvalid()
      refuseWeak(password, invited, 'password')
      // Before the lock: hashing takes long, and a wrong password must not use the token up.
      const passwordHash = await passwords.hash(password)
      await db.$transaction(async (tx) => {
        await tx.$queryRaw`select from app_user where id = ${invited.id}::uuid for no key update`
        // Asked again under the lock: of two who accept at once, the second finds the token used.
        const still = await findInvited(tx, tokenHash, now())
        if (!still) throw inviteInvalid()
        await replacePassword(tx, still.id, { from: still.passwordHash, to: passwordHash })
        await closeInvites(tx, invited.id)
        await endSessions(tx, { userId: invited.id, reason: 'invite accepted' })
        await record(tx, { userId: invited.id, role: invited.role }, 'invite.accept')
      })
      await limits.forgive(usernameKeyOf(invited.username))
    },
  }

  async function closeInvites(tx: Prisma.TransactionClient, userId: string) {
    await tx.invite.updateMany({ where: { userId, closedAt: null }, data: { closedAt: now() } })
  }

  function record(db: DbOrTx, actor: Pick<Actor, 'userId' | 'role'>, action: string) {
    return audit.record(db, actor, { action, subjectType: 'user', subjectIds: [actor.userId] })
  }
}

interface Invited {
  id: string
  username: string
  role: Role
  passwordHash: string | null
}

/** Whom an open invite is for. */
async function findInvited(db: DbOrTx, tokenHash: string, now: Date): Promise<Invited | undefined> {
  const [user] = await db.$queryRaw<Invited[]>`
    select u.id, u.username, u.role, u.password_hash as "passwordHash"
      from invite i join app_user u on u.id = i.user_id
     where i.token_hash = ${tokenHash} and i.closed_at is null and i.expires_at > ${now} and u.is_active`
  return user
}

/** Unknown, used, replaced and expired look alike. */
const inviteInvalid = () =>
  unprocessable('invite_invalid', 'This invite is not valid (any more); ask for a new one')

function refuseWeak(password: string, user: { username: string; role: Role }, path: string) {
  const minLength = user.role === 'STUDENT' || user.role === 'PARENT' ? 8 : 12
  const issues = passwordIssues(password, { username: user.username, minLength, path })
  if (issues.length > 0) throw invalidInput(issues)
}
