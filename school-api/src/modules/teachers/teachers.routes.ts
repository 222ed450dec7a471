import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  createdTeacher,
  teacher,
  teacherBody,
  teacherList,
  teacherPage,
  teacherPatch,
} from './teachers.schema.ts'
import type { TeachersService } from './teachers.service.ts'

export const teachersRoutes = (teachers: TeachersService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/teachers',
    summary: 'List teachers by name',
    access: 'teachers.read',
    query: teacherList,
    response: teacherPage,
    handle: ({ actor, query }) => teachers.list(actor, query),
  }),
  endpoint({
    method: 'post',
    path: '/teachers',
    summary: 'Create a teacher, with an invite',
    access: 'teachers.write',
    body: teacherBody,
    response: createdTeacher,
    status: 201,
    location: ({ id }) => `/teachers/${id}`,
    handle: ({ actor, body }) => teachers.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/teachers/:id',
    summary: 'Read a teacher',
    access: 'teachers.read',
    params: idParams,
    response: teacher,
    handle: ({ actor, params }) => teachers.read(actor, params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/teachers/:id',
    summary: 'Change a teacher; with If-Match only the version that was read',
    access: 'teachers.write',
    params: idParams,
    body: teacherPatch,
    response: teacher,
    handle: ({ actor, params, body, req }) =>
      teachers.update(actor, params.id, body, expectedVersions(req)),
  }),
]
