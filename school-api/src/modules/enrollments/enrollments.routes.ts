import { idParams } from '@usms/service-kit/http/fields'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import type { Once } from '#src/http/idempotency.ts'
import {
  enrollment,
  enrollmentBody,
  enrollmentBulk,
  enrollmentChanged,
  enrollmentList,
  enrollmentPage,
  enrollmentPatch,
  enrollmentsMade,
} from './enrollments.schema.ts'
import type { EnrollmentsService } from './enrollments.service.ts'

export const enrollmentsRoutes = (
  enrollments: EnrollmentsService,
  once: Once,
): SchoolEndpoint[] => [
  endpoint({
    method: 'post',
    path: '/enrollments',
    summary: 'Enroll a student in a homeroom; takes an Idempotency-Key',
    access: 'enrollments.write',
    body: enrollmentBody,
    response: enrollment,
    status: 201,
    location: ({ id }) => `/enrollments/${id}`,
    handle: ({ actor, body, req, res }) =>
      enrollments.create(actor, body, once({ actor, req, res })),
  }),
  endpoint({
    method: 'post',
    path: '/enrollments/bulk',
    summary: 'Enroll many students, all or none; takes an Idempotency-Key',
    access: 'enrollments.write',
    body: enrollmentBulk,
    response: enrollmentsMade,
    status: 201,
    handle: ({ actor, body, req, res }) =>
      enrollments.createBulk(actor, body, once({ actor, req, res })),
  }),
  endpoint({
    method: 'get',
    path: '/enrollments/:id',
    summary: 'Read an enrollment',
    access: 'enrollments.read',
    params: idParams,
    response: enrollment,
    handle: ({ actor, params }) => enrollments.read(actor, params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/enrollments/:id',
    summary: 'Transfer or withdraw a student, or change the roll number',
    access: 'enrollments.write',
    params: idParams,
    body: enrollmentPatch,
    response: enrollmentChanged,
    handle: ({ actor, params, body }) => enrollments.update(actor, params.id, body),
  }),
  endpoint({
    method: 'get',
    path: '/students/:id/enrollments',
    summary: 'The enrollments of a student, newest first',
    access: 'enrollments.read',
    params: idParams,
    query: enrollmentList,
    response: enrollmentPage,
    handle: ({ actor, params, query }) => enrollments.listOfStudent(actor, params.id, query),
  }),
]
