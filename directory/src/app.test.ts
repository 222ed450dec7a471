import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DatabaseGate, startDatabaseGate } from '#src/testing/database-gate.ts'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'
import { openEventStream } from '#src/testing/event-stream.ts'
import { eventually, finish } from '#src/testing/provisioner-side.ts'

let directory: TestDirectory

beforeAll(async () => {
  directory = await startDirectory()
})
afterAll(() => directory.stop())

const get = (path: string, headers: Record<string, string> = {}) =>
  directory.call('GET', path, { headers })

describe('the directory', () => {
  it('is alive and ready', async () => {
    expect((await get('/health')).body).toEqual({ status: 'ok' })
    expect((await get('/ready')).body).toEqual({ status: 'ready' })
  })

  it('answers one spelling of a path', async () => {
    for (const path of ['/READY', '/ready/', '/health/', '/Owner/schools', '/owner/schools/'])
      expect((await get(path)).status).toBe(404)
  })

  it('gives metrics to this machine, and to nobody behind a proxy', async () => {
    const metrics = await get('/metrics')
    expect(metrics.status).toBe(200)
    expect(metrics.body).toContain('http_request_duration_seconds')
    for (const header of ['x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'forwarded', 'via'])
      expect((await get('/metrics', { [header]: '127.0.0.1' })).status).toBe(404)
  })

  it('describes every endpoint it has', async () => {
    const { body } = await get('/openapi.json')
    expect(body).toMatchObject({ openapi: '3.1.0', servers: [{ url: 'http://localhost:4000' }] })
    expect(Object.keys(body.paths as object)).toEqual(
      expect.arrayContaining([
        '/public/schools',
        '/resolve',
        '/owner/auth/login',
        '/owner/schools/{id}/provision',
        '/owner/jobs/{jobId}/events',
        '/owner/audit',
      ]),
    )
  })

  it('shows both APIs on one page that loads nothing and runs no script', async () => {
    expect((await get('/docs')).body).toContain('/owner/schools/{id}/admin-invite')
    const asked: (string | undefined)[] = []
    const peer = createServer((req, res) => {
      asked.push(req.url)
      if (typeof req.headers['x-school-secret'] !== 'string') return void res.writeHead(421).end()
      res.end(
        JSON.stringify({
          info: { title: 'USMS <school> API' },
          servers: [{ url: 'https://elsewhere.example' }],
          paths: { '/grades': { get: { summary: 'List grades & more' } } },
        }),
      )
    })
    try {
      const { id } = await directory.school('ACTIVE')
      await directory.db.tenantRuntime.create({
        data: { tenantId: id, address: await addressOf(peer) },
      })
      const page = await eventually(async () => {
        const answer = await get('/docs')
        return String(answer.body).includes('/grades') ? answer : null
      })
      expect(page.status).toBe(200)
      expect(page.headers.get('content-type')).toContain('text/html')
      expect(page.body).toContain('/owner/schools/{id}/admin-invite')
      expect(page.body).toContain('USMS &lt;school&gt; API')
      expect(page.body).toContain('List grades &amp; more')
      expect(page.body).toContain('http://localhost:4000/proxy/CODE')
      expect(page.body).not.toMatch(/<script|<link|src=|https?:\/\/(?!localhost:4000)/)
      await Promise.all(Array.from({ length: 5 }, () => get('/docs')))
      expect(asked).toEqual(['/openapi.json'])
    } finally {
      peer.close()
      peer.closeAllConnections()
    }
  })

  it('takes fewer bytes of headers than a school does, to which the router adds some', async () => {
    expect((await get('/health', { 'x-long': 'a'.repeat(11_000) })).status).toBe(200)
    expect((await get('/health', { 'x-long': 'a'.repeat(13_000) })).status).toBe(431)
  })

  it('gives 429 to an address that asks too often, and goes on answering its monitoring', async () => {
    const other = await startDirectory({
      env: { OWN_CLIENT_REQUESTS: '2', OWN_CLIENT_WINDOW_SECONDS: '60', TRUST_PROXY: '127.0.0.1' },
    })
    const from = (ip: string, path: string) =>
      other.call('GET', path, { headers: { 'x-forwarded-for': ip } })
    try {
      expect((await from('2001:db8:1:2::1', '/public/schools')).status).toBe(200)
      expect((await from('2001:db8:1:2::1', '/nothing')).status).toBe(404)
      for (const path of ['/public/schools', '/resolve?code=AA', '/owner/auth/me', '/docs']) {
        const refused = await from('2001:db8:1:2::9', path)
        expect([path, refused.status, refused.body.code]).toEqual([path, 429, 'too_many_requests'])
        expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(50)
      }
      expect((await from('2001:db8:1:2::1', '/health')).status).toBe(200)
      expect((await from('2001:db8:1:2::1', '/ready')).status).toBe(200)
      expect((await from('2001:db8:1:3::1', '/public/schools')).status).toBe(200)
    } finally {
      await other.stop()
    }
  })

  it('says what is offered where a method is not', async () => {
    const answer = await directory.call('DELETE', '/owner/schools')
    expect([answer.status, answer.body.code]).toEqual([405, 'method_not_allowed'])
    expect(answer.headers.get('allow')).toBe('GET, POST, HEAD')
  })

  it('answers nothing to other origins and promises no TLS where there is none', async () => {
    const { headers } = await get('/health', { origin: 'https://elsewhere.example' })
    expect(headers.get('access-control-allow-origin')).toBeNull()
    expect(headers.get('strict-transport-security')).toBeNull()
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it('names the request in every answer, by an id of its own unless a trusted proxy gave one', async () => {
    const own = await get('/nothing', { 'x-request-id': 'from-outside' })
    expect(own.status).toBe(404)
    expect(own.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(own.body.requestId).toBe(own.headers.get('x-request-id'))
    const behindProxy = await startDirectory({
      env: { TRUST_PROXY: '127.0.0.0/8', PUBLIC_URL: 'https://schools.example.org' },
    })
    try {
      const headers = { 'x-request-id': 'from-proxy', 'x-forwarded-for': '203.0.113.9' }
      const given = await behindProxy.call('GET', '/health', { headers })
      expect(given.headers.get('x-request-id')).toBe('from-proxy')
      expect(given.headers.get('strict-transport-security')).toContain('max-age=')
      const body = { email: 'nobody@example.org', password: 'x' }
      await behindProxy.call('POST', '/owner/auth/login', { headers, body })
      const [row] = await behindProxy.db.ownerAudit.findMany({
        where: { action: 'owner.sign-in-failed' },
      })
      expect(row?.ip).toBe('203.0.113.9')
    } finally {
      await behindProxy.stop()
    }
  })
})

describe('while the database is away', () => {
  let gate: DatabaseGate | undefined
  let other: TestDirectory

  beforeAll(async () => {
    other = await startDirectory({
      through: async (databaseUrl) => {
        gate = await startDatabaseGate(databaseUrl)
        return gate.url
      },
    })
  })
  afterAll(async () => {
    await other.stop()
    await gate?.close()
  })

  it('answers what needs none, says 503 to owners, and goes on once it is back', async () => {
    const token = await other.signIn()
    const { id, code } = await other.school('ACTIVE')
    const publicCodes = async () => {
      const { body } = await other.call<{ code: string }[]>('GET', '/public/schools')
      return body.map((school) => school.code)
    }
    await eventually(async () => ((await publicCodes()).includes(code) ? true : null))
    const job = await other.call<{ jobId: string }>('POST', `/owner/schools/${id}/restart`, {
      token,
    })
    const stream = await openEventStream(`${other.url}/owner/jobs/${job.body.jobId}/events`, {
      authorization: `Bearer ${token}`,
    })

    gate?.shut()
    for (let i = 0; i < 3; i++) {
      const refused = await other.call('GET', '/owner/schools', { token })
      expect([refused.status, refused.body.code]).toEqual([503, 'database_unavailable'])
      expect(refused.headers.get('retry-after')).toBe('2')
    }
    const { email, password } = other.owner
    const signIn = () => other.call('POST', '/owner/auth/login', { body: { email, password } })
    // More than the failures that make one wait: what came to no result does not count.
    for (let i = 0; i < 12; i++) expect((await signIn()).status).toBe(503)
    expect((await other.call('GET', '/health')).status).toBe(200)
    expect((await other.call('GET', '/ready')).status).toBe(200)
    expect(await publicCodes()).toContain(code)
    await finish(other.db, job.body.jobId, 'SUCCEEDED')

    gate?.open()
    await eventually(async () => ((await signIn()).status === 200 ? true : null))
    expect(await stream.rest()).toMatchObject([{ event: 'done', data: { status: 'SUCCEEDED' } }])
  })
})

async function addressOf(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
