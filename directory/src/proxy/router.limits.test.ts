import type { IncomingMessage, ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { type RawAnswer, request, sendRaw } from './testing/raw-request.ts'
import { type RouterRig, startRouter } from './testing/router-rig.ts'
import { bodyOf, deadAddress, type Peer, startPeer } from './testing/school-peer.ts'
import { until } from './testing/until.ts'

let rig: RouterRig
const peers: Peer[] = []

afterEach(async () => {
  await rig.stop()
  for (const peer of peers.splice(0)) await peer.close()
})

async function schoolOf(handle: (req: IncomingMessage, res: ServerResponse) => void) {
  const peer = await startPeer(handle)
  peers.push(peer)
  return { peer, ...(await rig.school({ address: peer.address })) }
}

const get = (code: string, headers: Record<string, string> = {}) =>
  sendRaw(rig.port, request(`GET /proxy/${code}/x`, headers))

const codeOf = (answer: RawAnswer) => (JSON.parse(answer.body) as { code: string }).code
const hello = (_req: IncomingMessage, res: ServerResponse) => void res.end('hello')

describe('requests of one client address', () => {
  it('get 429 with Retry-After above the limit, unknown schools and bad paths counted too', async () => {
    rig = await startRouter({ clientRequests: { points: 3, windowSeconds: 60 } })
    const { code, peer } = await schoolOf(hello)
    expect((await get(code)).status).toBe(200)
    expect((await get('NONE')).status).toBe(404)
    expect((await get(`${code}/..`)).status).toBe(400)
    const refused = await get(code)
    expect([refused.status, codeOf(refused)]).toEqual([429, 'too_many_requests'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50)
    expect(peer.requests.length).toBe(1)
  })

  it('leave other addresses and the directory itself alone', async () => {
    rig = await startRouter({
      clientRequests: { points: 1, windowSeconds: 60 },
      trustProxy: ['127.0.0.1'],
    })
    const { code } = await schoolOf(hello)
    const from = (ip: string) => get(code, { 'X-Forwarded-For': ip })
    expect((await from('203.0.113.1')).status).toBe(200)
    expect((await from('203.0.113.1')).status).toBe(429)
    expect((await from('203.0.113.2')).status).toBe(200)
    expect((await sendRaw(rig.port, request('GET /public/schools'))).status).toBe(200)
  })

  it('of one IPv6 network are counted together', async () => {
    rig = await startRouter({
      clientRequests: { points: 1, windowSeconds: 60 },
      trustProxy: ['127.0.0.1'],
    })
    const { code } = await schoolOf(hello)
    const from = (ip: string) => get(code, { 'X-Forwarded-For': ip })
    expect((await from('2001:db8:1:2::1')).status).toBe(200)
    expect((await from('2001:db8:1:2:ffff::9')).status).toBe(429)
    expect((await from('2001:db8:1:3::1')).status).toBe(200)
  })
})

describe('sign-ins', () => {
  const signIn = (code: string, password: string, path = '/auth/login') =>
    sendRaw(
      rig.port,
      request(`POST /proxy/${code}${path}`, { 'Content-Length': `${password.length}` }, password),
    )
  const checks = async (req: IncomingMessage, res: ServerResponse) => {
    res.statusCode = (await bodyOf(req)) === 'right' ? 200 : 401
    res.end()
  }

  it('that failed too often get 429 for that school and address, whatever their password', async () => {
    rig = await startRouter({ signInFailures: { points: 2, windowSeconds: 60 } })
    const { code, peer } = await schoolOf(checks)
    const other = await schoolOf(checks)
    expect((await signIn(code, 'wrong')).status).toBe(401)
    expect((await signIn(code, 'wrong')).status).toBe(401)
    const refused = await signIn(code, 'right')
    expect([refused.status, codeOf(refused)]).toEqual([429, 'too_many_requests'])
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50)
    expect((await signIn(code, 'right', '/auth/login?x')).status).toBe(429)
    expect(peer.requests.length).toBe(2)
    expect((await signIn(other.code, 'right')).status).toBe(200)
    expect((await get(code)).status).toBe(401)
  })

  it('that succeed are never counted', async () => {
    rig = await startRouter({ signInFailures: { points: 2, windowSeconds: 60 } })
    const { code } = await schoolOf(checks)
    for (let i = 0; i < 6; i++) expect((await signIn(code, 'right')).status).toBe(200)
  })
})

describe('one school', () => {
  it('works on so many requests at a time, lets so many wait, and refuses the rest with 503', async () => {
    rig = await startRouter({ inFlightPerSchool: 2, queuePerSchool: 2 })
    const waiting: ServerResponse[] = []
    const { code, peer } = await schoolOf((_req, res) => void waiting.push(res))
    const other = await schoolOf(hello)
    const answers = [get(code), get(code)]
    await until('two are at the school', () => waiting.length === 2)
    answers.push(get(code), get(code), get(code), get(code))
    const refused = await Promise.any(answers)
    expect([refused.status, codeOf(refused), refused.headers['retry-after']]).toEqual([
      503,
      'school_unavailable',
      '1',
    ])
    expect(peer.requests.length).toBe(2)
    expect((await get(other.code)).status).toBe(200)

    waiting.splice(0, 2).forEach((res) => res.end('hello'))
    await until('the next two are at the school', () => waiting.length === 2)
    waiting.splice(0, 2).forEach((res) => res.end('hello'))
    const statuses = (await Promise.all(answers)).map(({ status }) => status)
    expect(statuses.filter((status) => status === 200)).toHaveLength(4)
    expect(statuses.filter((status) => status === 503)).toHaveLength(2)
  })

  it('answers 503 to whoever waited too long, and the request never gets there', async () => {
    rig = await startRouter({ inFlightPerSchool: 1, queueWaitMs: 50 })
    const waiting: ServerResponse[] = []
    const { code, peer } = await schoolOf((_req, res) => void waiting.push(res))
    const first = get(code)
    await until('one is at the school', () => waiting.length === 1)
    const second = await get(code)
    expect([second.status, codeOf(second)]).toEqual([503, 'school_unavailable'])
    waiting[0]?.end('hello')
    expect((await first).status).toBe(200)
    expect(peer.requests.length).toBe(1)
  })

  it('gets its place back from every kind of end', async () => {
    rig = await startRouter({
      inFlightPerSchool: 1,
      headersTimeoutMs: 100,
      idleTimeoutMs: 100,
      breakerFailures: 100,
    })
    const { code } = await schoolOf((req, res) => {
      if (req.headers.accept === 'drop') return void req.socket.destroy()
      if (req.headers.accept === 'stall') return
      if (req.headers.accept === 'cut') return void res.write('x', () => req.socket.destroy())
      if (req.headers.accept === '421') return void res.writeHead(421).end()
      res.end('hello')
    })
    for (const accept of ['drop', 'stall', 'cut', '421', 'fine']) {
      await get(code, { Accept: accept })
      expect([accept, (await get(code)).status]).toEqual([accept, 200])
    }
  })

  it('is left alone for a while after failing again and again, then tried again', async () => {
    rig = await startRouter({ breakerFailures: 3, breakerOpenMs: 300 })
    const address = await deadAddress()
    const { code, id } = await rig.school({ address })
    for (let i = 0; i < 3; i++) expect((await get(code)).status).toBe(502)
    const refused = await get(code)
    expect([refused.status, codeOf(refused)]).toEqual([503, 'school_unavailable'])
    expect(refused.headers['retry-after']).toBe('1')
    await until('it is tried again', async () => (await get(code)).status === 502)

    // A new address, or a new start at the old one, is a new chance at once.
    const { peer } = await schoolOf(hello)
    await rig.setAddress(id, peer.address)
    await until('the router knows', () => rig.registry.byCode(code)?.address?.port === peer.port)
    expect((await get(code)).status).toBe(200)
  })

  it('is not left alone for answers of its own, whatever their status', async () => {
    rig = await startRouter({ breakerFailures: 2 })
    const { code } = await schoolOf((_req, res) => void res.writeHead(500).end('broken'))
    for (let i = 0; i < 5; i++)
      expect(await get(code)).toMatchObject({
        status: 500,
        body: expect.stringContaining('broken'),
      })
  })
})

describe('a body in chunks that is over the limit at once', () => {
  it('gets 413 and leaves nothing open at the school', async () => {
    rig = await startRouter({ bodyLimitBytes: 10 })
    const { code, peer } = await schoolOf((req) => void req.resume())
    const { status } = await sendRaw(
      rig.port,
      request(
        `POST /proxy/${code}/x`,
        { 'Transfer-Encoding': 'chunked' },
        `14\r\n${'x'.repeat(20)}\r\n0\r\n\r\n`,
      ),
    )
    expect(status).toBe(413)
    const open = () =>
      new Promise<number>((resolve) =>
        peer.server.getConnections((_error, count) => resolve(count)),
      )
    await until('the connection was made', () => peer.connections() === 1)
    await until('nothing is open', async () => (await open()) === 0)
  })
})
