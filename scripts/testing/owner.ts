import type { Credentials } from '../start/credentials.ts'

/** What the platform's owner does, signed in. */
export interface Owner {
  /** Calls the owner API. @throws Error unless the answer is a success */
  asOwner<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object,
  ): Promise<Body>
  /** Creates a school, provisions it and follows its job to the end. @throws Error unless it ends well */
  onboard(code: string): Promise<{ id: string }>
  /** Follows a job to its end. @throws Error unless it ends well */
  follow(jobId: string): Promise<void>
  authorization(): Promise<string>
}

export function signedInOwner(url: string, readCredentials: () => Promise<Credentials>): Owner {
  let token: Promise<string> | undefined

  async function signIn(): Promise<string> {
    const { owner } = await readCredentials()
    const path = `${url}/owner/auth/login`
    return (await call<{ accessToken: string }>(path, 'POST', owner)).accessToken
  }
  const authorization = async () => `Bearer ${await (token ??= signIn())}`
  const asOwner: Owner['asOwner'] = async (method, path, body) =>
    call(url + path, method, body, { authorization: await authorization() })

  async function follow(jobId: string) {
    const headers = { authorization: await authorization() }
    const events = await fetch(`${url}/owner/jobs/${jobId}/events`, { headers })
    // The stream ends when the job does.
    await events.text()
    const { kind, status, steps } = await asOwner<{
      kind: string
      status: string
      steps: { name: string; error: string | null }[]
    }>('GET', `/owner/jobs/${jobId}`)
    if (status === 'SUCCEEDED') return
    const failed = steps.find(({ error }) => error !== null)
    throw new Error(`${kind} ended as ${status} (${failed?.name}: ${failed?.error})`)
  }

  return {
    asOwner,
    authorization,
    follow,
    async onboard(code) {
      const school = { code, name: `School ${code}` }
      const { id } = await asOwner<{ id: string }>('POST', '/owner/schools', school)
      const { jobId } = await asOwner<{ jobId: string }>('POST', `/owner/schools/${id}/provision`)
      await follow(jobId)
      return { id }
    },
  }
}

/** @throws Error with the answer unless it is a success */
export async function call<Body>(
  url: string,
  method: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Body> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Body
}
