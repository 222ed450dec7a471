import { idParams } from '@usms/service-kit/http/fields'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  assignment,
  assignmentBody,
  assignmentList,
  assignmentPage,
  assignmentPatch,
} from './assignments.schema.ts'
import type { AssignmentsService } from './assignments.service.ts'

export const assignmentsRoutes = (assignments: AssignmentsService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/assignments',
    summary: 'List assignments, newest first',
    access: 'assignments.read',
    query: assignmentList,
    response: assignmentPage,
    handle: ({ actor, query }) => assignments.list(actor, query),
  }),
  endpoint({
    method: 'post',
    path: '/assignments',
    summary: 'Give a section an assignment',
    access: 'assignments.write',
    body: assignmentBody,
    response: assignment,
    status: 201,
    location: ({ id }) => `/assignments/${id}`,
    handle: ({ actor, body }) => assignments.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/assignments/:id',
    summary: 'Read an assignment',
    access: 'assignments.read',
    params: idParams,
    response: assignment,
    handle: ({ actor, params }) => assignments.read(actor, params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/assignments/:id',
    summary: 'Change, close or reopen an assignment',
    access: 'assignments.write',
    params: idParams,
    body: assignmentPatch,
    response: assignment,
    handle: ({ actor, params, body }) => assignments.update(actor, params.id, body),
  }),
]
