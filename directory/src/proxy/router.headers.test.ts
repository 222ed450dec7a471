import type { IncomingHttpHeaders, ServerResponse } from 'node:http'
import { hopSecretOf } from '@usms/service-kit/auth/opaque-token'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRaw, readAnswer, readUntil, request, sendRaw } from './testing/raw-request.ts'
import { ROUTER_KEY, type RouterRig, startRouter } from './testing/router-rig.ts'
import { bodyOf, type Peer, startPeer, startRawPeer } from './testing/school-peer.ts'

let rig: RouterRig
let trusting: RouterRig
let peer: Peer
let id: string
let seen: IncomingHttpHeaders = {}
let rawSeen: string[] = []
let body = ''
let respond: (res: ServerResponse) => void = (res) => void res.end('hello')

beforeAll(async () => {
  rig = await startRouter()
  trusting = await startRouter({ trustProxy: ['127.0.0.0/8', '10.0.0.0/8'] })
  peer = await startPeer(async (req, res) => {
    seen = req.headers
    rawSeen = req.rawHeaders
    body = await bodyOf(req)
    respond(res)
  })
  ;({ id } = await rig.school({ code: 'ABC1', address: peer.address }))
  await trusting.school({ code: 'ABC1', address: peer.address })
})
afterAll(async () => {
  await rig.stop()
  await trusting.stop()
  await peer.close()
})

const send = (headers: Record<string, string | string[]> = {}, line = 'GET /proxy/abc1/x') =>
  sendRaw(rig.port, request(line, headers))

describe('what a school sees of a request', () => {
  it('is its code, its hop secret, the prefix, who asked and its own address', async () => {
    await send({ Host: 'localhost:4000' })
    expect(seen).toMatchObject({
      host: peer.address,
      'x-school-code': 'ABC1',
      'x-school-secret': hopSecretOf(id, ROUTER_KEY),
      'x-forwarded-prefix': '/proxy/ABC1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'localhost:4000',
    })
    expect(seen['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('has the prefix /api on its own host', async () => {
    await send({ Host: 'abc1.schools.example.org' }, 'GET /api/x')
    expect(seen).toMatchObject({
      'x-forwarded-prefix': '/api',
      'x-forwarded-host': 'abc1.schools.example.org',
    })
  })

  it.each<Record<string, string>>([{}, { Expect: '100-continue' }])(
    'has nothing of what a client said in the place of a proxy (with %o)',
    async (more) => {
      await send(
        {
          'X-Forwarded-For': '1.2.3.4',
          'X-Forwarded-Host': 'evil.example',
          'X-Forwarded-Proto': 'https',
          'X-Forwarded-Prefix': '/owner',
          'X-Forwarded-Port': '1',
          Forwarded: 'for=1.2.3.4',
          'X-Real-IP': '1.2.3.4',
          'X-School-Code': 'XYZ9',
          'X-School-Secret': 'guess',
          'X-School-Role': 'OWNER',
          'X-Request-Id': 'mine',
          x_forwarded_for: '1.2.3.4',
          X_School_Code: 'XYZ9',
          ...more,
        },
        'POST /proxy/ABC1/x',
      )
      expect(seen).toMatchObject({
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-host': 'localhost',
        'x-forwarded-proto': 'http',
        'x-forwarded-prefix': '/proxy/ABC1',
        'x-school-code': 'ABC1',
        'x-school-secret': hopSecretOf(id, ROUTER_KEY),
      })
      expect(seen['x-request-id']).not.toBe('mine')
      for (const name of ['x-forwarded-port', 'forwarded', 'x-real-ip', 'x-school-role', 'expect'])
        expect(seen).not.toHaveProperty(name)
      expect(Object.keys(seen).filter((name) => name.includes('_'))).toEqual([])
      expect(rawSeen.filter((name) => name.toLowerCase() === 'x-school-code')).toHaveLength(1)
    },
  )

  it('has no hop-by-hop header, and none that Connection names', async () => {
    await send({
      Connection: 'close, X-Secret-Hop, Authorization',
      'X-Secret-Hop': '1',
      Authorization: 'Bearer x',
      'Keep-Alive': 'timeout=5',
      TE: 'trailers',
      Trailer: 'X-T',
      'Proxy-Authorization': 'Basic x',
      'Proxy-Connection': 'keep-alive',
    })
    for (const name of [
      'x-secret-hop',
      'authorization',
      'keep-alive',
      'te',
      'trailer',
      'proxy-authorization',
      'proxy-connection',
    ])
      expect(seen).not.toHaveProperty(name)
  })

  it('cannot be robbed of what the router sets by naming it in Connection', async () => {
    await send({ Connection: 'close, X-School-Secret, X-School-Code, X-Forwarded-For, Host' })
    expect(seen).toMatchObject({
      'x-school-code': 'ABC1',
      'x-school-secret': hopSecretOf(id, ROUTER_KEY),
      'x-forwarded-for': '127.0.0.1',
      host: peer.address,
    })
  })

  it('has everything else as it was sent', async () => {
    await send({
      Authorization: 'Bearer abc',
      Cookie: 'a=1; b=2',
      Accept: 'application/json',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'X-Token-Transport': 'cookie',
      'If-None-Match': '"1"',
    })
    expect(seen).toMatchObject({
      authorization: 'Bearer abc',
      cookie: 'a=1; b=2',
      accept: 'application/json',
      traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
      'x-token-transport': 'cookie',
      'if-none-match': '"1"',
    })
  })

  it.each(['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'GET'])(
    'has the body of a %s, announced or in chunks, and nothing after it',
    async (method) => {
      const before = peer.requests.length
      const line = `${method} /proxy/ABC1/x`
      await sendRaw(rig.port, request(line, { 'Content-Length': '5' }, 'hello'))
      expect(body).toBe('hello')
      const chunks = '5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'
      await sendRaw(rig.port, request(line, { 'Transfer-Encoding': 'chunked' }, chunks))
      expect(body).toBe('hello world')
      expect(peer.requests.length).toBe(before + 2)
    },
  )

  it('has the body that a client held back until 100 Continue', async () => {
    const socket = await openRaw(rig.port)
    socket.write(request('POST /proxy/ABC1/x', { Expect: '100-continue', 'Content-Length': '5' }))
    expect(await readUntil(socket, '\r\n\r\n')).toMatch(/^HTTP\/1.1 100 /)
    socket.write('hello')
    expect((await readAnswer(socket)).status).toBe(200)
    expect(body).toBe('hello')
  })
})

describe('behind a proxy of ours', () => {
  const sendTrusted = (headers: Record<string, string>) =>
    sendRaw(trusting.port, request('GET /proxy/ABC1/x', headers))

  it('the client is the nearest address that is not a proxy of ours', async () => {
    await sendTrusted({
      'X-Forwarded-For': '6.6.6.6, 203.0.113.7, 10.1.1.1',
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'usms.example.org',
      'X-Request-Id': 'edge-1',
    })
    expect(seen).toMatchObject({
      'x-forwarded-for': '203.0.113.7',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'usms.example.org',
      'x-request-id': 'edge-1',
    })
  })

  it('a request id that is no plain word is replaced, and X-School-* still dropped', async () => {
    await sendTrusted({ 'X-Request-Id': 'a b<c>', 'X-School-Role': 'OWNER' })
    expect(seen['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
    expect(seen).not.toHaveProperty('x-school-role')
  })

  it('an X-Forwarded-For that names nobody leaves the address of the socket', async () => {
    await sendTrusted({ 'X-Forwarded-For': 'unknown' })
    expect(seen['x-forwarded-for']).toBe('127.0.0.1')
  })
})

describe("what a client sees of a school's answer", () => {
  const answerWith = (headers: Record<string, string | string[]>, status = 200) => {
    respond = (res) =>
      void res.writeHead(status, { 'Content-Length': '5', ...headers }).end('hello')
    return send()
  }

  it('is nosniff, sandboxed, not stored, and carries the request id', async () => {
    const { headers } = await answerWith({
      'Content-Security-Policy': "script-src 'unsafe-inline'",
      'X-Content-Type-Options': 'sniff',
      'X-Request-Id': 'theirs',
    })
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': 'sandbox',
      'cache-control': 'no-store',
      'x-request-id': seen['x-request-id'],
    })
  })

  it("keeps the school's own Cache-Control, ETag and anything else of its resource", async () => {
    const { headers, body: text } = await answerWith({
      'Cache-Control': 'private, max-age=5',
      ETag: '"7"',
      'Content-Type': 'text/csv',
      'Retry-After': '7',
      'WWW-Authenticate': 'Bearer',
    })
    expect(headers).toMatchObject({
      'cache-control': 'private, max-age=5',
      etag: '"7"',
      'content-type': 'text/csv',
      'retry-after': '7',
      'www-authenticate': 'Bearer',
    })
    expect(text).toBe('hello')
  })

  it('has nothing that would hold for the whole origin', async () => {
    const forbidden = {
      'Clear-Site-Data': '"*"',
      'Service-Worker-Allowed': '/',
      'Strict-Transport-Security': 'max-age=1',
      'Access-Control-Allow-Origin': '*',
      'Access-Control-Allow-Credentials': 'true',
      'Alt-Svc': 'h2="evil:443"',
      NEL: '{}',
      'Report-To': '{}',
      'X-School-Secret': 'leak',
    }
    const { headers } = await answerWith(forbidden)
    for (const name of Object.keys(forbidden))
      expect(headers).not.toHaveProperty(name.toLowerCase())
  })

  it('has no hop-by-hop header, and none that Connection names', async () => {
    const { headers } = await answerWith({
      Connection: 'keep-alive, X-Hop',
      'X-Hop': '1',
      'Keep-Alive': 'timeout=1',
      'Proxy-Authenticate': 'Basic',
      Upgrade: 'h2c',
    })
    for (const name of ['x-hop', 'keep-alive', 'proxy-authenticate', 'trailer', 'upgrade'])
      expect(headers).not.toHaveProperty(name)
    expect(headers.connection).toBe('close')
  })

  it('keeps cookies for the school alone and drops the others', async () => {
    const { headerLines } = await answerWith({
      'Set-Cookie': [
        'a=1; Path=/proxy/ABC1/auth; HttpOnly',
        'b=2; Path=/',
        'c=3; Path=/proxy/XYZ9/auth',
        'd=4; Path=/proxy/ABC12',
        'e=5; Path=/proxy/ABC1; Path=/',
        'f=6; Path=/proxy/ABC1/; Domain=schools.example.org',
        'g=7',
        'h=8; Path=auth',
        '=__Host-x=9; Path=/proxy/ABC1/',
        'i=10; path=/proxy/ABC1',
      ],
    })
    expect(headerLines.filter((line) => /^set-cookie/i.test(line))).toEqual([
      'Set-Cookie: a=1; Path=/proxy/ABC1/auth; HttpOnly',
      'Set-Cookie: g=7; Path=/proxy/ABC1/',
      'Set-Cookie: h=8; Path=auth; Path=/proxy/ABC1/',
      'Set-Cookie: i=10; path=/proxy/ABC1',
    ])
  })

  it.each([
    ['/grades/1', '/proxy/ABC1/grades/1'],
    ['/proxy/ABC1/grades/1', '/proxy/ABC1/grades/1'],
    ['http://ADDRESS/grades/1?x', '/proxy/ABC1/grades/1?x'],
    ['http://ADDRESS', '/proxy/ABC1/'],
    ['http://ADDRESS1/x', 'http://ADDRESS1/x'],
    ['https://elsewhere.example/x', 'https://elsewhere.example/x'],
    ['//elsewhere.example/x', '//elsewhere.example/x'],
    ['next', 'next'],
  ])('a Location of %s becomes %s', async (location, expected) => {
    const real = (text: string) => text.replace('ADDRESS', peer.address)
    const { headers } = await answerWith({ Location: real(location) }, 201)
    expect(headers.location).toBe(real(expected))
  })

  it('keeps the status and has no body for HEAD, 204 and 304', async () => {
    respond = (res) => void res.writeHead(200, { 'Content-Length': '5' }).end()
    const head = await send({}, 'HEAD /proxy/ABC1/x')
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '5', ''])
    for (const status of [204, 304]) {
      respond = (res) => void res.writeHead(status, { ETag: '"1"' }).end()
      expect(await send()).toMatchObject({ status, body: '', headers: { etag: '"1"' } })
    }
  })

  it('comes in chunks when its length is not known, and ends with the connection under HTTP/1.0', async () => {
    respond = (res) => {
      res.write('hel')
      res.end('lo')
    }
    const { headers, body: text } = await send()
    expect(headers['transfer-encoding']).toBe('chunked')
    expect(text).toMatch(/hel[^]*lo[^]*0\r\n\r\n$/)
    const old = await sendRaw(rig.port, 'GET /proxy/ABC1/x HTTP/1.0\r\n\r\n')
    expect(old.headers).not.toHaveProperty('transfer-encoding')
    expect(old.body).toBe('hello')
  })

  it('is 502 when it is no HTTP, or framed in two ways', async () => {
    const answers = [
      'not http at all\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello',
      'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n',
    ]
    for (const text of answers) {
      const odd = await startRawPeer((socket) => void socket.once('data', () => socket.write(text)))
      const school = await rig.school({ address: odd.address })
      const { status, body: problem } = await send({}, `POST /proxy/${school.code}/x`)
      expect([text, status, problem]).toEqual([
        text,
        502,
        expect.stringContaining('"school_unreachable"'),
      ])
      await odd.close()
    }
  })
})
