import { pino } from 'pino'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createProvisionerAsks, type LogBatch } from '#src/modules/asks/ask-provisioner.ts'
import { requestWork } from './testing/operations.ts'
import {
  eventually,
  prepareProvisioning,
  type ProvisioningFixture,
} from './testing/provisioning-fixture.ts'

let fixture: ProvisioningFixture

beforeAll(async () => {
  fixture = await prepareProvisioning()
})
afterAll(() => fixture?.close())

it('shows the directory the log of a real school as it is written, and nothing of one that was erased', async () => {
  await fixture.start()
  const school = await fixture.provision()
  // As the role that faces the internet.
  const asks = createProvisionerAsks({
    databaseUrl: fixture.cluster.directoryUrl,
    log: pino({ level: 'silent' }),
  })
  await asks.start()
  try {
    const batches: LogBatch[] = []
    const lines = () => batches.flatMap((batch) => batch.lines)
    const recent = await asks.recentLogs(school.id, 1_000)
    const follow = await asks.followLogs(
      school.id,
      1_000,
      (batch) => batches.push(batch),
      () => {},
    )
    expect(lines()).toEqual(recent)
    const id = await requestWork(fixture.cluster.pool, school.id, 'RESTART')
    await fixture.provisioner().reconcile()
    await fixture.finished(id)
    await eventually(() => expect(lines().length).toBeGreaterThan(recent.length))
    await eventually(async () => expect(lines()).toEqual(await asks.recentLogs(school.id, 1_000)))
    follow.end()

    await fixture.setStatus(school.id, 'ERASED')
    await expect(asks.recentLogs(school.id, 1)).rejects.toMatchObject({ kind: 'not_found' })
  } finally {
    await asks.close()
  }
})
