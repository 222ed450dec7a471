import { Problem, Unreachable } from '../http/problem.ts'
import { request } from '../http/request.ts'

/** The refresh token travels in a cookie that no script reads. */
const BY_COOKIE = { 'x-token-transport': 'cookie' }
/** Longer than the router waits for a school (30 s). All tabs wait for the one that asks, so it has to end. */
const ANSWER_MS = 40_000

/** One request about a sign-in. @throws Problem, Unreachable (also when the answer takes too long) */
export async function askAuth<Answer>(
  url: string,
  { body, authorization }: { body?: object; authorization?: string | undefined } = {},
): Promise<Answer> {
  const signal = AbortSignal.timeout(ANSWER_MS)
  const headers = { ...BY_COOKIE, ...(authorization && { authorization }) }
  return request<Answer>('POST', url, { headers, signal, ...(body && { body }) }).catch(
    (error: unknown) => {
      if (signal.aborted && !(error instanceof Problem))
        throw new Unreachable('No answer in time', { cause: error })
      throw error
    },
  )
}

/** Whether the server says that nobody is signed in, rather than that it cannot tell. */
export const isOver = (error: unknown): boolean =>
  error instanceof Problem && [400, 401].includes(error.status)
