import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { STEPS_OF } from '#src/modules/operations/operation-kinds.ts'
import { processesNaming } from '#src/runtime/testing/processes-naming.ts'
import { addSchool, readWork, requestWork } from './testing/operations.ts'
import {
  askHealth,
  eventually,
  hopHeaders,
  prepareProvisioning,
  type ProvisioningFixture,
  query,
} from './testing/provisioning-fixture.ts'

let fixture: ProvisioningFixture

beforeAll(async () => {
  fixture = await prepareProvisioning()
})
afterAll(() => fixture?.close())
afterEach(() => fixture.rest())

/** Runs the whole provisioner as a program of its own until it has killed itself. */
async function runUntilKilled(killAt: string): Promise<void> {
  const program = spawn(
    process.execPath,
    [join(import.meta.dirname, 'testing', 'provisioner-program.ts')],
    {
      env: { ...fixture.cluster.settings(), KILL_AT: killAt },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  const [, signal] = (await once(program, 'exit')) as [number | null, string | null]
  expect(signal).toBe('SIGKILL')
}

const points = STEPS_OF.PROVISION.flatMap((step) => [`before:${step}`, `after:${step}`])

describe('a provisioner that is killed', () => {
  it.each(points)(
    '%s: the next one finishes by itself, and there is one of everything',
    async (point) => {
      const { pool } = fixture.cluster
      const school = await addSchool(pool, fixture.nextCode())
      const operationId = await requestWork(pool, school.id, 'PROVISION')
      await runUntilKilled(`${point}:${school.id}`)
      expect(await readWork(pool, operationId)).toMatchObject({ status: 'RUNNING' })
      // Its schools end with it.
      await eventually(() => expect(processesNaming(fixture.cluster.dataDir)).toEqual([]))

      // Asked for nothing: it looks for what is left, and waits for no lease of a dead neighbour.
      await fixture.start({ RECONCILE_SECONDS: '3600' })
      const work = await fixture.finished(operationId)
      expect(work).toMatchObject({ status: 'SUCCEEDED', schoolStatus: 'ACTIVE', fence: 2 })
      expect(work.events.filter(({ type }) => type === 'done')).toHaveLength(1)

      const name = `usms_${school.code.toLowerCase()}`
      expect(
        await query(
          fixture.cluster.adminUrl,
          `select (select count(*)::int from pg_database where datname like '${name}%'),
                (select count(*)::int from pg_roles where rolname like '${name}%')`,
        ),
      ).toEqual([[1, 1]])
      const ownUrl = fixture.databaseUrlOf(school.code)
      expect(await query(ownUrl, 'select username_key, role from app_user')).toEqual([
        ['admin', 'ADMIN'],
      ])
      expect(fixture.pidsOf(school.code)).toHaveLength(1)
      const { address } = await fixture.runtimeOf(school.id)
      expect((await askHealth(address, hopHeaders(school))).status).toBe(200)
    },
  )
})
