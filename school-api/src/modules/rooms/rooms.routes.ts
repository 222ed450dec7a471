import { idParams } from '@usms/service-kit/http/fields'
import { expectedVersions } from '@usms/service-kit/http/if-match'
import { endpoint, type SchoolEndpoint } from '#src/auth/endpoint.ts'
import { room, roomBody, roomList, roomPage, roomPatch } from './rooms.schema.ts'
import type { RoomsService } from './rooms.service.ts'

export const roomsRoutes = (rooms: RoomsService): SchoolEndpoint[] => [
  endpoint({
    method: 'get',
    path: '/rooms',
    summary: 'List rooms by their codes',
    access: 'structure.read',
    query: roomList,
    response: roomPage,
    handle: ({ query }) => rooms.list(query),
  }),
  endpoint({
    method: 'post',
    path: '/rooms',
    summary: 'Create a room',
    access: 'structure.write',
    body: roomBody,
    response: room,
    status: 201,
    location: ({ id }) => `/rooms/${id}`,
    handle: ({ actor, body }) => rooms.create(actor, body),
  }),
  endpoint({
    method: 'get',
    path: '/rooms/:id',
    summary: 'Read a room',
    access: 'structure.read',
    params: idParams,
    response: room,
    handle: ({ params }) => rooms.read(params.id),
  }),
  endpoint({
    method: 'patch',
    path: '/rooms/:id',
    summary: 'Change a room; with If-Match only the version that was read',
    access: 'structure.write',
    params: idParams,
    body: roomPatch,
    response: room,
    handle: ({ actor, params, body, req }) =>
      rooms.update(actor, params.id, body, expectedVersions(req)),
  }),
  endpoint({
    method: 'delete',
    path: '/rooms/:id',
    summary: 'Remove a room without sessions',
    access: 'structure.write',
    params: idParams,
    handle: ({ actor, params }) => rooms.remove(actor, params.id),
  }),
]
