import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  createdStudent,
  student,
  studentBody,
  studentList,
  studentPage,
  studentPatch,
} from './students.schema.ts'
import type { StudentsService } from './students.service.ts'

export const studentsRoutes = (students: StudentsService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/students',
    summary: 'List students by name',
    access: 'students.read',
    query: studentList,
    response: studentPage,
    handle: ({ actor, query }) => students.list(actor, query),
  }),
  endpoint({
    method: 'post',
    path: '/students',
    summary: 'Create a student, with an invite',
    access: 'students.write',
    body: studentBody,
    response: createdStudent,
    status: 201,
    location: ({ id }) => `/students/${id}`,
    handle: ({ actor, body }) => students.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/students/:id',
    summary: 'Read a student',
    access: 'students.read',
    params: idParams,
    response: student,
    handle: ({ actor, params }) => students.read(actor, params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/students/:id',
    summary: 'Change a student; with If-Match only the version that was read',
    access: 'students.write',
    params: idParams,
    body: studentPatch,
    response: student,
    handle: ({ actor, params, body, req }) =>
      students.update(actor, params.id, body, expectedVersions(req)),
  }),
]
