import { idParams } from '@usms/service-kit/http/fields'
import { type DirectoryEndpoint, endpoint } from '#src/auth/endpoint.ts'
import type { EventStreams } from './event-streams.ts'
import { job, jobList, jobPage, jobParams } from './operations.schema.ts'
import type { OperationsService } from './operations.service.ts'

export const operationsRoutes = (
  operations: OperationsService,
  streams: EventStreams,
): DirectoryEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/owner/schools/:id/jobs',
    summary: 'List the jobs of a school, newest first',
    access: 'owner',
    params: idParams,
    query: jobList,
    response: jobPage,
    handle: ({ params, query }) => operations.listOf(params.id, query),
  }),
  endpoint({
    method: 'get',
    path: '/owner/jobs/:jobId',
    summary: 'Read a job with its steps and its log',
    access: 'owner',
    params: jobParams,
    response: job,
    handle: ({ params }) => operations.read(params.jobId),
  }),
  endpoint({
    method: 'get',
    path: '/owner/jobs/:jobId/events',
    summary: 'Follow a job: server-sent events `step`, `log` and, last, `done`',
    access: 'owner',
    params: jobParams,
    status: 200,
    handle: ({ params, req, res }) => streams.stream(params.jobId, req, res),
  }),
]
