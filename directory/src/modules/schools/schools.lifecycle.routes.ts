import { idParams } from '@usms/service-kit/http/fields'
import { type DirectoryEndpoint, endpoint } from '#src/auth/endpoint.ts'
import { accepted } from '#src/modules/operations/operations.schema.ts'
import { certificate, eraseBody, upgradeBody } from './schools.lifecycle.schema.ts'
import type { SchoolLifecycle } from './schools.lifecycle.ts'

export const schoolLifecycleRoutes = (lifecycle: SchoolLifecycle): DirectoryEndpoint[] => [
  endpoint({
    method: 'post',
    path: '/owner/schools/:id/upgrade',
    summary: 'Move a school to another release while it serves; while that job runs, that job',
    access: 'owner',
    params: idParams,
    body: upgradeBody,
    response: accepted,
    status: 202,
    location: ({ jobId }) => `/owner/jobs/${jobId}`,
    handle: ({ actor, params, body }) => lifecycle.upgrade(actor, params.id, body),
  }),
  endpoint({
    method: 'post',
    path: '/owner/schools/:id/archive',
    summary: 'Take a suspended school out of service for good; provisioning brings it back',
    access: 'owner',
    params: idParams,
    response: accepted,
    status: 202,
    location: ({ jobId }) => `/owner/jobs/${jobId}`,
    handle: ({ actor, params }) => lifecycle.archive(actor, params.id),
  }),
  endpoint({
    method: 'post',
    path: '/owner/schools/:id/erase',
    summary: 'Remove an archived school with all its data; its code is typed again',
    access: 'owner',
    params: idParams,
    body: eraseBody,
    response: accepted,
    status: 202,
    location: ({ jobId }) => `/owner/jobs/${jobId}`,
    handle: ({ actor, params, body }) => lifecycle.erase(actor, params.id, body),
  }),
  endpoint({
    method: 'get',
    path: '/owner/schools/:id/erasure',
    summary: 'Read the certificate of what was removed with a school',
    access: 'owner',
    params: idParams,
    response: certificate,
    handle: ({ params }) => lifecycle.readErasure(params.id),
  }),
]
