import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openRaw, readAnswer, readUntil, request, sendRaw } from './testing/raw-request.ts'
import { type RouterRig, startRouter } from './testing/router-rig.ts'
import {
  bodyOf,
  deadAddress,
  type Peer,
  type RawPeer,
  startPeer,
  startRawPeer,
} from './testing/school-peer.ts'
import { until } from './testing/until.ts'

let rig: RouterRig
const peers: (Peer | RawPeer)[] = []

beforeAll(async () => {
  rig = await startRouter({
    headersTimeoutMs: 300,
    idleTimeoutMs: 300,
    breakerFailures: 1_000,
    bodyLimitBytes: 100_000,
  })
})
afterAll(async () => {
  await rig.stop()
  for (const peer of peers) await peer.close()
})

async function schoolOf(handle: (req: IncomingMessage, res: ServerResponse) => void) {
  const peer = await startPeer(handle)
  peers.push(peer)
  return { peer, ...(await rig.school({ address: peer.address })) }
}

async function rawSchoolOf(onConnection: Parameters<typeof startRawPeer>[0]) {
  const peer = await startRawPeer(onConnection)
  peers.push(peer)
  return { peer, ...(await rig.school({ address: peer.address })) }
}

const send = (method: string, code: string, headers: Record<string, string> = {}, body = '') =>
  sendRaw(
    rig.port,
    request(
      `${method} /proxy/${code}/x`,
      body ? { 'Content-Length': `${body.length}`, ...headers } : headers,
      body,
    ),
  )

const codeOf = (body: string) => (JSON.parse(body) as { code: string }).code
const warned = (code: string) =>
  rig.logged.filter((line) => line.school === code && Number(line.level) >= 40)

describe('a school that cannot be reached', () => {
  it.each(['GET', 'POST'])(
    'answers 502 for a %s when it refuses the connection',
    async (method) => {
      const { code } = await rig.school({ address: await deadAddress() })
      const { status, body } = await send(method, code, {}, method === 'POST' ? 'hello' : '')
      expect([status, codeOf(body)]).toEqual([502, 'school_unreachable'])
      expect(warned(code)).toHaveLength(1)
    },
  )

  it.each(['GET', 'POST'])(
    'answers 502 for a %s when it drops a new connection, and asks it once',
    async (method) => {
      const { code, peer } = await rawSchoolOf(
        (socket) => void socket.once('data', () => socket.destroy()),
      )
      const { status, body } = await send(method, code)
      expect([status, codeOf(body), peer.connections()]).toEqual([502, 'school_unreachable', 1])
    },
  )
})

describe('a kept connection that the school had just closed', () => {
  /** Answers the first request of its first connection and drops that connection at the second. */
  const dropsSecond = () => {
    let isFirst = true
    return rawSchoolOf((socket) => {
      const drops = isFirst
      isFirst = false
      let requests = 0
      socket.on('data', () => {
        if (drops && ++requests === 2) return void socket.destroy()
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      })
    })
  }

  it.each(['GET', 'HEAD'])('is no failure for a %s: it is tried on a fresh one', async (method) => {
    const { code, peer } = await dropsSecond()
    expect((await send('GET', code)).status).toBe(200)
    expect((await send(method, code)).status).toBe(200)
    expect(peer.connections()).toBe(2)
  })

  it('is no failure for a GET when all kept ones are gone: the second try takes none of them', async () => {
    const first: Socket[] = []
    const { code, peer } = await rawSchoolOf((socket) => {
      const kept = first.length < 2
      let requests = 0
      const answer = (to: Socket) => to.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n')
      socket.on('data', () => {
        if (!kept) return void answer(socket)
        if (++requests === 2) return void socket.destroy()
        // Both at the same time, so that there are two connections.
        if (first.push(socket) === 2) first.forEach(answer)
      })
    })
    await Promise.all([send('GET', code), send('GET', code)])
    expect((await send('GET', code)).status).toBe(200)
    expect(peer.connections()).toBe(3)
  })

  it('is 502 for a POST, which is sent once', async () => {
    const { code, peer } = await dropsSecond()
    expect((await send('GET', code)).status).toBe(200)
    expect((await send('POST', code, {}, 'hello')).status).toBe(502)
    expect(peer.connections()).toBe(1)
  })

  it('is 502 for a GET with a body', async () => {
    const { code, peer } = await dropsSecond()
    expect((await send('GET', code)).status).toBe(200)
    expect((await send('GET', code, {}, 'hello')).status).toBe(502)
    expect(peer.connections()).toBe(1)
  })

  it('is 502 for a GET when the fresh connection is dropped too', async () => {
    let connections = 0
    const { code, peer } = await rawSchoolOf((socket) => {
      const isFirst = ++connections === 1
      let requests = 0
      socket.on('data', () => {
        if (!isFirst || ++requests === 2) return void socket.destroy()
        socket.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello')
      })
    })
    expect((await send('GET', code)).status).toBe(200)
    expect((await send('GET', code)).status).toBe(502)
    expect(peer.connections()).toBe(2)
  })
})

describe('an address where another school lives now', () => {
  const misdirects = (_req: IncomingMessage, res: ServerResponse) =>
    void res.writeHead(421).end('wrong')

  it('sends a GET to the address as it is now', async () => {
    const { id, code, peer } = await schoolOf(misdirects)
    const right = await startPeer((_req, res) => void res.end('right'))
    peers.push(right)
    // The notification is held back, so that only the 421 can tell the router.
    await rig.sql.query('alter table tenant_runtime disable trigger tenant_runtime_notify')
    await rig.setAddress(id, right.address)
    await rig.sql.query('alter table tenant_runtime enable trigger tenant_runtime_notify')
    expect(await send('GET', code)).toMatchObject({ status: 200, body: 'right' })
    expect([peer.requests.length, right.requests.length]).toEqual([1, 1])
  })

  it('tries a GET once more, then answers 503', async () => {
    const { code, peer } = await schoolOf(misdirects)
    const { status, headers, body } = await send('GET', code)
    expect([status, codeOf(body), headers['retry-after']]).toEqual([503, 'school_unavailable', '1'])
    expect(peer.requests.length).toBe(2)
  })

  it('answers 503 to a POST, sends it nowhere else, and reads the address again', async () => {
    const { id, code, peer } = await schoolOf(misdirects)
    const right = await startPeer((_req, res) => void res.end('right'))
    peers.push(right)
    await rig.sql.query('alter table tenant_runtime disable trigger tenant_runtime_notify')
    await rig.setAddress(id, right.address)
    await rig.sql.query('alter table tenant_runtime enable trigger tenant_runtime_notify')
    const { status, body } = await send('POST', code, {}, 'password')
    expect([status, codeOf(body)]).toEqual([503, 'school_unavailable'])
    expect([peer.requests.length, right.requests.length]).toEqual([1, 0])
    await until(
      'the address is the new one',
      () => rig.registry.byCode(code)?.address?.port === right.port,
    )
    expect((await send('POST', code, {}, 'password')).status).toBe(200)
  })

  it('answers 404 when the school is gone', async () => {
    const { id, code } = await schoolOf(misdirects)
    await rig.sql.query('alter table tenant disable trigger tenant_notify')
    await rig.setStatus(id, 'SUSPENDED')
    await rig.sql.query('alter table tenant enable trigger tenant_notify')
    const { status, body } = await send('GET', code)
    expect([status, codeOf(body)]).toEqual([404, 'school_not_found'])
  })
})

describe('a school that does not answer', () => {
  it.each(['GET', 'POST'])(
    'answers 504 to a %s without headers in time, and lets go of it',
    async (method) => {
      let gone = false
      const { code } = await schoolOf((req) => void req.on('close', () => (gone = true)))
      const { status, body } = await send(method, code, {}, method === 'POST' ? 'hello' : '')
      expect([status, codeOf(body)]).toEqual([504, 'school_timeout'])
      await until('the school saw the end of the request', () => gone)
      expect(warned(code)).toHaveLength(1)
    },
  )

  it('answers 504 when the school trickles header bytes for ever', async () => {
    const { code } = await rawSchoolOf((socket) => {
      socket.once('data', () => {
        socket.write('HTTP/1.1 200 OK\r\nX-Slow: ')
        const timer = setInterval(() => socket.write('a'), 20)
        socket.once('close', () => clearInterval(timer))
      })
    })
    expect((await send('GET', code)).status).toBe(504)
  })

  it('cuts an answer that stalls, and never ends it in good order', async () => {
    const { code } = await schoolOf((_req, res) => void res.write('begun'))
    const { status, body } = await send('GET', code)
    expect(status).toBe(200)
    expect(body).toContain('begun')
    expect(body).not.toContain('0\r\n\r\n')
  })

  it('lets a slow answer go on while bytes come', async () => {
    const { code } = await schoolOf((_req, res) => {
      let sent = 0
      const timer = setInterval(() => {
        if (++sent < 30) return void res.write('x')
        clearInterval(timer)
        res.end('done')
      }, 25)
    })
    const { body } = await send('GET', code)
    expect(body).toMatch(/done\r\n0\r\n\r\n$/)
  })

  it('is not blamed for a client that pauses in its upload', async () => {
    const { code } = await schoolOf(async (req, res) => void res.end(await bodyOf(req)))
    const socket = await openRaw(rig.port)
    socket.write(request(`POST /proxy/${code}/x`, { 'Content-Length': '6' }, 'one'))
    await new Promise((resolve) => setTimeout(resolve, 700))
    socket.write('two')
    expect(await readAnswer(socket)).toMatchObject({ status: 200, body: 'onetwo' })
  })

  it('lets a slow upload go on while bytes come', async () => {
    const { code } = await schoolOf(
      async (req, res) => void res.end(`got ${(await bodyOf(req)).length}`),
    )
    const socket = await openRaw(rig.port)
    socket.write(request(`POST /proxy/${code}/x`, { 'Content-Length': '30' }))
    let sent = 0
    const timer = setInterval(() => {
      socket.write('x')
      if (++sent === 30) clearInterval(timer)
    }, 25)
    expect((await readAnswer(socket)).body).toBe('got 30')
  })
})

describe('an answer that breaks off', () => {
  it.each([
    ['with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello'],
    ['in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
  ])('%s is cut for the client too', async (_how, text) => {
    const { code } = await rawSchoolOf((socket) => {
      socket.once('data', () => socket.write(text, () => setTimeout(() => socket.destroy(), 50)))
    })
    const { status, body } = await send('GET', code)
    expect(status).toBe(200)
    expect(body).toContain('hello')
    expect(body).not.toMatch(/0\r\n\r\n$/)
    expect(warned(code)).toHaveLength(1)
  })
})

describe('a client that goes away', () => {
  it('takes its request at the school with it within a second, and is no failure', async () => {
    let abortedAt = 0
    let arrived = false
    const { code } = await schoolOf((req) => {
      arrived = true
      req.on('close', () => (abortedAt = performance.now()))
    })
    const socket = await openRaw(rig.port)
    socket.write(request(`GET /proxy/${code}/x`))
    await until('the request is at the school', () => arrived)
    const leftAt = performance.now()
    socket.destroy()
    await until('the school saw it go', () => abortedAt > 0, 1_000)
    expect(abortedAt - leftAt).toBeLessThan(1_000)
    expect(warned(code)).toEqual([])
  })

  it('in the middle of its upload takes it with it too', async () => {
    let aborted = false
    let arrived = false
    const { code } = await schoolOf((req) => {
      arrived = true
      req.resume()
      req.on('error', () => (aborted = true))
    })
    const socket = await openRaw(rig.port)
    socket.write(request(`POST /proxy/${code}/x`, { 'Content-Length': '1000' }, 'half'))
    await until('the request is at the school', () => arrived)
    socket.destroy()
    await until('the school saw it go', () => aborted)
    expect(warned(code)).toEqual([])
  })

  it('in the middle of an answer takes it with it too', async () => {
    let closed = false
    const { code } = await schoolOf((_req, res) => {
      res.write('begun')
      const timer = setInterval(() => res.write('more'), 20)
      res.on('close', () => {
        clearInterval(timer)
        closed = true
      })
    })
    const socket = await openRaw(rig.port)
    socket.write(request(`GET /proxy/${code}/x`))
    await readUntil(socket, 'begun')
    socket.destroy()
    await until('the school saw it go', () => closed)
    expect(warned(code)).toEqual([])
  })
})

describe('a body over the limit', () => {
  it('that is announced gets 413 at once, and the school hears nothing', async () => {
    const { code, peer } = await schoolOf((_req, res) => void res.end())
    const socket = await openRaw(rig.port)
    socket.write(
      request(`POST /proxy/${code}/x`, { 'Content-Length': '100001', Connection: 'keep-alive' }),
    )
    const { status, headers, body, clean } = await readAnswer(socket)
    expect([status, codeOf(body), headers.connection, clean]).toEqual([
      413,
      'body_too_large',
      'close',
      true,
    ])
    expect(peer.requests).toEqual([])
  })

  it('is not asked for when its client waits for 100 Continue', async () => {
    const { code, peer } = await schoolOf((_req, res) => void res.end())
    const { status, text } = await send('POST', code, {
      'Content-Length': '100001',
      Expect: '100-continue',
    })
    expect([status, text.includes('100 Continue')]).toEqual([413, false])
    expect(peer.requests).toEqual([])
  })

  it('that is sent all the same still gets to read its 413', async () => {
    const { code } = await schoolOf((_req, res) => void res.end())
    const socket = await openRaw(rig.port)
    socket.write(request(`POST /proxy/${code}/x`, { 'Content-Length': '500000' }))
    // Over a while: an early close would reset the connection under these.
    for (let i = 0; i < 5; i++) {
      await new Promise((resolve) => setTimeout(resolve, 30))
      socket.write('x'.repeat(100_000))
    }
    const { status, clean } = await readAnswer(socket)
    expect([status, clean]).toEqual([413, true])
  })

  const chunk = `4000\r\n${'x'.repeat(0x4000)}\r\n`

  it('in chunks gets 413 when it is reached, and the school sees it break off', async () => {
    let arrived = false
    let aborted = false
    const { code } = await schoolOf((req) => {
      arrived = true
      req.resume()
      req.on('error', () => (aborted = true))
    })
    const socket = await openRaw(rig.port)
    socket.write(request(`POST /proxy/${code}/x`, { 'Transfer-Encoding': 'chunked' }, chunk))
    await until('the request is at the school', () => arrived)
    socket.write(`${chunk.repeat(9)}0\r\n\r\n`)
    const { status, body } = await readAnswer(socket)
    expect([status, codeOf(body)]).toEqual([413, 'body_too_large'])
    await until('the school saw it break off', () => aborted)
  })

  it('of exactly the limit passes', async () => {
    const { code } = await schoolOf(
      async (req, res) => void res.end(`${(await bodyOf(req)).length}`),
    )
    expect((await send('POST', code, {}, 'x'.repeat(100_000))).body).toBe('100000')
  })
})

describe('connections', () => {
  it('are kept on both sides', async () => {
    const { code, peer } = await schoolOf((_req, res) => void res.end('hello'))
    const socket = await openRaw(rig.port)
    for (let i = 0; i < 5; i++) {
      socket.write(request(`GET /proxy/${code}/x`, { Connection: 'keep-alive' }))
      await readUntil(socket, 'hello')
    }
    socket.destroy()
    expect(peer.connections()).toBe(1)
  })

  it('are kept after a small refused POST', async () => {
    const socket = await openRaw(rig.port)
    for (let i = 0; i < 3; i++) {
      socket.write(
        request('POST /proxy/NONE/x', { Connection: 'keep-alive', 'Content-Length': '5' }, 'hello'),
      )
      await readUntil(socket, 'school_not_found')
    }
    socket.destroy()
  })

  it('answer pipelined requests in their order', async () => {
    const { code } = await schoolOf(
      (req, res) => void setTimeout(() => res.end(`<${req.url}>`), 10),
    )
    const socket = await openRaw(rig.port)
    socket.write(
      request(`GET /proxy/${code}/one`, { Connection: 'keep-alive' }) +
        request(`GET /proxy/${code}/two`),
    )
    expect((await readAnswer(socket)).text).toMatch(/<\/one>[^]*<\/two>/)
  })
})
