import type { ProvisionerOverrides } from '#src/compose-provisioner.ts'
import { type ClaimedOperation, LeaseLostError } from '../operation-store.ts'
import { readWork } from './operations.ts'
import type { ProvisioningFixture } from './provisioning-fixture.ts'

/**
 * Drives an operation to its end with a provisioner that dies at every point it comes to for the first time, before and after each
 * step: nothing is written any more, the lease stands, its schools end. The next one goes on.
 * @returns the points, in order
 */
export async function driveThroughKills(
  fixture: ProvisioningFixture,
  operationId: string,
  overrides: ProvisionerOverrides = {},
): Promise<string[]> {
  const points: string[] = []
  let killed = true

  function dieAt({ id }: ClaimedOperation, point: string) {
    if (id !== operationId || points.includes(point)) return
    points.push(point)
    killed = true
    // The one error after which a driver writes nothing.
    throw new LeaseLostError(id)
  }

  while (killed) {
    await fixture.provisioner().close()
    killed = false
    await fixture.start(
      { RECONCILE_SECONDS: '3600' },
      {
        ...overrides,
        hooks: {
          beforeStep: (operation, name) => dieAt(operation, `before ${name}`),
          afterStep: (operation, name) => dieAt(operation, `after ${name}`),
        },
      },
    )
    await fixture.provisioner().reconcile()
  }
  const { status } = await readWork(fixture.cluster.pool, operationId)
  if (status === 'RUNNING') throw new Error('nobody drove the operation to its end')
  return points
}
