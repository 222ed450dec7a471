import { bearerToken, type AccessTokens } from '@usms/service-kit/auth/access-token'
import { forbidden, unauthenticated } from '@usms/service-kit/errors/app-error'
import type { Authorize } from '@usms/service-kit/http/endpoint'
import type { Db } from '#src/db.ts'
import type { Role } from '#src/generated/prisma/enums.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type { Actor } from './actor.ts'
import type { Access } from './endpoint.ts'
import type { Permissions } from './permissions.ts'

interface AuthorizeDeps {
  db: Db
  accessTokens: AccessTokens
  permissions: Permissions
  audit: Audit
  now: () => Date
}

/**
 * The one place that checks who may do what. The session is looked up each time (one indexed row), so that signing out,
 * deactivating somebody and changing a role take effect at once and not when the token ends.
 */
export function createAuthorize({
  db,
  accessTokens,
  permissions,
  audit,
  now,
}: AuthorizeDeps): Authorize<Access> {
  return async (req, access): Promise<Actor | undefined> => {
    if (access === 'public') return undefined
    const claims = accessTokens.verify(bearerToken(req.headers.authorization))
    const [user] = await db.$queryRaw<{ role: Role; today: string }[]>`
      select u.role, to_char(${now()}::timestamptz at time zone g.timezone, 'YYYY-MM-DD') as today
        from auth_session s join app_user u on u.id = s.user_id, school_settings g
       where s.id = ${claims.sid}::uuid and u.id = ${claims.sub}::uuid
         and s.revoked_at is null and s.expires_at > now() and u.is_active`
    if (!user) throw unauthenticated('The session has ended; sign in again', 'session_ended')
    const actor = { userId: claims.sub, sessionId: claims.sid, ...user }
    if (access === 'signed-in') return { ...actor, scope: 'self' }
    const scope = permissions.scopeOf(user.role, access)
    if (scope === 'none') {
      await audit.record(db, actor, { action: 'access.refused', subjectType: access })
      throw forbidden(`A ${user.role.toLowerCase()} may not do this`)
    }
    return { ...actor, scope }
  }
}
