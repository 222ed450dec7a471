import { idParams } from '@usms/service-kit/http/fields'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  member,
  memberList,
  memberPage,
  memberParams,
  memberPatch,
  membersAdded,
  membersBody,
} from './members.schema.ts'
import type { MembersService } from './members.service.ts'

export const membersRoutes = (members: MembersService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/sections/:id/members',
    summary: 'List the memberships of a group',
    access: 'rosters.read',
    params: idParams,
    query: memberList,
    response: memberPage,
    handle: ({ actor, params, query }) => members.list(actor, params.id, query),
  }),
  endpoint({
    method: 'post',
    path: '/sections/:id/members',
    summary: 'Add students to a group',
    access: 'enrollments.write',
    params: idParams,
    body: membersBody,
    response: membersAdded,
    status: 201,
    handle: ({ actor, params, body }) => members.add(actor, params.id, body),
  }),
  endpoint({
    method: 'patch',
    path: '/sections/:id/members/:memberId',
    summary: 'Close a membership',
    access: 'enrollments.write',
    params: memberParams,
    body: memberPatch,
    response: member,
    handle: ({ actor, params, body }) => members.close(actor, params, body),
  }),
]
