import { execFile } from 'node:child_process'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { probeSchool, waitUntilReady } from './probe.ts'
import { startSchool, type TestSchool } from './testing/school.ts'

const HOP_SECRET = 'test-only-hop-secret-of-sufficient-length'
const FAILURES_ALLOWED = 3

let school: TestSchool
const closes: (() => void)[] = []

beforeAll(async () => {
  school = await startSchool({
    env: {
      SIGN_IN_MAX_FAILURES: String(FAILURES_ALLOWED),
      SIGN_IN_MAX_FAILURES_PER_ADDRESS: String(FAILURES_ALLOWED),
    },
  })
})
afterAll(() => school?.stop())
afterEach(() => closes.splice(0).forEach((close) => close()))

const probe = (changes: Partial<Parameters<typeof probeSchool>[0]> = {}) =>
  probeSchool({
    publicUrl: school.url,
    internalUrl: `http://127.0.0.1:${school.internalPort}`,
    code: school.code,
    hopSecret: HOP_SECRET,
    signal: AbortSignal.timeout(20_000),
    ...changes,
  })

async function serve(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  closes.push(() => void server.close().closeAllConnections())
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

describe('the probe of a school', () => {
  it('finds nothing on a school that is well', async () => {
    expect(await probe()).toBeUndefined()
  })

  it('makes nobody wait, however often it asks', async () => {
    for (let i = 0; i < 3 * FAILURES_ALLOWED; i++) expect(await probe()).toBeUndefined()
    const signIn = school.anonymous.post('/auth/login').send({ username: 'admin', password: 'x' })
    expect((await signIn).status).toBe(401)
  })

  it('leaves one row in the audit each time, which says whose it is', async () => {
    const before = await school.db.auditEvent.count()
    expect(await probe()).toBeUndefined()
    const rows = await school.db.auditEvent.findMany({ orderBy: { id: 'asc' }, skip: before })
    expect(rows).toMatchObject([
      { action: 'sign-in.failed', subjectIds: [], requestId: expect.stringMatching(/^probe-/) },
    ])
  })

  it('says that a school does not take the router for the router', async () => {
    const fault = await probe({ hopSecret: 'another secret, of more than 32 characters' })
    expect(fault).toBe('/health answers 421 and not 200')
    expect(await probe({ code: 'OTHER' })).toBe('/health answers 421 and not 200')
  })

  it('says that a school lets everybody in', async () => {
    const publicUrl = await serve((_req, res) => void res.end('{}'))
    expect(await probe({ publicUrl })).toBe(
      '/health without the hop secret answers 200 and not 421',
    )
  })

  it('says that a school answers for every other', async () => {
    const publicUrl = await serve(
      (req, res) => void res.writeHead(req.headers['x-school-secret'] ? 200 : 421).end(),
    )
    expect(await probe({ publicUrl })).toBe('/health for another school answers 200 and not 421')
  })

  it('says that a wrong sign-in is not refused', async () => {
    const publicUrl = await serve(
      (req, res) =>
        void res.writeHead(req.headers['x-school-code'] === school.code ? 200 : 421).end(),
    )
    expect(await probe({ publicUrl })).toBe('a wrong sign-in answers 200 and not 401')
  })

  it('says that a dependency is away, and that nothing answers', async () => {
    const internalUrl = await serve((_req, res) => void res.writeHead(503).end())
    expect(await probe({ internalUrl })).toBe('/ready answers 503 and not 200')
    expect(await probe({ internalUrl: 'http://127.0.0.1:1' })).toBe('/ready does not answer')
  })

  it('ends when it is told to', async () => {
    const publicUrl = await serve(() => {})
    const signal = AbortSignal.timeout(50)
    expect(await probe({ publicUrl, signal })).toBe('/health does not answer')
  })
})

it('waits until a school is ready', async () => {
  let asked = 0
  const url = await serve((_req, res) => void res.writeHead(++asked < 4 ? 503 : 200).end())
  expect(await waitUntilReady(url, { timeoutMs: 20_000 })).toBeUndefined()
  expect(asked).toBe(4)
})

it('says what a school said last that does not become ready', async () => {
  const url = await serve((_req, res) => void res.writeHead(503).end())
  expect(await waitUntilReady(url, { timeoutMs: 60 })).toBe('/ready answers 503 and not 200')
})

describe('the program', () => {
  const run = async (settings: Record<string, string>, ...args: string[]) => {
    try {
      const { stdout } = await promisify(execFile)(
        process.execPath,
        [join(import.meta.dirname, 'probe-main.ts'), ...args],
        {
          env: {
            PORT: String(school.port),
            INTERNAL_PORT: String(school.internalPort),
            SCHOOL_CODE: school.code,
            HOP_SECRET,
            ...settings,
          },
        },
      )
      return { code: 0, stdout }
    } catch (error) {
      const { code, stdout } = error as { code: number; stdout: string }
      return { code, stdout }
    }
  }

  it('says nothing and ends with 0 when the school is well', async () => {
    expect(await run({})).toEqual({ code: 0, stdout: '' })
    expect(await run({}, '--wait', '5000')).toEqual({ code: 0, stdout: '' })
  })

  it('says in one line what is not well, and ends with 1', async () => {
    const wrong = { SCHOOL_CODE: 'OTHER' }
    expect(await run(wrong)).toEqual({ code: 1, stdout: '/health answers 421 and not 200\n' })
    const nobody = { INTERNAL_PORT: '1' }
    expect(await run(nobody, '--wait', '1')).toEqual({
      code: 1,
      stdout: '/ready does not answer\n',
    })
    const { code, stdout } = await run({ HOP_SECRET: 'short' })
    expect(code).toBe(1)
    expect(stdout.trim().split('\n')).toHaveLength(1)
    expect(stdout).toContain('HOP_SECRET')
  })
})
