import { schemaLevel } from '@usms/school-api/provision'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { STEPS_OF } from '#src/modules/operations/operation-kinds.ts'
import { startDatabaseGate } from '#src/testing/database-gate.ts'
import { driveThroughKills } from './testing/kills.ts'
import { startFront } from './testing/front.ts'
import { readWork, requestWork } from './testing/operations.ts'
import {
  askHealth,
  eventually,
  hopHeaders,
  prepareProvisioning,
  type ProvisioningFixture,
} from './testing/provisioning-fixture.ts'
import { addBrokenRelease, copyRelease } from './testing/releases.ts'

let fixture: ProvisioningFixture

beforeAll(async () => {
  fixture = await prepareProvisioning()
})
afterAll(() => fixture?.close())
afterEach(() => fixture.rest())

/** Routers hear of a switch within milliseconds here. */
const QUICK = { drainTiming: { settleMs: 300, graceMs: 5_000 }, healthTiming: { timeoutMs: 1_500 } }

const dataDir = () => fixture.cluster.dataDir

const upgrade = (schoolId: string, release: string) =>
  requestWork(fixture.cluster.pool, schoolId, 'UPGRADE', { release })

async function tenantOf(schoolId: string) {
  const { rows } = await fixture.cluster.pool.query<{
    status: string
    release: string | null
    schemaLevel: string
  }>('select status, release, schema_level as "schemaLevel" from tenant where id = $1', [schoolId])
  return rows[0]
}

async function newSchool() {
  const school = await fixture.provision()
  const before = await fixture.runtimeOf(school.id)
  return { ...school, before, pid: fixture.pidsOf(school.code)[0] }
}

async function upgraded(schoolId: string, release: string) {
  const id = await upgrade(schoolId, release)
  await fixture.provisioner().reconcile()
  return readWork(fixture.cluster.pool, id)
}

describe('an upgrade', () => {
  it('moves a school to another release without an answer that is not 200', async () => {
    await fixture.start({ RECONCILE_SECONDS: '3600' }, QUICK)
    const school = await newSchool()
    const front = await startFront(fixture.cluster)
    try {
      await front.serves(school.code)
      const stop = front.keepAsking(school.code)
      const next = await copyRelease(dataDir(), school.before.release, 'next-release')
      const work = await upgraded(school.id, 'next-rel')
      const answers = await stop()

      expect(work).toMatchObject({ status: 'SUCCEEDED', schoolStatus: 'ACTIVE', error: null })
      expect(Object.keys(answers)).toEqual(['200'])
      expect(answers['200']).toBeGreaterThan(50)
      expect(await tenantOf(school.id)).toMatchObject({ release: next, schemaLevel: schemaLevel() })
      const now = await fixture.runtimeOf(school.id)
      expect(now.release).toBe(next)
      expect(now.generation).toBeGreaterThan(school.before.generation)
      expect(now.address).not.toBe(school.before.address)
      expect(fixture.pidsOf(school.code)).toHaveLength(1)
      expect(fixture.pidsOf(school.code)).not.toContain(school.pid)
      // The reconciler has nothing to mend.
      await fixture.provisioner().reconcile()
      expect(await fixture.runtimeOf(school.id)).toEqual(now)
    } finally {
      await front.close()
    }
  })

  it('keeps the school on its release when a newer provisioner starts', async () => {
    await fixture.start({}, QUICK)
    const school = await newSchool()
    const pinned = await copyRelease(dataDir(), school.before.release, 'pinned-release')
    expect(await upgraded(school.id, pinned)).toMatchObject({ status: 'SUCCEEDED' })
    await fixture.provisioner().close()
    await fixture.start({}, QUICK)
    await fixture.provisioner().reconcile()
    expect(await fixture.runtimeOf(school.id)).toMatchObject({ release: pinned })

    // And back: it follows what the provisioner starts again.
    expect(await upgraded(school.id, 'current')).toMatchObject({ status: 'SUCCEEDED' })
    expect(await tenantOf(school.id)).toMatchObject({ release: null })
    expect((await fixture.runtimeOf(school.id)).release).toBe(school.before.release)
  })

  it('to the release that runs already changes nothing', async () => {
    await fixture.start({}, QUICK)
    const school = await newSchool()
    expect(await upgraded(school.id, school.before.release)).toMatchObject({ status: 'SUCCEEDED' })
    expect(await fixture.runtimeOf(school.id)).toEqual(school.before)
    expect(fixture.pidsOf(school.code)).toEqual([school.pid])
  })

  it('is the way out for a school whose release does not come up any more', async () => {
    await fixture.start({}, QUICK)
    const school = await newSchool()
    const next = await copyRelease(dataDir(), school.before.release, 'mended-release')
    const broken = await addBrokenRelease(dataDir(), 'dies')
    await fixture.provisioner().close()
    await fixture.cluster.pool.query('update tenant set release = $2 where id = $1', [
      school.id,
      broken,
    ])
    await fixture.start({ RECONCILE_SECONDS: '3600' }, QUICK)
    const work = await upgraded(school.id, next)
    expect(work).toMatchObject({ status: 'SUCCEEDED' })
    const { address } = await fixture.runtimeOf(school.id)
    expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
  })
})

describe('a school that is suspended in the middle of its upgrade', () => {
  it('is upgraded, stops, and comes back on the new release', async () => {
    await fixture.start(
      { RECONCILE_SECONDS: '3600' },
      {
        ...QUICK,
        hooks: {
          beforeStep: async ({ tenantId }, name) => {
            if (name === 'switch') await fixture.setStatus(tenantId, 'SUSPENDED')
          },
        },
      },
    )
    const school = await newSchool()
    const next = await copyRelease(dataDir(), school.before.release, 'suspended-release')
    const id = await upgrade(school.id, next)
    await fixture.provisioner().reconcile()
    expect(await fixture.finished(id)).toMatchObject({
      status: 'SUCCEEDED',
      schoolStatus: 'SUSPENDED',
    })
    await eventually(() => expect(fixture.pidsOf(school.code)).toEqual([]))
    await eventually(async () => expect((await fixture.runtimeOf(school.id)).address).toBeNull())

    await fixture.setStatus(school.id, 'ACTIVE')
    await eventually(async () => {
      const { address, release } = await fixture.runtimeOf(school.id)
      expect([address === null, release]).toEqual([false, next])
    })
  })
})

describe('a database that goes away in the middle of the switch', () => {
  it('fails nothing and drops no request: the switch is written when it is back', async () => {
    const { pool, provisionerUrl } = fixture.cluster
    const gate = await startDatabaseGate(provisionerUrl)
    // Holds the switch where the release is the school already and nothing says so yet.
    const slow = `create function slow_switch() returns trigger language plpgsql as $$
      begin perform pg_sleep(1); return new; end $$;
      create trigger slow_switch before update of release on tenant
        for each row when (new.release is not null) execute function slow_switch()`
    await fixture.start({ RECONCILE_SECONDS: '1', DATABASE_URL: gate.url }, QUICK)
    const school = await newSchool()
    const front = await startFront(fixture.cluster)
    try {
      await front.serves(school.code)
      await pool.query(slow)
      const next = await copyRelease(dataDir(), school.before.release, 'patient-release')
      const stop = front.keepAsking(school.code)
      const id = await upgrade(school.id, next)
      await eventually(async () => {
        const { rowCount } = await pool.query(
          `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
        )
        expect(rowCount).toBe(1)
      })
      gate.shut()
      await pool.query('drop trigger slow_switch on tenant; drop function slow_switch')
      gate.open()
      expect(await fixture.finished(id)).toMatchObject({ status: 'SUCCEEDED', error: null })
      expect(Object.keys(await stop())).toEqual(['200'])
      expect(await tenantOf(school.id)).toMatchObject({ release: next })
      expect(fixture.pidsOf(school.code)).toHaveLength(1)
    } finally {
      await front.close()
      await fixture.rest()
      await gate.close()
    }
  })
})

describe('an upgrade that fails', () => {
  async function leavesTheOldOneServing(release: string) {
    await fixture.start({ RECONCILE_SECONDS: '3600' }, QUICK)
    const school = await newSchool()
    const front = await startFront(fixture.cluster)
    try {
      await front.serves(school.code)
      const stop = front.keepAsking(school.code)
      const work = await upgraded(school.id, release)
      expect(Object.keys(await stop())).toEqual(['200'])
      expect(work).toMatchObject({ status: 'FAILED', schoolStatus: 'ACTIVE' })
      expect(await tenantOf(school.id)).toMatchObject({ release: null })
      expect(await fixture.runtimeOf(school.id)).toEqual(school.before)
      expect(fixture.pidsOf(school.code)).toEqual([school.pid])
      return work
    } finally {
      await front.close()
    }
  }

  it('leaves the old one serving when the release does not start, and says its last words', async () => {
    await fixture.start({}, QUICK)
    const school = await newSchool()
    const work = await upgraded(school.id, await addBrokenRelease(dataDir(), 'dies'))
    expect(work).toMatchObject({ status: 'FAILED', schoolStatus: 'ACTIVE' })
    expect(work.error).toContain('no such luck')
    expect(work.steps.find(({ status }) => status === 'FAILED')?.name).toBe('stage-runtime')
    expect(await fixture.runtimeOf(school.id)).toEqual(school.before)
    expect(fixture.pidsOf(school.code)).toEqual([school.pid])
  })

  it('leaves the old one serving when the release is not healthy', async () => {
    const work = await leavesTheOldOneServing(await addBrokenRelease(dataDir(), 'ill'))
    expect(work.error).toContain('/ready')
    expect(work.steps.find(({ status }) => status === 'FAILED')?.name).toBe('smoke-test')
  })

  it('leaves the old one serving when there is no such release', async () => {
    const work = await leavesTheOldOneServing('no-such-release')
    expect(work.error).toContain('no-such-release')
    expect(work.steps[0]).toMatchObject({ name: 'fetch-release', status: 'FAILED' })
  })

  it('refuses a release whose schema this provisioner does not know', async () => {
    await fixture.start({}, QUICK)
    const school = await newSchool()
    const ahead = { version: '99.0.0', schemaLevel: '99990101000000_from_the_future' }
    await copyRelease(dataDir(), school.before.release, 'ahead-release', ahead)
    const work = await upgraded(school.id, 'ahead-release')
    expect(work).toMatchObject({ status: 'FAILED' })
    expect(work.error).toContain('upgrade the provisioner first')
    expect(await fixture.runtimeOf(school.id)).toEqual(school.before)
  })
})

describe('an upgrade whose provisioner is killed', () => {
  it('at every step, before and after, ends with one of everything on the new release', async () => {
    await fixture.start({}, QUICK)
    const school = await newSchool()
    const next = await copyRelease(dataDir(), school.before.release, 'survivor')
    const id = await upgrade(school.id, next)
    const kills = await driveThroughKills(fixture, id, QUICK)
    expect(kills).toEqual(STEPS_OF.UPGRADE.flatMap((step) => [`before ${step}`, `after ${step}`]))

    const work = await readWork(fixture.cluster.pool, id)
    expect(work).toMatchObject({ status: 'SUCCEEDED', schoolStatus: 'ACTIVE' })
    // Each took a lease of its own; one that is closed between its lease and its first step leaves a further one.
    expect(work.fence).toBeGreaterThan(kills.length)
    expect(await tenantOf(school.id)).toMatchObject({ release: next })
    await fixture.provisioner().reconcile()
    const { address, release } = await fixture.runtimeOf(school.id)
    expect(release).toBe(next)
    expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
    expect(fixture.pidsOf(school.code)).toHaveLength(1)
  }, 120_000)

  it('and then fails, still has the old one serving', async () => {
    await fixture.start({}, QUICK)
    const school = await newSchool()
    const id = await upgrade(school.id, await addBrokenRelease(dataDir(), 'ill'))
    await driveThroughKills(fixture, id, QUICK)
    expect(await readWork(fixture.cluster.pool, id)).toMatchObject({ status: 'FAILED' })
    expect(await tenantOf(school.id)).toMatchObject({ status: 'ACTIVE', release: null })
    await fixture.provisioner().reconcile()
    const { address, release } = await fixture.runtimeOf(school.id)
    expect(release).toBe(school.before.release)
    expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
    expect(fixture.pidsOf(school.code)).toHaveLength(1)
  }, 60_000)
})
