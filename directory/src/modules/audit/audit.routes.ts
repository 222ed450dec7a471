import { type DirectoryEndpoint, endpoint } from '#src/auth/endpoint.ts'
import { auditList, auditPage } from './audit.schema.ts'
import type { AuditService } from './audit.service.ts'

export const auditRoutes = (audit: AuditService): DirectoryEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/owner/audit',
    summary: 'Who did what to which school, newest first',
    access: 'owner',
    query: auditList,
    response: auditPage,
    handle: ({ query }) => audit.list(query),
  }),
]
