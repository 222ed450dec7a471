import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import { dashboard, dashboardQuery } from './dashboard.schema.ts'
import {
  ownAssignmentList,
  ownAssignmentPage,
  ownAttendance,
  ownAttendanceQuery,
  ownStudentList,
  ownStudentPage,
  timetable,
  timetableQuery,
} from './me.schema.ts'
import type { MeService } from './me.service.ts'

export const meRoutes = (me: MeService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/me/timetable',
    summary: 'Read one’s own sessions, or a child’s, between two of the school’s dates: this week',
    access: 'sessions.read',
    query: timetableQuery,
    response: timetable,
    handle: ({ actor, query }) => me.timetable(actor, query),
  }),
  endpoint({
    method: 'get',
    path: '/me/attendance',
    summary: 'Read one’s own attendance, or a child’s: counts, percentage and entries with names',
    access: 'student-attendance.read',
    query: ownAttendanceQuery,
    response: ownAttendance,
    handle: ({ actor, query }) => me.attendance(actor, query),
  }),
  endpoint({
    method: 'get',
    path: '/me/students',
    summary: 'List by name whom one teaches today, or one’s children',
    access: 'students.read',
    query: ownStudentList,
    response: ownStudentPage,
    handle: ({ actor, query }) => me.students(actor, query),
  }),
  endpoint({
    method: 'get',
    path: '/me/assignments',
    summary: 'List one’s own assignments, or a child’s, by when they are due',
    access: 'assignments.read',
    query: ownAssignmentList,
    response: ownAssignmentPage,
    handle: ({ actor, query }) => me.assignments(actor, query),
  }),
  endpoint({
    method: 'get',
    path: '/me/dashboard',
    summary: 'Read the home screen',
    access: 'sessions.read',
    query: dashboardQuery,
    response: dashboard,
    handle: ({ actor, query }) => me.dashboard(actor, query),
  }),
]
