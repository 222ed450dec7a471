import { randomUUID } from 'node:crypto'
import { request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'

export interface ProbedSchool {
  /** Of the public listener, without a trailing slash. */
  publicUrl: string
  /** Of the operational listener, without a trailing slash. */
  internalUrl: string
  code: string
  /** What the router shows with every request. */
  hopSecret: string
  signal: AbortSignal
}

interface Question {
  url: string
  method?: 'GET' | 'POST'
  headers?: Record<string, string>
  body?: unknown
  expect: number
  /** What it is about, for people. */
  about: string
}

const ANSWER_TIMEOUT_MS = 5_000
const LOOK_AGAIN_MS = 25
/** Fits no school's code. */
const NOBODYS_CODE = 'NOBODY-0'

/**
 * Asks a school itself whether it is well: its dependencies answer, its public listener takes the router for the router and
 * nobody else, and a wrong sign-in is refused as such, which needs its database and its passwords. Under a name that is nobody's
 * and new every time, from an address of its own: no account and no school is made to wait by it. Its row in the school's audit is
 * wanted: it shows that the school can write.
 * @returns undefined when it is well, otherwise the first thing that is not, for people
 */
export async function probeSchool(school: ProbedSchool): Promise<string | undefined> {
  const { publicUrl, internalUrl, code, hopSecret, signal } = school
  const hop = {
    'x-school-code': code,
    'x-school-secret': hopSecret,
    // Stands in the log, and in the audit's row of the wrong sign-in: who reads that sees who it was.
    'x-request-id': `probe-${randomUUID()}`,
  }
  const health = `${publicUrl}/health`
  const questions: Question[] = [
    { url: `${internalUrl}/ready`, expect: 200, about: '/ready' },
    { url: health, headers: hop, expect: 200, about: '/health' },
    { url: health, expect: 421, about: '/health without the hop secret' },
    {
      url: health,
      headers: { ...hop, 'x-school-code': NOBODYS_CODE },
      expect: 421,
      about: '/health for another school',
    },
    {
      url: `${publicUrl}/auth/login`,
      method: 'POST',
      headers: { ...hop, 'x-forwarded-for': addressOfItsOwn() },
      body: { username: `probe-${randomUUID()}`, password: randomUUID() },
      expect: 401,
      about: 'a wrong sign-in',
    },
  ]
  for (const question of questions) {
    const fault = await ask(question, signal)
    if (fault !== undefined) return fault
  }
  return undefined
}

/**
 * Asks for `/ready` until it says so.
 * @returns what it said last when `timeoutMs` have passed; undefined when it is ready
 */
export async function waitUntilReady(
  internalUrl: string,
  { timeoutMs }: { timeoutMs: number },
): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs
  const signal = AbortSignal.timeout(timeoutMs + ANSWER_TIMEOUT_MS)
  for (;;) {
    const question = { url: `${internalUrl}/ready`, expect: 200, about: '/ready' }
    const fault = await ask(question, signal)
    if (fault === undefined || performance.now() >= deadline) return fault
    await sleep(LOOK_AGAIN_MS)
  }
}

/** A range for documentation that nobody comes from (RFC 3849), a network of its own each time: its failures add to nobody's. */
function addressOfItsOwn(): string {
  const [a, b] = randomUUID().split('-')
  return `2001:db8:${(a ?? '').slice(0, 4)}:${b}::1`
}

/** By node:http and not fetch, whose first call loads and compiles a client of half a megabyte. */
function ask(question: Question, signal: AbortSignal): Promise<string | undefined> {
  const { url, method = 'GET', headers = {}, expect, about } = question
  const body = question.body === undefined ? undefined : JSON.stringify(question.body)
  return new Promise((resolve) => {
    const asking = request(
      url,
      {
        method,
        agent: false,
        signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
        headers: body === undefined ? headers : { ...headers, 'content-type': 'application/json' },
      },
      (answer) => {
        const { statusCode } = answer
        answer.resume()
        resolve(
          statusCode === expect ? undefined : `${about} answers ${statusCode} and not ${expect}`,
        )
      },
    )
    asking.on('error', () => resolve(`${about} does not answer`))
    asking.end(body)
  })
}
