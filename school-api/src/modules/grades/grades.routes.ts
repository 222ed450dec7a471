import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import { grade, gradeBody, gradeList, gradePage, gradePatch } from './grades.schema.ts'
import type { GradesService } from './grades.service.ts'

export const gradesRoutes = (grades: GradesService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/grades',
    summary: 'List grades in their order',
    access: 'structure.read',
    query: gradeList,
    response: gradePage,
    handle: ({ query }) => grades.list(query),
  }),
  endpoint({
    method: 'post',
    path: '/grades',
    summary: 'Create a grade',
    access: 'structure.write',
    body: gradeBody,
    response: grade,
    status: 201,
    location: ({ id }) => `/grades/${id}`,
    handle: ({ actor, body }) => grades.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/grades/:id',
    summary: 'Read a grade',
    access: 'structure.read',
    params: idParams,
    response: grade,
    handle: ({ params }) => grades.read(params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/grades/:id',
    summary: 'Change a grade; with If-Match only the version that was read',
    access: 'structure.write',
    params: idParams,
    body: gradePatch,
    response: grade,
    handle: ({ actor, params, body, req }) =>
      grades.update(actor, params.id, body, expectedVersions(req)),
  }),
  endpoint({
    method: 'delete',
    path: '/grades/:id',
    summary: 'Remove a grade without sections',
    access: 'structure.write',
    params: idParams,
    handle: ({ actor, params }) => grades.remove(actor, params.id),
  }),
]
