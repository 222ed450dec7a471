import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import type { ListAudit } from './list-audit.ts'
import { auditList, auditPage } from './audit.schema.ts'

export const auditRoutes = (listAudit: ListAudit): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/audit',
    summary: 'List what was done in the school, newest first',
    access: 'audit.read',
    query: auditList,
    response: auditPage,
    handle: ({ query }) => listAudit(query),
  }),
]
