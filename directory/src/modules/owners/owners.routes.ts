import type { RefreshCookie } from '@usms/service-kit/http/refresh-cookie'
import type { Request } from 'express'
import { type DirectoryEndpoint, endpoint, type OwnerActor } from '#src/auth/endpoint.ts'
import { changePasswordBody, me, refreshBody, signInBody, tokens } from './owners.schema.ts'
import type { OwnersService } from './owners.service.ts'
/**
 * @param identify who a request's access token says it is; throws 401
 */
export const ownersRoutes = (
  owners: OwnersService,
  cookie: RefreshCookie,
  identify: (req: Request) => Promise<OwnerActor>,
): DirectoryEndpoint[] => [
  endpoint({
    method: 'post',
    path: '/owner/auth/login',
    summary: 'Sign in',
    access: 'public',
    body: signInBody,
    response: tokens,
    handle: async ({ body, req, res }) =>
      cookie.deliver(
        { req, res },
        await owners.signIn(body, { ip: req.ip, userAgent: req.get('user-agent') }),
      ),
  }),
  endpoint({
    method: 'post',
    path: '/owner/auth/refresh',
    summary: 'Spend a refresh token for an access token and the next refresh token',
    access: 'public',
    body: refreshBody,
    response: tokens,
    handle: async ({ body, req, res }) =>
      cookie.deliver({ req, res }, await owners.refresh(cookie.read(req, body.refreshToken))),
  }),
  endpoint({
    method: 'post',
    path: '/owner/auth/logout',
    summary: 'End the session of the refresh token or, without one, of the access token',
    access: 'public',
    body: refreshBody,
    handle: async ({ body, req, res }) => {
      const refreshToken = cookie.read(req, body.refreshToken)
      cookie.clear({ req, res })
      if (refreshToken !== undefined) return owners.signOut(refreshToken)
      await owners.endSession(await identify(req))
    },
  }),
  endpoint({
    method: 'post',
    path: '/owner/auth/change-password',
    summary: 'Change the own password; every other session ends',
    access: 'owner',
    body: changePasswordBody,
    handle: ({ actor, body, req }) => owners.changePassword(actor, body, req.ip),
  }),
  endpoint({
    method: 'get',
    path: '/owner/auth/me',
    summary: 'Who is signed in',
    access: 'owner',
    response: me,
    handle: ({ actor }) => owners.read(actor),
  }),
]
