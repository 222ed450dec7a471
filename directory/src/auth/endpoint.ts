import { type Endpoint, endpointFactory } from '@usms/service-kit/http/endpoint'

/** `public`: anyone. `owner`: a live session of a platform owner. */
export type Access = 'public' | 'owner'
export type DirectoryEndpoint = Endpoint<Access>

/** Which owner makes the request, in which session. */
export interface OwnerActor {
  ownerId: string
  sessionId: string
}

/** A route of this service: path, access, schemas, one service call. */
export const endpoint = endpointFactory<Access, OwnerActor, 'public'>()
