import { idParams } from '@usms/service-kit/http/fields'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import {
  announcement,
  announcementBody,
  announcementList,
  announcementPage,
  announcementPatch,
  audiences,
} from './announcements.schema.ts'
import type { AnnouncementsService } from './announcements.service.ts'

export const announcementsRoutes = (announcements: AnnouncementsService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/announcements',
    summary: 'List what is announced to oneself, newest first or what is unread first',
    access: 'announcements.read',
    query: announcementList,
    response: announcementPage,
    handle: ({ actor, query }) => announcements.list(actor, query),
  }),
  endpoint({
    method: 'post',
    path: '/announcements',
    summary: 'Announce something',
    access: 'announcements.write',
    body: announcementBody,
    response: announcement,
    status: 201,
    location: ({ id }) => `/announcements/${id}`,
    handle: ({ actor, body }) => announcements.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/announcements/audiences',
    summary: 'List the grades and sections that one may announce to',
    access: 'announcements.read',
    response: audiences,
    handle: ({ actor }) => announcements.audiences(actor),
  }),
  endpoint({
    method: 'get',
    path: '/announcements/:id',
    summary: 'Read an announcement',
    access: 'announcements.read',
    params: idParams,
    response: announcement,
    handle: ({ actor, params }) => announcements.read(actor, params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/announcements/:id',
    summary: 'Change an announcement',
    access: 'announcements.write',
    params: idParams,
    body: announcementPatch,
    response: announcement,
    handle: ({ actor, params, body }) => announcements.update(actor, params.id, body),
  }),
  endpoint({
    method: 'delete',
    path: '/announcements/:id',
    summary: 'Withdraw an announcement',
    access: 'announcements.write',
    params: idParams,
    handle: ({ actor, params }) => announcements.remove(actor, params.id),
  }),
  endpoint({
    method: 'post',
    path: '/announcements/:id/read',
    summary: 'Say that one has read an announcement; again changes nothing',
    access: 'announcements.mark-read',
    params: idParams,
    handle: ({ actor, params }) => announcements.markRead(actor, params.id),
  }),
]
