import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  roster,
  rosterQuery,
  section,
  sectionBody,
  sectionList,
  sectionPage,
  sectionPatch,
} from './sections.schema.ts'
import type { SectionsService } from './sections.service.ts'

export const sectionsRoutes = (sections: SectionsService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/sections',
    summary: 'List sections by grade and name',
    access: 'structure.read',
    query: sectionList,
    response: sectionPage,
    handle: ({ query }) => sections.list(query),
  }),
  endpoint({
    method: 'post',
    path: '/sections',
    summary: 'Create a homeroom or a group',
    access: 'structure.write',
    body: sectionBody,
    response: section,
    status: 201,
    location: ({ id }) => `/sections/${id}`,
    handle: ({ actor, body }) => sections.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/sections/:id',
    summary: 'Read a section',
    access: 'structure.read',
    params: idParams,
    response: section,
    handle: ({ params }) => sections.read(params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/sections/:id',
    summary: 'Change a section; with If-Match only the version that was read',
    access: 'structure.write',
    params: idParams,
    body: sectionPatch,
    response: section,
    handle: ({ actor, params, body, req }) =>
      sections.update(actor, params.id, body, expectedVersions(req)),
  }),
  endpoint({
    method: 'delete',
    path: '/sections/:id',
    summary: 'Remove a section without history',
    access: 'structure.write',
    params: idParams,
    handle: ({ actor, params }) => sections.remove(actor, params.id),
  }),
  endpoint({
    method: 'get',
    path: '/sections/:id/roster',
    summary: 'The students of a section on a date',
    access: 'rosters.read',
    params: idParams,
    query: rosterQuery,
    response: roster,
    handle: ({ actor, params, query }) => sections.roster(actor, params.id, query.date),
  }),
]
