import { type AccessTokens, bearerToken } from '@usms/service-kit/auth/access-token'
import type { Sessions } from '@usms/service-kit/auth/sessions'
import { AppError, notFound, unauthenticated } from '@usms/service-kit/errors/app-error'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db, DbOrTx } from '#src/db.ts'
import type { AuthSession } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { SessionAnswer, SessionList, SignedIn } from './auth.schema.ts'
import { findSignedIn } from './sign-in.queries.ts'

interface OwnSessionsDeps {
  db: Db
  audit: Audit
  accessTokens: AccessTokens
  sessions: Sessions
}

export interface OwnSessions {
  /** @throws AppError 401 `invalid_refresh_token`; a token that was used up before ends its whole session */
  refresh(refreshToken: string | undefined): Promise<SignedIn>
  /** Ends the refresh token's session, or else the access token's. Neither has to be good for anything. */
  logout(refreshToken: string | undefined, authorization: string | undefined): Promise<void>
  list(actor: Actor, query: SessionList): Promise<Page<SessionAnswer>>
  /** Every session of one's own but this. */
  endOthers(actor: Actor): Promise<void>
  end(actor: Actor, id: string): Promise<void>
}

/** What people do with their own sessions once they are signed in. */
export function createOwnSessions({
  db,
  audit,
  accessTokens,
  sessions,
}: OwnSessionsDeps): OwnSessions {
  return {
    async refresh(refreshToken) {
      if (refreshToken === undefined) throw invalidRefreshToken()
      // The verdict is thrown after the commit: a session that was ended has to stay ended.
      const issued = await db.$transaction(async (tx) => {
        const rotation = await sessions.on(tx).rotate(refreshToken)
        if (rotation.outcome === 'unknown') return null
        const { sessionId, userId } = rotation
        if (rotation.outcome === 'reused') {
          const subjectIds = [sessionId, userId]
          await audit.record(tx, null, {
            action: 'session.reused',
            subjectType: 'session',
            subjectIds,
          })
          return null
        }
        const found = await findSignedIn(tx, userId)
        if (!found) return null
        return {
          accessToken: accessTokens.sign({ sub: userId, sid: sessionId, role: found.user.role }),
          refreshToken: rotation.refreshToken,
          expiresIn: accessTokens.expiresInSeconds,
          ...found,
        }
      })
      if (!issued) throw invalidRefreshToken()
      return issued
    },

    async logout(refreshToken, authorization) {
      await db.$transaction(async (tx) => {
        const ended =
          (refreshToken === undefined ? null : await sessions.on(tx).endByToken(refreshToken)) ??
          (await endByAccessToken(tx, authorization))
        if (!ended) return
        const { role } = await tx.user.findUniqueOrThrow({
          where: { id: ended.userId },
          select: { role: true },
        })
        await audit.record(
          tx,
          { userId: ended.userId, role },
          { action: 'session.end', subjectType: 'session', subjectIds: [ended.sessionId] },
        )
      })
    },

    async list(actor, query) {
      const { where, orderBy, take } = keyset(query, [
        { field: 'id', kind: 'uuid', direction: 'desc' },
      ])
      // By the wall clock: sessions live by the database's, not by the school's calendar.
      const live = { userId: actor.userId, revokedAt: null, expiresAt: { gt: new Date() } }
      const [rows, total] = await Promise.all([
        db.authSession.findMany({ where: { AND: [live, where] }, orderBy, take }),
        query.count ? db.authSession.count({ where: live }) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.id],
        toItem: (row) => toSession(row, actor),
        total,
      })
    },

    endOthers: (actor) => endOwn(actor, { except: actor.sessionId }).then(() => undefined),

    async end(actor, id) {
      const ended = await endOwn(actor, { only: id })
      if (ended.length === 0) throw notFound('session')
    },
  }

  function endOwn(actor: Actor, which: { only: string } | { except: string }) {
    return db.$transaction(async (tx) => {
      const ids = await sessions.on(tx).end({
        userId: actor.userId,
        ...which,
        reason: 'ended by its user',
      })
      if (ids.length > 0)
        await audit.record(tx, actor, {
          action: 'session.end',
          subjectType: 'session',
          subjectIds: ids,
        })
      return ids
    })
  }

  async function endByAccessToken(tx: DbOrTx, authorization: string | undefined) {
    try {
      const { sid, sub } = accessTokens.verify(bearerToken(authorization))
      const ended = await sessions.on(tx).end({ userId: sub, only: sid, reason: 'signed out' })
      return ended.length > 0 ? { sessionId: sid, userId: sub } : null
    } catch (error) {
      // No token, or one that is worth nothing any more: there is nothing to end.
      if (error instanceof AppError && error.kind === 'unauthenticated') return null
      throw error
    }
  }
}

const invalidRefreshToken = () =>
  unauthenticated('The refresh token is not valid; sign in again', 'invalid_refresh_token')

const toSession = (row: AuthSession, actor: Actor): SessionAnswer => ({
  id: row.id,
  createdAt: row.createdAt.toISOString(),
  lastUsedAt: row.lastUsedAt.toISOString(),
  expiresAt: row.expiresAt.toISOString(),
  ip: row.ip,
  userAgent: row.userAgent,
  current: row.id === actor.sessionId,
})
