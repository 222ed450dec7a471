import type { AccessTokens } from '@usms/service-kit/auth/access-token'
import { type Passwords, passwordIssues } from '@usms/service-kit/auth/passwords'
import type { Sessions } from '@usms/service-kit/auth/sessions'
import {
  forbidden,
  invalidInput,
  notFound,
  unauthenticated,
} from '@usms/service-kit/errors/app-error'
import { toInstantOrNull } from '@usms/service-kit/http/fields'
import type { OwnerActor } from '#src/auth/endpoint.ts'
import type { SignInLimits } from '@usms/service-kit/auth/sign-in-limits'
import type { Db } from '#src/db.ts'
import { recordAudit } from '#src/modules/audit/record-audit.ts'
import type { ChangePasswordBody, Me, OwnerAnswer, SignInBody } from './owners.schema.ts'

/** Whatever is wrong with a sign-in, this is all that is said. */
const refused = () =>
  unauthenticated('The e-mail address or the password is wrong', 'invalid_credentials')

/** 403: a 401 would send clients to refresh a token that is fine. */
const wrongCurrentPassword = () => forbidden('The current password is wrong', 'wrong_password')

export const OWNER_PASSWORD_MIN_LENGTH = 12

export interface Client {
  ip: string | undefined
  userAgent: string | undefined
}

export interface IssuedTokens {
  accessToken: string
  refreshToken: string
  expiresIn: number
  owner: OwnerAnswer
}

export interface OwnersService {
  /** @throws AppError 401 `invalid_credentials`, 429 after too many failures */
  signIn(body: SignInBody, client: Client): Promise<IssuedTokens>
  /** @throws AppError 401 `invalid_refresh_token`; a token that was spent before ends its session */
  refresh(refreshToken: string | undefined): Promise<IssuedTokens>
  /** Ends the session of a refresh token; an unknown one is not an error. */
  signOut(refreshToken: string): Promise<void>
  endSession(actor: OwnerActor): Promise<void>
  /** @throws AppError 403 for a wrong current password, 400 for a weak new one, 429 after too many failures */
  changePassword(actor: OwnerActor, body: ChangePasswordBody, ip: string | undefined): Promise<void>
  read(actor: OwnerActor): Promise<Me>
}

interface OwnersDeps {
  db: Db
  accessTokens: AccessTokens
  sessions: Sessions
  passwords: Passwords
  limits: SignInLimits
}

export const toEmailKey = (email: string): string => email.normalize('NFC').trim().toLowerCase()

export function createOwnersService(deps: OwnersDeps): OwnersService {
  const { db, accessTokens, sessions, passwords, limits } = deps

  const issue = (owner: OwnerAnswer, sessionId: string, refreshToken: string): IssuedTokens => ({
    accessToken: accessTokens.sign({ sub: owner.id, sid: sessionId, role: 'OWNER' }),
    refreshToken,
    expiresIn: accessTokens.expiresInSeconds,
    owner: { id: owner.id, email: owner.email },
  })

  /** The password is compared whether or not there is such an owner: both take the same time. */
  const verify = (emailKey: string, ip: string | undefined, password: string) =>
    limits.guard(emailKey, ip, async () => {
      const owner = await db.ownerUser.findUnique({ where: { emailKey } })
      const hash = owner?.isActive ? owner.passwordHash : null
      return { owner, isRight: await passwords.matches(password, hash) }
    })

  return {
    async signIn({ email, password }, client) {
      const { owner, isRight } = await verify(toEmailKey(email), client.ip, password)
      if (!owner || !isRight) {
        await recordAudit(db, { ownerId: owner?.id ?? null, action: 'owner.sign-in-failed' })
        throw refused()
      }
      return db.$transaction(async (tx) => {
        const session = await sessions.on(tx).open(owner.id, client)
        await tx.ownerUser.update({ where: { id: owner.id }, data: { lastLoginAt: new Date() } })
        await recordAudit(tx, { ownerId: owner.id, action: 'owner.sign-in' })
        return issue(owner, session.sessionId, session.refreshToken)
      })
    },

    async refresh(refreshToken) {
      if (refreshToken === undefined)
        throw unauthenticated('Send the refresh token, or sign in again', 'no_refresh_token')
      // The verdict is thrown after the commit: a family that was ended has to stay ended.
      const issued = await db.$transaction(async (tx) => {
        const rotation = await sessions.on(tx).rotate(refreshToken)
        if (rotation.outcome === 'unknown') return null
        if (rotation.outcome === 'reused') {
          await recordAudit(tx, { ownerId: rotation.userId, action: 'owner.refresh-token-reused' })
          return null
        }
        const owner = await tx.ownerUser.findUnique({ where: { id: rotation.userId } })
        if (!owner?.isActive) return null
        return issue(owner, rotation.sessionId, rotation.refreshToken)
      })
      if (!issued)
        throw unauthenticated(
          'The refresh token is not valid; sign in again',
          'invalid_refresh_token',
        )
      return issued
    },

    signOut: (refreshToken) =>
      db.$transaction(async (tx) => {
        const ended = await sessions.on(tx).endByToken(refreshToken)
        if (ended) await recordAudit(tx, { ownerId: ended.userId, action: 'owner.sign-out' })
      }),

    endSession: ({ ownerId, sessionId }) =>
      db.$transaction(async (tx) => {
        const ended = await sessions
          .on(tx)
          .end({ userId: ownerId, only: sessionId, reason: 'signed out' })
        if (ended.length > 0) await recordAudit(tx, { ownerId, action: 'owner.sign-out' })
      }),

    async changePassword({ ownerId, sessionId }, { currentPassword, newPassword }, ip) {
      const known = await db.ownerUser.findUnique({ where: { id: ownerId } })
      if (!known) throw notFound('owner')
      const issues = passwordIssues(newPassword, {
        username: known.email,
        minLength: OWNER_PASSWORD_MIN_LENGTH,
        path: 'newPassword',
      })
      if (issues.length > 0) throw invalidInput(issues)
      // Somebody at an unlocked screen guesses like anybody else.
      const { isRight } = await verify(known.emailKey, ip, currentPassword)
      if (!isRight) throw wrongCurrentPassword()
      const passwordHash = await passwords.hash(newPassword)
      await db.$transaction(async (tx) => {
        // Two changes at once: the second one proved a password that is no longer the current one.
        const { count } = await tx.ownerUser.updateMany({
          where: { id: ownerId, passwordHash: known.passwordHash },
          data: { passwordHash },
        })
        if (count === 0) throw wrongCurrentPassword()
        await sessions
          .on(tx)
          .end({ userId: ownerId, except: sessionId, reason: 'password changed' })
        await recordAudit(tx, { ownerId, action: 'owner.change-password', fields: ['password'] })
      })
    },

    async read({ ownerId }) {
      const owner = await db.ownerUser.findUnique({ where: { id: ownerId } })
      if (!owner) throw notFound('owner')
      return {
        id: owner.id,
        email: owner.email,
        lastLoginAt: toInstantOrNull(owner.lastLoginAt),
        createdAt: owner.createdAt.toISOString(),
      }
    },
  }
}
