import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import { subject, subjectBody, subjectList, subjectPage, subjectPatch } from './subjects.schema.ts'
import type { SubjectsService } from './subjects.service.ts'

export const subjectsRoutes = (subjects: SubjectsService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/subjects',
    summary: 'List subjects by their codes',
    access: 'structure.read',
    query: subjectList,
    response: subjectPage,
    handle: ({ query }) => subjects.list(query),
  }),
  endpoint({
    method: 'post',
    path: '/subjects',
    summary: 'Create a subject',
    access: 'structure.write',
    body: subjectBody,
    response: subject,
    status: 201,
    location: ({ id }) => `/subjects/${id}`,
    handle: ({ actor, body }) => subjects.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/subjects/:id',
    summary: 'Read a subject',
    access: 'structure.read',
    params: idParams,
    response: subject,
    handle: ({ params }) => subjects.read(params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/subjects/:id',
    summary: 'Change a subject; with If-Match only the version that was read',
    access: 'structure.write',
    params: idParams,
    body: subjectPatch,
    response: subject,
    handle: ({ actor, params, body, req }) =>
      subjects.update(actor, params.id, body, expectedVersions(req)),
  }),
  endpoint({
    method: 'delete',
    path: '/subjects/:id',
    summary: 'Remove a subject that nothing refers to',
    access: 'structure.write',
    params: idParams,
    handle: ({ actor, params }) => subjects.remove(actor, params.id),
  }),
]
