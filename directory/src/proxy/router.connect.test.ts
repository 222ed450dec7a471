import { afterAll, beforeAll, expect, it } from 'vitest'
import { openRaw, readAnswer, request, sendRaw } from './testing/raw-request.ts'
import { type RouterRig, startRouter } from './testing/router-rig.ts'
import { startDeafPeer } from './testing/school-peer.ts'

let rig: RouterRig
let deaf: Awaited<ReturnType<typeof startDeafPeer>>

beforeAll(async () => {
  // Whatever else has a time of its own would take longer than a test may.
  rig = await startRouter({ connectTimeoutMs: 200, headersTimeoutMs: 600_000 })
  deaf = await startDeafPeer()
})
afterAll(async () => {
  await deaf?.close()
  await rig?.stop()
})

const codeOf = (body: string) => (JSON.parse(body) as { code: string }).code

it.each(['GET', 'POST'])(
  'answers 502 for a %s when nobody takes the connection',
  async (method) => {
    const { code } = await rig.school({ address: deaf.address })
    const body = method === 'POST' ? 'hello' : ''
    const headers = { 'Content-Length': `${body.length}` }
    const answer = await sendRaw(rig.port, request(`${method} /proxy/${code}/x`, headers, body))
    expect([answer.status, codeOf(answer.body)]).toEqual([502, 'school_unreachable'])
    const warned = rig.logged.filter((line) => line.school === code && Number(line.level) >= 40)
    expect(warned.map((line) => line.msg)).toEqual(['a school is unreachable'])
  },
)

it('does not wait for a body that trickles in meanwhile', async () => {
  const { code } = await rig.school({ address: deaf.address })
  const socket = await openRaw(rig.port)
  socket.write(request(`POST /proxy/${code}/x`, { 'Content-Length': '1000000' }, 'begun'))
  const trickle = setInterval(() => socket.write('.'), 20)
  try {
    const { status, body } = await readAnswer(socket)
    expect([status, codeOf(body)]).toEqual([502, 'school_unreachable'])
  } finally {
    clearInterval(trickle)
    socket.destroy()
  }
})
