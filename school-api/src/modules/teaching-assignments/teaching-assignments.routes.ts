import { idParams } from '@usms/service-kit/http/fields'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  teachingAssignment,
  teachingAssignmentBody,
  teachingAssignmentList,
  teachingAssignmentPage,
} from './teaching-assignments.schema.ts'
import type { TeachingAssignmentsService } from './teaching-assignments.service.ts'

export const teachingAssignmentsRoutes = (
  assignments: TeachingAssignmentsService,
): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/teaching-assignments',
    summary: 'List who teaches what',
    access: 'structure.read',
    query: teachingAssignmentList,
    response: teachingAssignmentPage,
    handle: ({ query }) => assignments.list(query),
  }),
  endpoint({
    method: 'post',
    path: '/teaching-assignments',
    summary: 'Assign a teacher to a section',
    access: 'structure.write',
    body: teachingAssignmentBody,
    response: teachingAssignment,
    status: 201,
    location: ({ id }) => `/teaching-assignments/${id}`,
    handle: ({ actor, body }) => assignments.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/teaching-assignments/:id',
    summary: 'Read a teaching assignment',
    access: 'structure.read',
    params: idParams,
    response: teachingAssignment,
    handle: ({ params }) => assignments.read(params.id),
  }),
  endpoint({
    method: 'delete',
    path: '/teaching-assignments/:id',
    summary: 'Take a teacher off a section',
    access: 'structure.write',
    params: idParams,
    handle: ({ actor, params }) => assignments.remove(actor, params.id),
  }),
]
