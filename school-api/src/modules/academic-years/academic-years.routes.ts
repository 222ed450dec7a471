import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  academicYear,
  academicYearBody,
  academicYearList,
  academicYearPage,
  academicYearPatch,
} from './academic-years.schema.ts'
import type { AcademicYearsService } from './academic-years.service.ts'

export const academicYearsRoutes = (years: AcademicYearsService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/academic-years',
    summary: 'List academic years with their terms, newest first',
    access: 'structure.read',
    query: academicYearList,
    response: academicYearPage,
    handle: ({ query }) => years.list(query),
  }),
  endpoint({
    method: 'post',
    path: '/academic-years',
    summary: 'Create an academic year; the first one is the current one',
    access: 'structure.write',
    body: academicYearBody,
    response: academicYear,
    status: 201,
    location: ({ id }) => `/academic-years/${id}`,
    handle: ({ actor, body }) => years.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/academic-years/:id',
    summary: 'Read an academic year',
    access: 'structure.read',
    params: idParams,
    response: academicYear,
    handle: ({ params }) => years.read(params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/academic-years/:id',
    summary:
      'Change an academic year; terms replace the list; with If-Match only the version that was read',
    access: 'structure.write',
    params: idParams,
    body: academicYearPatch,
    response: academicYear,
    handle: ({ actor, params, body, req }) =>
      years.update(actor, params.id, body, expectedVersions(req)),
  }),
  endpoint({
    method: 'post',
    path: '/academic-years/:id/make-current',
    summary: 'Make a year the current one in place of the other',
    access: 'structure.write',
    params: idParams,
    response: academicYear,
    handle: ({ actor, params }) => years.makeCurrent(actor, params.id),
  }),
  endpoint({
    method: 'delete',
    path: '/academic-years/:id',
    summary: 'Remove a year without history',
    access: 'structure.write',
    params: idParams,
    handle: ({ actor, params }) => years.remove(actor, params.id),
  }),
]
