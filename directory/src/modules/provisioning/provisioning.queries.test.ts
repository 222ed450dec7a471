import { afterAll, beforeAll, expect, it } from 'vitest'
import { nextGeneration, recordRuntime } from './provisioning.queries.ts'
import { prepareScriptedDriver, type ScriptedDriver } from './testing/scripted-driver.ts'

let scripted: ScriptedDriver

beforeAll(async () => {
  scripted = await prepareScriptedDriver()
})
afterAll(() => scripted?.close())

it('records that a school has ended whatever bytes there are in its last words', async () => {
  const { pool } = scripted
  const school = await scripted.newSchool('ACTIVE')
  const { generation } = await nextGeneration(pool, school.id)
  const record = {
    schoolId: school.id,
    generation,
    port: 4100,
    release: 'r1',
    internalAddress: null,
  }
  await recordRuntime(pool, { ...record, address: 'h:1', startedAt: new Date(), lastError: null })
  const lastError = 'ended: \0 at /srv/usms/releases/r1/main.mjs:1'
  await recordRuntime(pool, { ...record, address: null, startedAt: null, lastError })
  const { rows } = await pool.query(
    'select address, last_error from tenant_runtime where tenant_id = $1',
    [school.id],
  )
  expect(rows).toEqual([{ address: null, last_error: 'ended: \ufffd at …/main.mjs:1' }])
})
