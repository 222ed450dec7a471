import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import { invite } from '#src/modules/invites/invites.schema.ts'
import {
  createdUser,
  freeUsername,
  freeUsernameQuery,
  user,
  userBody,
  userList,
  userPage,
  userPatch,
} from './users.schema.ts'
import type { UsersService } from './users.service.ts'

export const usersRoutes = (users: UsersService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/users',
    summary: 'List accounts by name',
    access: 'users.read',
    query: userList,
    response: userPage,
    handle: ({ query }) => users.list(query),
  }),
  endpoint({
    method: 'post',
    path: '/users',
    summary: 'Create an OWNER or ADMIN',
    access: 'users.write',
    body: userBody,
    response: createdUser,
    status: 201,
    location: ({ id }) => `/users/${id}`,
    handle: ({ actor, body }) => users.create(actor, body),
  }),
  // Before `/users/:id`, whose pattern it fits.
  endpoint({
    method: 'get',
    path: '/users/free-username',
    summary: 'Propose a username that nobody has',
    access: 'users.read',
    query: freeUsernameQuery,
    response: freeUsername,
    handle: ({ query }) => users.freeUsername(query.like),
  }),
  endpoint({
    method: 'get',
    path: '/users/:id',
    summary: 'Read an account',
    access: 'users.read',
    params: idParams,
    response: user,
    handle: ({ actor, params }) => users.read(actor, params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/users/:id',
    summary: 'Change an account; with If-Match only the version that was read',
    access: 'users.write',
    params: idParams,
    body: userPatch,
    response: user,
    handle: ({ actor, params, body, req }) =>
      users.update(actor, params.id, body, expectedVersions(req)),
  }),
  endpoint({
    method: 'post',
    path: '/users/:id/invite',
    summary: 'Issue a new invite, which resets the password when accepted',
    access: 'invites.issue',
    params: idParams,
    response: invite,
    status: 201,
    handle: ({ actor, params }) => users.invite(actor, params.id),
  }),
  endpoint({
    method: 'post',
    path: '/users/:id/deactivate',
    summary: 'Deactivate an account and end its sessions',
    access: 'users.write',
    params: idParams,
    response: user,
    handle: ({ actor, params }) => users.deactivate(actor, params.id),
  }),
  endpoint({
    method: 'post',
    path: '/users/:id/reactivate',
    summary: 'Let a deactivated account sign in again',
    access: 'users.write',
    params: idParams,
    response: user,
    handle: ({ actor, params }) => users.reactivate(actor, params.id),
  }),
]
