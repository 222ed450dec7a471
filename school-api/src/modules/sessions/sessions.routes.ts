import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  recurringBody,
  recurringMade,
  register,
  session,
  sessionBody,
  sessionCancelBody,
  sessionList,
  sessionPage,
  sessionPatch,
  sessionWithWarnings,
} from './sessions.schema.ts'
import type { SessionsService } from './sessions.service.ts'

export const sessionsRoutes = (sessions: SessionsService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/sessions',
    summary: 'List class sessions by time, between two of the school’s dates',
    access: 'sessions.read',
    query: sessionList,
    response: sessionPage,
    handle: ({ actor, query }) => sessions.list(actor, query),
  }),
  endpoint({
    method: 'post',
    path: '/sessions',
    summary: 'Create a class session',
    access: 'sessions.write',
    body: sessionBody,
    response: sessionWithWarnings,
    status: 201,
    location: ({ id }) => `/sessions/${id}`,
    handle: ({ actor, body }) => sessions.create(actor, body),
  }),
  endpoint({
    method: 'post',
    path: '/sessions/recurring',
    summary: 'Create the sessions of a weekly pattern, and say which dates could not be and why',
    access: 'sessions.write',
    body: recurringBody,
    response: recurringMade,
    status: 201,
    handle: ({ actor, body }) => sessions.createRecurring(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/sessions/:id',
    summary: 'Read a class session',
    access: 'sessions.read',
    params: idParams,
    response: session,
    handle: ({ actor, params }) => sessions.read(actor, params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/sessions/:id',
    summary:
      'Move a class session, or change its room, subject or teachers; with If-Match only the version that was read',
    access: 'sessions.write',
    params: idParams,
    body: sessionPatch,
    response: sessionWithWarnings,
    handle: ({ actor, params, body, req }) =>
      sessions.update(actor, params.id, body, expectedVersions(req)),
  }),
  endpoint({
    method: 'post',
    path: '/sessions/:id/cancel',
    summary: 'Cancel a class session without entries',
    access: 'sessions.write',
    params: idParams,
    body: sessionCancelBody,
    response: session,
    handle: ({ actor, params, body, req }) =>
      sessions.cancel(actor, params.id, body.reason, expectedVersions(req)),
  }),
  endpoint({
    method: 'get',
    path: '/sessions/:id/register',
    summary: 'Read the register of a class session: roster, entries and codes',
    access: 'registers.read',
    params: idParams,
    response: register,
    handle: ({ actor, params }) => sessions.register(actor, params.id),
  }),
]
