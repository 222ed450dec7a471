import { type AccessTokens, bearerToken } from '@usms/service-kit/auth/access-token'
import { unauthenticated } from '@usms/service-kit/errors/app-error'
import type { Authorize } from '@usms/service-kit/http/endpoint'
import type { Db } from '#src/db.ts'
import type { Access, OwnerActor } from './endpoint.ts'

/**
 * The one place that says who is asking. The session is looked up each time (one indexed row), so that signing out and
 * deactivating an owner take effect at once and not when the token ends.
 */
export function createAuthorize({
  db,
  accessTokens,
}: {
  db: Db
  accessTokens: AccessTokens
}): Authorize<Access> {
  return async (req, access): Promise<OwnerActor | undefined> => {
    if (access === 'public') return undefined
    const claims = accessTokens.verify(bearerToken(req.headers.authorization))
    const [session] = await db.$queryRaw<{ id: string }[]>`
      select s.id
        from auth_session s join owner_user u on u.id = s.user_id
       where s.id = ${claims.sid}::uuid and u.id = ${claims.sub}::uuid
         and s.revoked_at is null and s.expires_at > now() and u.is_active`
    if (!session) throw unauthenticated('The session has ended; sign in again', 'session_ended')
    return { ownerId: claims.sub, sessionId: claims.sid }
  }
}
