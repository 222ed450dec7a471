import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { openRaw, readUntil, request, sendRaw } from './testing/raw-request.ts'
import { type RouterRig, startRouter } from './testing/router-rig.ts'
import { bodyOf, type Peer, startPeer } from './testing/school-peer.ts'
import { until } from './testing/until.ts'

let rig: RouterRig
let peer: Peer
const open: Socket[] = []

afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy()
  await rig.stop()
  await peer.close()
})

async function school(handle: (req: IncomingMessage, res: ServerResponse) => void) {
  peer = await startPeer(handle)
  return (await rig.school({ address: peer.address })).code
}

const get = (code: string, ip = '203.0.113.2') =>
  sendRaw(rig.port, request(`GET /proxy/${code}/x`, { 'X-Forwarded-For': ip }))

/** A request whose body has one byte to come. */
async function trickle(code: string, ip = '203.0.113.1') {
  const socket = await openRaw(rig.port)
  open.push(socket)
  socket.write(
    request(`POST /proxy/${code}/x`, { 'X-Forwarded-For': ip, 'Content-Length': '3' }, 'ab'),
  )
  return socket
}

const echo = async (req: IncomingMessage, res: ServerResponse) =>
  void res.end(`got ${await bodyOf(req).catch(() => 'nothing')}`)

describe('clients whose bodies trickle in', () => {
  it('keep nobody else out of the school, and are answered once they have finished', async () => {
    rig = await startRouter({ inFlightPerSchool: 2, queuePerSchool: 4, trustProxy: ['127.0.0.1'] })
    const code = await school(echo)
    const slow = [await trickle(code), await trickle(code), await trickle(code)]
    await until('all of them are at the school', () => peer.requests.length === 3)
    expect((await get(code)).status).toBe(200)
    for (const socket of slow) {
      socket.write('c')
      expect(await readUntil(socket, 'got abc')).toContain('HTTP/1.1 200')
    }
  })

  it('may be so many of one address, then that address waits', async () => {
    rig = await startRouter({ slowPerClient: 2, trustProxy: ['127.0.0.1'] })
    const code = await school(echo)
    const [first, second] = [await trickle(code), await trickle(code)]
    await until('no more are taken', async () => (await get(code, '203.0.113.1')).status === 429)
    expect((await get(code)).status).toBe(200)
    first?.write('c')
    second?.destroy()
    await until('it is let in again', async () => (await get(code, '203.0.113.1')).status === 200)
  })
})

describe('event streams', () => {
  it('keep nobody out of the school, and are so many at most', async () => {
    rig = await startRouter({ inFlightPerSchool: 1, queueWaitMs: 100, upgradesPerSchool: 2 })
    const code = await school((req, res) => {
      if (req.method === 'GET') return void res.end('hello')
      res.writeHead(200, { 'Content-Type': 'text/event-stream' }).write('data: x\n\n')
    })
    const follow = async () => {
      const socket = await openRaw(rig.port)
      open.push(socket)
      socket.write(request(`POST /proxy/${code}/x`, { 'Content-Length': '0' }))
      return readUntil(socket, '\r\n\r\n')
    }
    expect(await follow()).toContain('HTTP/1.1 200')
    expect(await follow()).toContain('HTTP/1.1 200')
    expect(await follow()).toContain('HTTP/1.1 503')
    expect((await get(code)).status).toBe(200)
    open.splice(0).forEach((socket) => socket.destroy())
    await until('there is room again', async () => (await follow()).includes('HTTP/1.1 200'))
  })
})

describe('a client that does not read its answer', () => {
  it('is cut off, and not held against the school', async () => {
    rig = await startRouter({ breakerFailures: 1, breakerOpenMs: 60_000, idleTimeoutMs: 200 })
    const code = await school((req, res) => {
      if (req.method === 'GET') return void res.end('hello')
      res.end(Buffer.alloc(30_000_000))
    })
    const socket = await openRaw(rig.port)
    open.push(socket)
    socket.pause()
    socket.write(request(`POST /proxy/${code}/x`, { 'Content-Length': '0' }))
    const said = (msg: string) => rig.logged.some((line) => line.msg === msg)
    await until('it is cut off', () => said('a client does not read its answer'))
    expect((await get(code)).status).toBe(200)
    expect(said('a school stalled in its answer')).toBe(false)
  })
})
