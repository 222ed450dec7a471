import { cloneDatabase } from '@usms/service-kit/testing/postgres'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDb, type Db } from '#src/db.ts'
import { request, sendRaw } from '#src/proxy/testing/raw-request.ts'
import { PRISMA_DIR, type RouterRig, startRouter } from '#src/proxy/testing/router-rig.ts'
import { type Peer, startPeer } from '#src/proxy/testing/school-peer.ts'
import { until } from '#src/proxy/testing/until.ts'
import { createDirectoryRole } from '#src/testing/directory-role.ts'
import { recordActivity } from './record-activity.ts'

let rig: RouterRig
let peer: Peer
/** Through the gate. */
let db: Db

const log = pino({ level: 'silent' })

beforeAll(async () => {
  rig = await startRouter()
  peer = await startPeer((_req, res) => void res.end('hello'))
  db = createDb(rig.gate.url, 2, 'test')
})
afterAll(async () => {
  await db?.$disconnect()
  await rig?.stop()
  await peer?.close()
})

const newRecorder = (over = db) =>
  recordActivity({ db: over, take: rig.router.takeActivity, log, everyMs: 3_600_000 })

const ask = async (code: string) =>
  (await sendRaw(rig.port, request(`GET /proxy/${code}/x`))).status

async function recorded(id: string): Promise<number | undefined> {
  const { rows } = await rig.sql.query<{ at: Date }>(
    'select last_request_at as at from tenant_activity where tenant_id = $1',
    [id],
  )
  return rows[0]?.at.getTime()
}

describe('when schools were last used', () => {
  it('is written down for those that a request was forwarded to, and for no other', async () => {
    const used = await rig.school({ address: peer.address })
    const quiet = await rig.school({ address: peer.address })
    const away = await rig.school({ address: null })
    const before = Date.now()
    expect(await ask(used.code)).toBe(200)
    expect(await ask(away.code)).toBe(503)
    const recorder = newRecorder()
    await recorder.flush()
    expect(await recorded(used.id)).toBeGreaterThanOrEqual(before)
    expect(await recorded(used.id)).toBeLessThanOrEqual(Date.now())
    expect([await recorded(quiet.id), await recorded(away.id)]).toEqual([undefined, undefined])
    await recorder.close()
  })

  it('is written again only for schools that were used since', async () => {
    const first = await rig.school({ address: peer.address })
    const second = await rig.school({ address: peer.address })
    const recorder = newRecorder()
    await ask(first.code)
    await recorder.flush()
    await rig.sql.query('delete from tenant_activity')
    await ask(second.code)
    await recorder.flush()
    expect(await recorded(first.id)).toBeUndefined()
    expect(await recorded(second.id)).toBeDefined()
    await recorder.close()
  })

  it('is kept while the database is away, and written when it is back', async () => {
    const school = await rig.school({ address: peer.address })
    const recorder = newRecorder()
    await ask(school.code)
    await rig.gate.shut()
    await recorder.flush()
    expect(await recorded(school.id)).toBeUndefined()
    await rig.gate.open()
    await recorder.flush()
    expect(await recorded(school.id)).toBeDefined()
    await recorder.close()
  })

  it('is written when the directory closes, of a school that was suspended meanwhile too', async () => {
    const school = await rig.school({ address: peer.address })
    const recorder = newRecorder()
    await ask(school.code)
    await rig.setStatus(school.id, 'SUSPENDED')
    await until('it is routed no more', async () => (await ask(school.code)) === 404)
    await recorder.close()
    expect(await recorded(school.id)).toBeDefined()
  })

  it('never goes back, whichever of two directories writes last', async () => {
    const school = await rig.school()
    const at = Date.parse('2026-03-01T08:00:00Z')
    for (const seen of [at, at - 60_000]) {
      const recorder = recordActivity({ db, take: () => new Map([[school.id, seen]]), log })
      await recorder.close()
    }
    expect(await recorded(school.id)).toBe(at)
  })

  it('leaves no trace of a school that was erased or is not there, and is written for the others', async () => {
    const erased = await rig.school({ status: 'ERASED' })
    const school = await rig.school()
    const seen = new Map([erased.id, crypto.randomUUID(), school.id].map((id) => [id, Date.now()]))
    await recordActivity({ db, take: () => seen, log }).close()
    expect(await recorded(erased.id)).toBeUndefined()
    expect(await recorded(school.id)).toBeDefined()
  })

  it("needs no more than the directory's own role has", async () => {
    const database = await cloneDatabase({ prismaDir: PRISMA_DIR })
    const role = await createDirectoryRole(database)
    const own = createDb(role.url, 1, 'test')
    const { id } = await own.tenant.create({ data: { code: 'OWN', name: 'Own' } })
    for (const at of [1_000, 2_000])
      await recordActivity({ db: own, take: () => new Map([[id, at]]), log }).close()
    expect((await own.tenantActivity.findMany()).map((row) => row.lastRequestAt.getTime())).toEqual(
      [2_000],
    )
    await own.$disconnect()
    await database.drop()
    await role.drop()
  })
})
