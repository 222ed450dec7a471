import { idParams } from '@usms/service-kit/http/fields'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import type { Once } from '#src/http/idempotency.ts'
import {
  entryList,
  entryPage,
  entryParams,
  historyPage,
  historyQuery,
  markAnswer,
  markBody,
  missingPage,
  missingQuery,
  studentAttendance,
  studentAttendanceQuery,
} from './attendance.schema.ts'
import type { AttendanceService } from './attendance.service.ts'

export const attendanceRoutes = (attendance: AttendanceService, once: Once): SchoolEndpoint[] => [
  endpoint({
    method: 'post',
    path: '/attendance/mark',
    summary:
      'Mark or correct a register: all entries of the call, or none; takes an Idempotency-Key',
    access: 'attendance.mark',
    body: markBody,
    response: markAnswer,
    handle: ({ actor, body, req, res }) => attendance.mark(actor, body, once({ actor, req, res })),
  }),
  endpoint({
    method: 'get',
    path: '/attendance',
    summary: 'List entries of a section on a date, or of one class session',
    access: 'attendance.read',
    query: entryList,
    response: entryPage,
    handle: ({ actor, query }) => attendance.list(actor, query),
  }),
  endpoint({
    method: 'get',
    path: '/attendance/missing',
    summary: 'List registers of a date (today) that are not taken',
    access: 'attendance.read',
    query: missingQuery,
    response: missingPage,
    handle: ({ actor, query }) => attendance.missing(actor, query),
  }),
  endpoint({
    method: 'get',
    path: '/attendance/:entryId/history',
    summary: 'List the corrections of an entry, newest first',
    access: 'attendance.read',
    params: entryParams,
    query: historyQuery,
    response: historyPage,
    handle: ({ actor, params, query }) => attendance.history(actor, params.entryId, query),
  }),
  endpoint({
    method: 'get',
    path: '/students/:id/attendance',
    summary: 'Read a student’s attendance: counts, percentage and entries, newest first',
    access: 'student-attendance.read',
    params: idParams,
    query: studentAttendanceQuery,
    response: studentAttendance,
    handle: ({ actor, params, query }) => attendance.ofStudent(actor, params.id, query),
  }),
]
