import { idParams } from '@usms/service-kit/http/fields'
import type { RefreshCookie } from '@usms/service-kit/http/refresh-cookie'
import type { Request } from 'express'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  acceptInviteBody,
  changePasswordBody,
  loginBody,
  me,
  refreshBody,
  sessionList,
  sessionPage,
  signedIn,
} from './auth.schema.ts'
import type { AuthService } from './auth.service.ts'
import type { Client } from './sign-in.ts'

export const authRoutes = (auth: AuthService, cookie: RefreshCookie): SchoolEndpoint[] => [
  endpoint({
    method: 'post',
    path: '/auth/login',
    summary: 'Sign in',
    access: 'public',
    body: loginBody,
    response: signedIn,
    handle: async ({ body, req, res }) =>
      cookie.deliver({ req, res }, await auth.signIn(body, clientOf(req))),
  }),
  endpoint({
    method: 'post',
    path: '/auth/refresh',
    summary: 'Exchange a refresh token for new tokens',
    access: 'public',
    body: refreshBody,
    response: signedIn,
    handle: async ({ body, req, res }) =>
      cookie.deliver(
        { req, res },
        await auth.sessions.refresh(cookie.read(req, body?.refreshToken)),
      ),
  }),
  endpoint({
    method: 'post',
    path: '/auth/logout',
    summary: 'Sign out, by refresh token, cookie or access token',
    access: 'public',
    body: refreshBody,
    handle: async ({ body, req, res }) => {
      const refreshToken = cookie.read(req, body?.refreshToken)
      cookie.clear({ req, res })
      await auth.sessions.logout(refreshToken, req.headers.authorization)
    },
  }),
  endpoint({
    method: 'get',
    path: '/auth/me',
    summary: 'Who is signed in, and at which school',
    access: 'signed-in',
    response: me,
    handle: ({ actor }) => auth.me(actor),
  }),
  endpoint({
    method: 'post',
    path: '/auth/change-password',
    summary: 'Change the own password and end all other sessions',
    access: 'signed-in',
    body: changePasswordBody,
    handle: ({ actor, body, req }) => auth.password.change(actor, body, clientOf(req)),
  }),
  endpoint({
    method: 'post',
    path: '/auth/accept-invite',
    summary: 'Set a password with a one-time token',
    access: 'public',
    body: acceptInviteBody,
    handle: ({ body }) => auth.password.acceptInvite(body),
  }),
  endpoint({
    method: 'get',
    path: '/auth/sessions',
    summary: 'List the own live sessions, newest first',
    access: 'signed-in',
    query: sessionList,
    response: sessionPage,
    handle: ({ actor, query }) => auth.sessions.list(actor, query),
  }),
  endpoint({
    method: 'delete',
    path: '/auth/sessions',
    summary: 'End all own sessions but this one',
    access: 'signed-in',
    handle: ({ actor }) => auth.sessions.endOthers(actor),
  }),
  endpoint({
    method: 'delete',
    path: '/auth/sessions/:id',
    summary: 'End one of the own sessions',
    access: 'signed-in',
    params: idParams,
    handle: ({ actor, params }) => auth.sessions.end(actor, params.id),
  }),
]

const clientOf = (req: Request): Client => ({ ip: req.ip, userAgent: req.get('user-agent') })
