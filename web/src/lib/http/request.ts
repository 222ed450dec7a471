import { problemOf, Unreachable } from './problem.ts'

export type Query = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface RequestOptions {
  query?: Query
  body?: unknown
  headers?: Readonly<Record<string, string>>
  signal?: AbortSignal
}

/**
 * Sends a request and reads the JSON of its answer (undefined where there is none).
 * @throws Problem for an answer that is no success; Unreachable without an answer; AbortError when `signal` says so
 */
export async function request<Answer>(
  method: string,
  url: string,
  options: RequestOptions = {},
): Promise<Answer> {
  const answer = await send(method, url, options)
  const text = await answer.text()
  return (text === '' ? undefined : JSON.parse(text)) as Answer
}

/** The same for answers that are streams. */
export async function send(
  method: string,
  url: string,
  { query = {}, body, headers, signal }: RequestOptions = {},
): Promise<Response> {
  const answer = await fetch(url + queryString(query), {
    method,
    headers: {
      accept: 'application/json',
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  }).catch((error: unknown) => {
    if (signal?.aborted) throw error
    throw new Unreachable('No answer', { cause: error })
  })
  if (!answer.ok) throw await problemOf(answer)
  return answer
}

/** Fields without a value are left out. */
function queryString(query: Query): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') search.set(name, String(value))
  return search.size > 0 ? `?${search}` : ''
}
