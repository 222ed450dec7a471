import { idParams } from '@usms/service-kit/http/fields'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import { sectionInvites, sectionInvitesBody } from './invites.schema.ts'
import type { InvitesService } from './invites.service.ts'

export const invitesRoutes = (invites: InvitesService): SchoolEndpoint[] => [
  endpoint({
    method: 'post',
    path: '/sections/:id/invites',
    summary: 'Issue new invites for the students of a section, or for their guardians',
    access: 'invites.issue',
    params: idParams,
    body: sectionInvitesBody,
    response: sectionInvites,
    status: 201,
    handle: ({ actor, params, body }) => invites.issueForSection(actor, params.id, body),
  }),
]
