import { endpointFactory, type Endpoint } from '@usms/service-kit/http/endpoint'
import type { Actor } from './actor.ts'
import type { Action } from './permissions.ts'

/** `public`: anyone. `signed-in`: any live session, about oneself. Otherwise the action the role must be allowed. */
export type Access = 'public' | 'signed-in' | Action
export type SchoolEndpoint = Endpoint<Access>

/** A route of this service: path, access, schemas, one service call. */
export const endpoint = endpointFactory<Access, Actor, 'public'>()
