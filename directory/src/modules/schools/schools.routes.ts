import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { type DirectoryEndpoint, endpoint } from '#src/auth/endpoint.ts'
import { accepted } from '#src/modules/operations/operations.schema.ts'
import type { LogStreams } from './log-streams.ts'
import type { SchoolOperations } from './schools.operations.ts'
import type { SchoolsRuntime } from './schools.runtime.ts'
import {
  invite,
  inviteBody,
  logs,
  logsQuery,
  runtimeStatus,
  school,
  schoolBody,
  schoolList,
  schoolPage,
  schoolPatch,
} from './schools.schema.ts'
import type { SchoolsService } from './schools.service.ts'

export const schoolsRoutes = (
  schools: SchoolsService,
  operations: SchoolOperations,
  runtime: SchoolsRuntime,
  logStreams: LogStreams,
): DirectoryEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/owner/schools',
    summary: 'List schools by code',
    access: 'owner',
    query: schoolList,
    response: schoolPage,
    handle: ({ query }) => schools.list(query),
  }),
  endpoint({
    method: 'post',
    path: '/owner/schools',
    summary: 'Register a school; it is PENDING until provisioned',
    access: 'owner',
    body: schoolBody,
    response: school,
    status: 201,
    location: ({ id }) => `/owner/schools/${id}`,
    handle: ({ actor, body }) => schools.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/owner/schools/:id',
    summary: 'Read a school',
    access: 'owner',
    params: idParams,
    response: school,
    handle: ({ params }) => schools.read(params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/owner/schools/:id',
    summary: 'Change a school; with If-Match only the version that was read',
    access: 'owner',
    params: idParams,
    body: schoolPatch,
    response: school,
    handle: ({ actor, params, body, req }) =>
      schools.update(actor, params.id, body, expectedVersions(req)),
  }),
  endpoint({
    method: 'post',
    path: '/owner/schools/:id/suspend',
    summary: 'Take a school out of service; its data is kept',
    access: 'owner',
    params: idParams,
    response: school,
    handle: ({ actor, params }) => schools.suspend(actor, params.id),
  }),
  endpoint({
    method: 'post',
    path: '/owner/schools/:id/resume',
    summary: 'Put a suspended school into service again',
    access: 'owner',
    params: idParams,
    response: school,
    handle: ({ actor, params }) => schools.resume(actor, params.id),
  }),
  endpoint({
    method: 'post',
    path: '/owner/schools/:id/provision',
    summary: 'Give the school its database and its API; while a job runs, that job',
    access: 'owner',
    params: idParams,
    response: accepted,
    status: 202,
    location: ({ jobId }) => `/owner/jobs/${jobId}`,
    handle: ({ actor, params }) => operations.provision(actor, params.id),
  }),
  endpoint({
    method: 'post',
    path: '/owner/schools/:id/restart',
    summary: "Stop and start the school's API",
    access: 'owner',
    params: idParams,
    response: accepted,
    status: 202,
    location: ({ jobId }) => `/owner/jobs/${jobId}`,
    handle: ({ actor, params }) => operations.restart(actor, params.id),
  }),
  endpoint({
    method: 'post',
    path: '/owner/schools/:id/admin-invite',
    summary: "Make a one-time link with which the school's admin sets a password; again: reset",
    access: 'owner',
    params: idParams,
    body: inviteBody,
    response: invite,
    status: 201,
    handle: ({ actor, params, body }) => operations.invite(actor, params.id, body.role),
  }),
  endpoint({
    method: 'get',
    path: '/owner/schools/:id/status',
    summary: 'How the school runs',
    access: 'owner',
    params: idParams,
    response: runtimeStatus,
    handle: ({ params }) => runtime.status(params.id),
  }),
  endpoint({
    method: 'get',
    path: '/owner/schools/:id/logs',
    summary:
      'Recent lines of the log of the school, oldest first; with follow=true as server-sent events `log` {line} and `left-out` {lines}',
    access: 'owner',
    params: idParams,
    query: logsQuery,
    response: logs,
    async handle({ params, query, req, res }) {
      if (query.follow === 'false') return runtime.logs(params.id, query.lines)
      await runtime.requireSchool(params.id)
      await logStreams.stream(params.id, query.lines, req, res)
      // Has been answered; this goes nowhere.
      return { lines: [] }
    },
  }),
]
