import { afterAll, beforeAll, expect, it } from 'vitest'
import { request, sendRaw } from './testing/raw-request.ts'
import { type RouterRig, startRouter } from './testing/router-rig.ts'
import { type Peer, startPeer } from './testing/school-peer.ts'
import { until } from './testing/until.ts'

let rig: RouterRig
let peer: Peer

beforeAll(async () => {
  rig = await startRouter()
  peer = await startPeer((_req, res) => void res.end('hello'))
})
afterAll(async () => {
  await rig.stop()
  await peer.close()
})

it("serves known schools with the directory's database down, and drops one suspended meanwhile within a second of its return", async () => {
  const kept = await rig.school({ address: peer.address })
  const suspended = await rig.school({ address: peer.address })
  const get = async ({ code }: { code: string }) =>
    (await sendRaw(rig.port, request(`GET /proxy/${code}/x`))).status

  await rig.gate.shut()
  await until('the registry knows it is cut off', () => !rig.registry.isConnected())
  await rig.setStatus(suspended.id, 'SUSPENDED')
  for (let i = 0; i < 20; i++) expect([await get(kept), await get(suspended)]).toEqual([200, 200])
  expect(rig.registry.publicList().body.toString()).toContain(kept.code)

  await rig.gate.open()
  await until('the suspended school is gone', async () => (await get(suspended)) === 404, 1_000)
  expect(await get(kept)).toBe(200)
  expect(rig.registry.publicList().body.toString()).not.toContain(suspended.code)
})
