import type { Calls } from '../session/session.ts'
import type { RequestOptions } from './request.ts'

type Options = Omit<RequestOptions, 'body'>

/** An API as somebody who is signed in calls it; paths are relative to it. Everything throws Problem or Unreachable. */
export interface Api {
  get<Answer>(path: string, options?: Options): Promise<Answer>
  post<Answer>(path: string, body?: unknown, options?: Options): Promise<Answer>
  patch<Answer>(path: string, body: unknown, options?: Options): Promise<Answer>
  delete<Answer = void>(path: string, options?: Options): Promise<Answer>
  /** An answer that is a stream of events. */
  stream(path: string, options?: Options): Promise<Response>
}

export const createApi = ({ call, stream }: Calls): Api => ({
  get: (path, options) => call('GET', path, options),
  post: (path, body, options) => call('POST', path, { ...options, body }),
  patch: (path, body, options) => call('PATCH', path, { ...options, body }),
  delete: (path, options) => call('DELETE', path, options),
  stream,
})
