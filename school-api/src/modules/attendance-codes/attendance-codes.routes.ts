import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  attendanceCode,
  attendanceCodeBody,
  attendanceCodeList,
  attendanceCodePage,
  attendanceCodeParams,
  attendanceCodePatch,
} from './attendance-codes.schema.ts'
import type { AttendanceCodesService } from './attendance-codes.service.ts'

export const attendanceCodesRoutes = (codes: AttendanceCodesService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/attendance-codes',
    summary: 'List attendance codes in their order, retired ones too unless isActive says',
    access: 'structure.read',
    query: attendanceCodeList,
    response: attendanceCodePage,
    handle: ({ query }) => codes.list(query),
  }),
  endpoint({
    method: 'post',
    path: '/attendance-codes',
    summary: 'Add a code of the school’s own',
    access: 'structure.write',
    body: attendanceCodeBody,
    response: attendanceCode,
    status: 201,
    location: ({ code }) => `/attendance-codes/${code}`,
    handle: ({ actor, body }) => codes.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/attendance-codes/:code',
    summary: 'Read an attendance code',
    access: 'structure.read',
    params: attendanceCodeParams,
    response: attendanceCode,
    handle: ({ params }) => codes.read(params.code),
  }),
  endpoint({
    method: 'patch',
    path: '/attendance-codes/:code',
    summary: 'Rename, retire or change a code; of a built-in one only the name',
    access: 'structure.write',
    params: attendanceCodeParams,
    body: attendanceCodePatch,
    response: attendanceCode,
    handle: ({ actor, params, body, req }) =>
      codes.update(actor, params.code, body, expectedVersions(req)),
  }),
]
