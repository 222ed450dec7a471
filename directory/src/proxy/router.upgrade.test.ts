import { createHash } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { hopSecretOf } from '@usms/service-kit/auth/opaque-token'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  openRaw,
  parseAnswer,
  readAnswer,
  readUntil,
  request,
  sendRaw,
} from './testing/raw-request.ts'
import { ROUTER_KEY, type RouterRig, startRouter } from './testing/router-rig.ts'
import { deadAddress, type Peer, startPeer, startRawPeer } from './testing/school-peer.ts'
import { until } from './testing/until.ts'

const UPGRADE = {
  Connection: 'Upgrade',
  Upgrade: 'websocket',
  'Sec-WebSocket-Version': '13',
  'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
}
const ACCEPT = createHash('sha1')
  .update('dGhlIHNhbXBsZSBub25jZQ==258EAFA5-E914-47DA-95CA-C5AB0DC85B11')
  .digest('base64')

let rig: RouterRig
let peer: Peer
let upgraded: { req: IncomingMessage; socket: Duplex }[] = []

beforeAll(async () => {
  rig = await startRouter({ headersTimeoutMs: 300, upgradeIdleMs: 400, upgradesPerSchool: 3 })
  peer = await startPeer((_req, res) => void res.end('plain'))
  peer.server.on('upgrade', (req, socket) => {
    upgraded.push({ req, socket })
    socket.on('error', () => {})
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n` +
        `Sec-WebSocket-Accept: ${ACCEPT}\r\nSet-Cookie: a=1; Path=/\r\nClear-Site-Data: "*"\r\n\r\n`,
    )
    socket.on('data', (chunk: Buffer) => socket.write(`echo:${chunk.toString()}`))
    socket.on('end', () => socket.end())
  })
})
afterAll(async () => {
  await rig.stop()
  await peer.close()
})

async function open(path: string, headers: Record<string, string> = {}): Promise<Socket> {
  const socket = await openRaw(rig.port)
  socket.write(request(`GET ${path}`, { ...UPGRADE, ...headers }))
  return socket
}

const codeOf = (body: string) => (JSON.parse(body) as { code: string }).code
const school = () => rig.school({ address: peer.address })

describe('an upgrade', () => {
  it('reaches the school with clean headers, and carries bytes both ways', async () => {
    upgraded = []
    const { id, code } = await school()
    const socket = await open(`/proxy/${code}/live?x=1`, {
      'X-School-Code': 'XYZ9',
      'X-Forwarded-For': '1.2.3.4',
    })
    const head = parseAnswer(await readUntil(socket, '\r\n\r\n'))
    expect(head.status).toBe(101)
    expect(head.headers).toMatchObject({
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-accept': ACCEPT,
    })
    expect(head.headers).not.toHaveProperty('set-cookie')
    expect(head.headers).not.toHaveProperty('clear-site-data')
    const seen = upgraded[0]?.req
    expect(seen?.url).toBe('/live?x=1')
    expect(seen?.headers).toMatchObject({
      'x-school-code': code,
      'x-school-secret': hopSecretOf(id, ROUTER_KEY),
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-prefix': `/proxy/${code}`,
      'sec-websocket-key': UPGRADE['Sec-WebSocket-Key'],
      host: peer.address,
    })
    socket.write('one')
    await readUntil(socket, 'echo:one')
    socket.end()
    expect((await readAnswer(socket)).clean).toBe(true)
  })

  it('passes on what the client sent right behind its request', async () => {
    const { code } = await school()
    const socket = await openRaw(rig.port)
    socket.write(`${request(`GET /proxy/${code}/live`, UPGRADE)}early`)
    await readUntil(socket, 'echo:early')
    socket.destroy()
  })

  it("works on the school's own host", async () => {
    const { code } = await school()
    const socket = await open('/api/live', { Host: `${code.toLowerCase()}.schools.example.org` })
    expect(await readUntil(socket, '\r\n\r\n')).toMatch(/^HTTP\/1.1 101 /)
    socket.destroy()
  })

  it.each([
    ['/proxy/NONE/live', 'localhost', 404, 'school_not_found'],
    ['/proxy/ABC1/../x', 'localhost', 400, 'bad_path'],
    ['/live', 'localhost', 404, 'not_found'],
    ['/', 'evil.example', 404, 'unknown_host'],
    ['/proxy/ABC1/internal/x', 'localhost', 404, 'not_found'],
  ])('of %s at %s is answered with %i', async (path, host, status, code) => {
    const socket = await open(path, { Host: host })
    const answer = await readAnswer(socket)
    expect([answer.status, codeOf(answer.body)]).toEqual([status, code])
  })

  it('is answered with 502 by a school that refuses connections', async () => {
    const { code } = await rig.school({ address: await deadAddress() })
    const answer = await readAnswer(await open(`/proxy/${code}/live`))
    expect([answer.status, codeOf(answer.body)]).toEqual([502, 'school_unreachable'])
  })

  it('is answered with 503 by a school without an address', async () => {
    const { code } = await rig.school({ address: null })
    const answer = await readAnswer(await open(`/proxy/${code}/live`))
    expect([answer.status, codeOf(answer.body), answer.headers['retry-after']]).toEqual([
      503,
      'school_unavailable',
      '1',
    ])
  })

  it('is answered with 504 by a school that says nothing', async () => {
    const silent = await startRawPeer(() => {})
    const { code } = await rig.school({ address: silent.address })
    const answer = await readAnswer(await open(`/proxy/${code}/live`))
    expect([answer.status, codeOf(answer.body)]).toEqual([504, 'school_timeout'])
    await silent.close()
  })

  it('is answered with 503 by an address where another school lives', async () => {
    const other = await startPeer((_req, res) => void res.writeHead(421).end('wrong'))
    const { code } = await rig.school({ address: other.address })
    const answer = await readAnswer(await open(`/proxy/${code}/live`))
    expect([answer.status, codeOf(answer.body)]).toEqual([503, 'school_unavailable'])
    await other.close()
  })

  it('that a school declines gets its answer, cleaned', async () => {
    const declining = await startPeer((_req, res) => {
      res.writeHead(426, { 'Set-Cookie': 'a=1; Path=/', 'X-Why': 'no sockets' }).end('no')
    })
    const { code } = await rig.school({ address: declining.address })
    const answer = await readAnswer(await open(`/proxy/${code}/live`))
    expect(answer.status).toBe(426)
    expect(answer.headers).toMatchObject({
      'x-why': 'no sockets',
      'content-security-policy': 'sandbox',
    })
    expect(answer.headers).not.toHaveProperty('set-cookie')
    expect(answer.body).toContain('no')
    await declining.close()
  })

  it('above the number a school may have open is answered with 503', async () => {
    const { code } = await school()
    const sockets = await Promise.all([1, 2, 3].map(() => open(`/proxy/${code}/live`)))
    await Promise.all(sockets.map((socket) => readUntil(socket, '\r\n\r\n')))
    const answer = await readAnswer(await open(`/proxy/${code}/live`))
    expect(answer.status).toBe(503)
    sockets.forEach((socket) => socket.destroy())
  })

  it('to another protocol is declined by answering as if it were not asked', async () => {
    const { code } = await school()
    const raw = request(`GET /proxy/${code}/x`, {
      Connection: 'Upgrade, HTTP2-Settings, close',
      Upgrade: 'h2c',
      'HTTP2-Settings': 'AAMAAABk',
    })
    const answer = await sendRaw(rig.port, raw)
    expect([answer.status, answer.body]).toEqual([200, expect.stringContaining('plain')])
  })
})

describe('an open socket', () => {
  it('ends on both sides when the client vanishes', async () => {
    upgraded = []
    const { code } = await school()
    const socket = await open(`/proxy/${code}/live`)
    await readUntil(socket, '\r\n\r\n')
    socket.resetAndDestroy()
    await until('the school saw it go', () => upgraded[0]?.socket.destroyed ?? false)
  })

  it('ends on both sides when the school ends it', async () => {
    upgraded = []
    const { code } = await school()
    const socket = await open(`/proxy/${code}/live`)
    await readUntil(socket, '\r\n\r\n')
    upgraded[0]?.socket.end('bye')
    expect((await readAnswer(socket)).text).toContain('bye')
  })

  it('is closed when nobody says anything for long, and not while somebody does', async () => {
    upgraded = []
    const { code } = await school()
    const socket = await open(`/proxy/${code}/live`)
    await readUntil(socket, '\r\n\r\n')
    for (let i = 0; i < 8; i++) {
      socket.write(`tick${i};`)
      await readUntil(socket, `tick${i};`)
      await new Promise((resolve) => setTimeout(resolve, 100))
    }
    expect(socket.destroyed).toBe(false)
    await until('it is closed', () => upgraded[0]?.socket.destroyed ?? false)
  })

  it("is cut when its school is suspended, and nobody else's is", async () => {
    const [a, b] = [await school(), await school()]
    const [first, second] = [
      await open(`/proxy/${a.code}/live`),
      await open(`/proxy/${b.code}/live`),
    ]
    await Promise.all([first, second].map((socket) => readUntil(socket, '\r\n\r\n')))
    await rig.setStatus(a.id, 'SUSPENDED')
    await readAnswer(first)
    second.write('still here')
    await readUntil(second, 'echo:still here')
    second.destroy()
  })

  it('is cut by cutSchool', async () => {
    const { id, code } = await school()
    const socket = await open(`/proxy/${code}/live`)
    await readUntil(socket, '\r\n\r\n')
    rig.router.cutSchool(id)
    await readAnswer(socket)
  })
})

describe('an event stream', () => {
  it('goes out as it comes, and is cut when its school is suspended', async () => {
    const streaming = await startPeer((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' })
      res.write('data: one\n\n')
      const timer = setInterval(() => res.write(': heartbeat\n\n'), 50)
      res.on('close', () => clearInterval(timer))
    })
    const { id, code } = await rig.school({ address: streaming.address })
    const socket = await openRaw(rig.port)
    socket.write(request(`GET /proxy/${code}/events`))
    await readUntil(socket, 'data: one')
    await rig.setStatus(id, 'SUSPENDED')
    const { text } = await readAnswer(socket)
    expect(text).not.toContain('\r\n0\r\n\r\n')
    await streaming.close()
  })

  it('has its headers before its first event', async () => {
    const quiet = await startPeer((_req, res) => {
      res.writeHead(200, { 'Content-Type': 'text/event-stream' })
      res.flushHeaders()
    })
    const { code } = await rig.school({ address: quiet.address })
    const socket = await openRaw(rig.port)
    socket.write(request(`GET /proxy/${code}/events`))
    expect(await readUntil(socket, '\r\n\r\n')).toContain('text/event-stream')
    socket.destroy()
    await quiet.close()
  })
})
