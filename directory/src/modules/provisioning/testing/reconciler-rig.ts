import { pino } from 'pino'
import { createPostgresAdmin } from '#src/platform/postgres-admin.ts'
import { createProcessRuntime } from '#src/runtime/process.ts'
import { buildSchoolBundle } from '#src/runtime/school-bundle.ts'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import { createOperationDriver } from '../operation-driver.ts'
import { createOperationStore } from '../operation-store.ts'
import { createReconciler, type Reconciler } from '../reconciler.ts'
import { createSchoolRunner, type SchoolRunner } from '../school-runner.ts'
import { createSchoolSecretStore } from '../school-secrets.ts'
import { openSecretBox } from '../secret-keys.ts'
import { createSteps } from '../steps/steps.ts'
import type { ProvisioningCluster } from './provisioning-cluster.ts'

export interface ReconcilerRig {
  runtime: SchoolRuntime
  runner: SchoolRunner
  reconciler: Reconciler
  /** Whether it may do anything. */
  leads: boolean
  close(): Promise<void>
}

/** What a provisioner is made of, within reach of a test: it looks only when told. */
export async function createReconcilerRig(
  { pool, dataDir, provisionerUrl, config }: ProvisioningCluster,
  { concurrency = 4 } = {},
): Promise<ReconcilerRig> {
  const log = pino({ level: 'silent' })
  const { ROUTER_KEY, APP_URL, ...settings } = config()
  const admin = createPostgresAdmin({ provisionerUrl, log })
  const runtime = createProcessRuntime({
    dataDir,
    bundle: await buildSchoolBundle({ dataDir }),
    log,
  })
  const secrets = createSchoolSecretStore({ pool, secretBox: openSecretBox(settings) })
  const runner = createSchoolRunner({
    pool,
    runtime,
    secrets,
    schoolAppUrl: admin.schoolAppUrl,
    routerKey: ROUTER_KEY,
    settings: { APP_URL, LOG_LEVEL: 'info' },
    log,
  })
  const leaseOwner = 'rig|data|1|a'
  const store = createOperationStore(pool, { owner: leaseOwner, leaseMs: 10_000 })
  const steps = createSteps({ pool, admin, secrets, runner, runtime })
  const driver = createOperationDriver({ pool, store, steps, log, renewMs: 3_000 })
  const reconciler = createReconciler({
    pool,
    store,
    driver,
    runner,
    runtime,
    leaseOwner,
    log,
    everyMs: 3_600_000,
    sweepEveryMs: 0,
    concurrency,
    leads: () => rig.leads,
  })
  const rig: ReconcilerRig = {
    runtime,
    runner,
    reconciler,
    leads: true,
    async close() {
      reconciler.close()
      await Promise.all([driver.close(), runtime.close()])
      await runner.close()
      await admin.close()
    },
  }
  return rig
}
