import { setTimeout as sleep } from 'node:timers/promises'

export interface OwnerClient {
  /** Every call does so by itself. @throws Error when these are not the owner's e-mail address and password */
  signIn(): Promise<void>
  /** @throws Error with the answer's detail unless it is a success */
  call<Body>(method: string, path: string, body?: object): Promise<Body>
  /** Every item of a list, page by page. */
  all<Item>(path: string): Promise<Item[]>
  /** Resolves when the job has ended, however. */
  job(jobId: string): Promise<{ status: 'SUCCEEDED' | 'FAILED'; reason: string | null }>
}

interface Job {
  status: 'QUEUED' | 'RUNNING' | 'SUCCEEDED' | 'FAILED'
  steps: { name: string; error: string | null }[]
}

const POLL_MS = 300
/** An answer that may be another one in a moment: the directory restarts, or too much was asked of it. */
const PASSING = new Set([429, 502, 503, 504])
const ATTEMPTS = 8

/** The owner API for programs that run longer than an access token lives. */
export function createOwnerClient({
  url,
  email,
  password,
}: {
  url: string
  email: string
  password: string
}): OwnerClient {
  let token: Promise<string> | undefined

  const newToken = async () => {
    const answer = await send('POST', '/owner/auth/login', undefined, { email, password })
    if (!answer.ok) throw new Error(`The owner cannot sign in: ${await detailOf(answer)}`)
    return ((await answer.json()) as { accessToken: string }).accessToken
  }

  async function send(method: string, path: string, accessToken?: string, body?: object) {
    for (let attempt = 1; ; attempt++) {
      const answer = await fetch(url + path, {
        method,
        headers: {
          ...(accessToken && { Authorization: `Bearer ${accessToken}` }),
          ...(body && { 'Content-Type': 'application/json' }),
        },
        ...(body && { body: JSON.stringify(body) }),
      }).catch((error: unknown) => {
        if (attempt >= ATTEMPTS)
          throw new Error(`${url} does not answer; is USMS_URL right?`, { cause: error })
      })
      if (answer && (!PASSING.has(answer.status) || attempt >= ATTEMPTS)) return answer
      await sleep(Number(answer?.headers.get('Retry-After') ?? attempt) * 1_000)
    }
  }

  async function call<Body>(method: string, path: string, body?: object): Promise<Body> {
    let answer = await send(method, path, await (token ??= newToken()), body)
    if (answer.status === 401) {
      token = newToken()
      answer = await send(method, path, await token, body)
    }
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await detailOf(answer)}`)
    return (await answer.json()) as Body
  }

  return {
    call,

    async signIn() {
      await (token ??= newToken())
    },

    async all<Item>(path: string) {
      const items: Item[] = []
      for (let cursor: string | null = ''; cursor !== null;) {
        const from: string = cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`
        const page: { items: Item[]; nextCursor: string | null } = await call('GET', path + from)
        items.push(...page.items)
        cursor = page.nextCursor
      }
      return items
    },

    async job(jobId) {
      for (;;) {
        const { status, steps } = await call<Job>('GET', `/owner/jobs/${jobId}`)
        const failed = steps.find(({ error }) => error !== null)
        if (status === 'SUCCEEDED' || status === 'FAILED')
          return { status, reason: failed ? `${failed.name}: ${failed.error}` : null }
        await sleep(POLL_MS)
      }
    },
  }
}

async function detailOf(answer: Response): Promise<string> {
  const text = await answer.text()
  try {
    return (JSON.parse(text) as { detail?: string }).detail ?? text
  } catch {
    return text.slice(0, 300)
  }
}
