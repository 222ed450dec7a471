import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request, sendRaw } from './testing/raw-request.ts'
import { type RouterRig, startRouter } from './testing/router-rig.ts'
import { type Peer, startPeer } from './testing/school-peer.ts'

let rig: RouterRig
let peer: Peer

beforeAll(async () => {
  rig = await startRouter()
  peer = await startPeer((req, res) => void res.end(`${req.method} ${req.url}`))
  await rig.school({ code: 'ABC1', address: peer.address, subdomain: 'greenwood' })
  await rig.school({ code: 'XYZ9', address: peer.address })
  await rig.school({ code: 'COLD', address: null })
  for (const status of ['PENDING', 'PROVISIONING', 'SUSPENDED', 'FAILED'])
    await rig.school({ code: status.slice(0, 6), address: peer.address, status })
})
afterAll(async () => {
  await rig.stop()
  await peer.close()
})

const get = (path: string, host = 'localhost') =>
  sendRaw(rig.port, request(`GET ${path}`, { Host: host }))

const codeOf = (body: string) => (JSON.parse(body) as { code: string }).code

describe('on the shared origin', () => {
  it.each([
    ['/proxy/ABC1/grades?x=1&y=%2F..', 'GET /grades?x=1&y=%2F..'],
    ['/proxy/abc1/grades', 'GET /grades'],
    ['/proxy/ABC1', 'GET /'],
    ['/proxy/ABC1/', 'GET /'],
    ['/proxy/ABC1?a=b', 'GET /?a=b'],
    ['/proxy/ABC1/a;v=1/%C3%A9', 'GET /a;v=1/%C3%A9'],
  ])('forwards %s with its path and query unchanged', async (path, seen) => {
    expect(await get(path)).toMatchObject({ status: 200, body: seen })
  })

  it.each(['NONE', 'PENDIN', 'PROVIS', 'SUSPEN', 'FAILED'])(
    'answers 404 school_not_found with one body for %s',
    async (code) => {
      const { status, body } = await get(`/proxy/${code}/grades`)
      expect(status).toBe(404)
      const { requestId, ...rest } = JSON.parse(body) as Record<string, unknown>
      expect(requestId).toEqual(expect.any(String))
      expect(rest).toEqual({
        type: 'urn:usms:problem:school_not_found',
        title: 'Not Found',
        status: 404,
        code: 'school_not_found',
        detail: 'No such school',
        error: 'No such school',
      })
    },
  )

  it.each([
    '/proxy/',
    '/proxy',
    '/proxy//ABC1/x',
    '/proxy/A%42C1/x',
    '/proxy/ABC1%2f..%2fXYZ9/x',
    '/proxy/ABC1;v=1/x',
    '/proxy/ABC1./x',
    '/proxy/../x',
    '/proxy/ABC1\\..\\XYZ9/x',
    '/proxy/ABCDEFGHIJKLMNOPQ/x',
    '/proxy/A/x',
  ])('answers 404 for the code in %s', async (path) => {
    const { status, body } = await get(path)
    expect([status, codeOf(body)]).toEqual([404, 'school_not_found'])
  })

  it.each([
    '/proxy/ABC1/../XYZ9/x',
    '/proxy/ABC1/./x',
    '/proxy/ABC1/x/..',
    '/proxy/ABC1/%2e%2e/XYZ9/x',
    '/proxy/ABC1/x%2Fy',
    '/proxy/ABC1/x%5cy',
    '/proxy/ABC1/x\\y',
    '/proxy/ABC1//x',
    '/proxy/ABC1/x//',
    '/proxy/ABC1/x%00',
    '/proxy/ABC1/x%0d%0aSet-Cookie:a',
    '/proxy/ABC1/x%zz',
    '/proxy/ABC1/x#y',
    '/proxy/NONE/../x',
  ])('answers 400 bad_path for %s', async (path) => {
    const { status, body } = await get(path)
    expect([status, codeOf(body)]).toEqual([400, 'bad_path'])
  })

  it.each(['/\xe9', '/x\x01', '/x?q=\x01', '/\x80'])(
    'lets no request with a byte outside printable ASCII as in %j reach a school',
    async (path) => {
      const before = peer.requests.length
      const raw = Buffer.from(request(`GET /proxy/ABC1${path}`), 'latin1')
      expect((await sendRaw(rig.port, raw)).status).toBe(400)
      expect(peer.requests.length).toBe(before)
    },
  )

  it.each([
    '/metrics',
    '/METRICS',
    '/metrics/',
    '/%6detrics',
    '/%4dEtrics;x=1',
    '/ready',
    '/Ready?x',
    '/ready/',
    '/internal',
    '/internal/reset',
    '/%69nternal/x',
    '/metrics%20',
  ])('answers 404 for the operational path %s of a school', async (path) => {
    const { status } = await get(`/proxy/ABC1${path}`)
    expect(status).toBe(404)
  })

  it('forwards paths that only begin like an operational one', async () => {
    expect((await get('/proxy/ABC1/readyness')).body).toBe('GET /readyness')
    expect((await get('/proxy/ABC1/health')).body).toBe('GET /health')
  })

  it('answers 503 school_unavailable with Retry-After for a school that has no address yet', async () => {
    const { status, headers, body } = await get('/proxy/COLD/x')
    expect([status, headers['retry-after'], codeOf(body)]).toEqual([503, '1', 'school_unavailable'])
  })

  it.each(['/', '/public/schools', '/proxyX/ABC1', '/Proxy/ABC1/x', '/%70roxy/ABC1/x'])(
    'leaves %s to the directory',
    async (path) => {
      expect((await get(path)).body).toBe('directory')
    },
  )
})

describe('by host', () => {
  it.each([
    'schools.example.org',
    'localhost:4000',
    'LOCALHOST',
    'usms.example.org',
    'usms.example.org.',
    '127.0.0.1:4000',
    '[::1]:4000',
  ])('takes %s for the shared origin', async (host) => {
    expect((await get('/proxy/ABC1/x', host)).body).toBe('GET /x')
  })

  it.each([
    'abc1.schools.example.org',
    'ABC1.Schools.Example.Org:4000',
    'greenwood.schools.example.org',
  ])("takes %s for the school's own host and forwards /api there", async (host) => {
    expect((await get('/api/grades?x', host)).body).toBe('GET /grades?x')
    expect((await get('/api', host)).body).toBe('GET /')
  })

  it.each(['/', '/?x', '/app', '/app?x', '/app/', '/app/login', '/app/assets/a-1.js'])(
    "leaves %s on a school's own host to the directory, whose front end it is",
    async (path) => {
      expect((await get(path, 'abc1.schools.example.org')).body).toBe('directory')
      expect((await get(path, 'none.schools.example.org')).body).toBe('directory')
    },
  )

  it.each([
    '/proxy/ABC1/x',
    '/proxy/XYZ9/x',
    '/owner/auth/login',
    '/public/schools',
    '/docs',
    '/health',
    '/metrics',
    '/apiary',
    '/App/',
    '/application',
    '/app%2f..%2fowner',
    '/app;/owner',
    '/%61pp/',
    '//app/',
    '//',
    '/./app/',
  ])("answers 404 for %s on a school's own host", async (path) => {
    const { status, body } = await get(path, 'abc1.schools.example.org')
    expect([status, codeOf(body)]).toEqual([404, 'not_found'])
  })

  it.each([
    '/app/../owner/schools',
    '/app/..',
    '/app/./x',
    '/app/%2e%2e/owner/schools',
    '/app/..%2fowner',
    '/app/x%5c..%5cy',
    '/app//owner',
    '/app/\\..\\owner',
    '/app/%00',
    '/app/x#y',
  ])('answers 400 bad_path for %s, on the shared origin as well', async (path) => {
    for (const host of ['abc1.schools.example.org', 'localhost']) {
      const { status, body } = await get(path, host)
      expect([status, codeOf(body)]).toEqual([400, 'bad_path'])
    }
  })

  it('refuses bad and operational paths there too', async () => {
    const host = 'abc1.schools.example.org'
    expect((await get('/api/../proxy/XYZ9/x', host)).status).toBe(400)
    expect((await get('/api/metrics', host)).status).toBe(404)
  })

  it('answers 404 school_not_found on an own host of no ACTIVE school', async () => {
    for (const label of ['none', 'suspen']) {
      const { status, body } = await get('/api/x', `${label}.schools.example.org`)
      expect([status, codeOf(body)]).toEqual([404, 'school_not_found'])
    }
  })

  it.each([
    'evil.example.com',
    'abc1.schools.example.org.evil.com',
    'a.b.schools.example.org',
    'x/y',
  ])('answers 404 unknown_host for %s', async (host) => {
    for (const path of ['/', '/proxy/ABC1/x', '/api/x']) {
      const { status, body } = await get(path, host)
      expect([status, codeOf(body)]).toEqual([404, 'unknown_host'])
    }
  })
})

describe('what is not to be read', () => {
  it('answers 400 for a target in absolute form', async () => {
    const { status } = await get('http://localhost/proxy/ABC1/x')
    expect(status).toBe(400)
  })

  it('answers 400 for two Host headers', async () => {
    const raw = request('GET /proxy/ABC1/x', { Host: ['localhost', 'localhost'] })
    expect((await sendRaw(rig.port, raw)).status).toBe(400)
  })

  it('answers 400 for Transfer-Encoding under HTTP/1.0', async () => {
    const raw =
      'POST /proxy/ABC1/x HTTP/1.0\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'
    expect((await sendRaw(rig.port, raw)).status).toBe(400)
  })

  it('forwards an HTTP/1.0 request without a Host', async () => {
    const { status, body } = await sendRaw(rig.port, 'GET /proxy/ABC1/x HTTP/1.0\r\n\r\n')
    expect([status, body]).toEqual([200, 'GET /x'])
  })

  it.each([
    ['Content-Length and Transfer-Encoding', 'Content-Length: 4\r\nTransfer-Encoding: chunked'],
    ['two different Content-Lengths', 'Content-Length: 4\r\nContent-Length: 5'],
    ['an unknown transfer coding last', 'Transfer-Encoding: chunked, xchunked'],
    ['a space before the colon', 'Content-Length : 4'],
    ['a folded header', 'X-A: b\r\n c'],
    ['a name with a control character', 'X-\x01: b'],
  ])('lets no request with %s reach a school', async (_what, headers) => {
    const before = peer.requests.length
    const raw = `POST /proxy/ABC1/x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n${headers}\r\n\r\n0\r\n\r\n`
    expect((await sendRaw(rig.port, raw)).status).toBe(400)
    expect(peer.requests.length).toBe(before)
  })

  it.each(['TRACE', 'CONNECT'])('answers 405 for %s', async (method) => {
    const target = method === 'CONNECT' ? 'example.org:443' : '/proxy/ABC1/x'
    const { status, headers } = await sendRaw(rig.port, request(`${method} ${target}`))
    expect(status).toBe(405)
    expect(headers.allow).toContain('GET')
  })
})
