import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { createLifecycle } from '@usms/service-kit/lifecycle'
import pg from 'pg'
import type { Logger } from 'pino'
import type { ProvisionerConfig } from './config.ts'
import { findCode, readGenerations } from './modules/provisioning/desired-schools.queries.ts'
import { isUnreachable, reasonOf } from './modules/provisioning/failure-reason.ts'
import { newLeaseOwner } from './modules/provisioning/lease-owner.ts'
import { createOperationDriver, type DriverHooks } from './modules/provisioning/operation-driver.ts'
import { createOperationStore } from './modules/provisioning/operation-store.ts'
import { answerAsks } from './modules/provisioning/provisioner-asks.ts'
import { createLeadership } from './modules/provisioning/reconciler-leadership.ts'
import { createReconciler } from './modules/provisioning/reconciler.ts'
import { followRegistry } from './modules/provisioning/registry-notices.ts'
import { createSchoolRunner } from './modules/provisioning/school-runner.ts'
import { createSchoolSecretStore } from './modules/provisioning/school-secrets.ts'
import { openSecretBox } from './modules/provisioning/secret-keys.ts'
import { createSteps, type StepDeps } from './modules/provisioning/steps/steps.ts'
import { receiveOperations } from './platform/operation-queue.ts'
import { createPostgresAdmin } from './platform/postgres-admin.ts'
import { createDockerRuntime } from './runtime/docker.ts'
import { createProcessRuntime } from './runtime/process.ts'
import { buildSchoolBundle } from './runtime/school-bundle.ts'
import type { SchoolRuntime } from './runtime/school-runtime.ts'

export interface ProvisionerOverrides {
  /** Called around every step. */
  hooks?: DriverHooks
  /** Milliseconds a lease holds without being renewed. */
  leaseMs?: number
  /** How long a step waits for PostgreSQL or the runtime to answer again (milliseconds). */
  patienceMs?: number
  /** How long to wait for another provisioner on the same database to end (milliseconds); absent: for as long as it takes. */
  leadWithinMs?: number
  /** Ends that wait; the composition fails with its reason. */
  leadSignal?: AbortSignal
  /** Another provisioner has taken over; everything here is closed by then. */
  onOusted?: () => void
  healthTiming?: StepDeps['healthTiming']
  drainTiming?: StepDeps['drainTiming']
}

/**
 * Everything that makes schools and keeps them running; it listens on nothing. In the order in which it depends on each other.
 * Resolves when no other provisioner works on this database; when one has taken over, everything here is closed.
 */
export async function composeProvisioner(
  config: ProvisionerConfig,
  log: Logger,
  {
    hooks = {},
    leaseMs = 10_000,
    patienceMs,
    leadWithinMs,
    leadSignal,
    onOusted,
    ...timing
  }: ProvisionerOverrides = {},
) {
  const lifecycle = createLifecycle(log)
  const databaseUrl = config.DATABASE_URL
  const dataDir = resolve(config.DATA_DIR)
  try {
    const secretBox = openSecretBox(config)
    await mkdir(dataDir, { recursive: true })
    let wakeAll = () => {}
    const leadership = createLeadership({
      databaseUrl,
      log,
      onRegained: () => wakeAll(),
      onOusted: () => void lifecycle.close().finally(onOusted),
    })
    // Closed last: who comes next finds all of this ended.
    lifecycle.onClose('lead', () => leadership.close())
    await leadership.gain(leadWithinMs, leadSignal)
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      application_name: 'provisioner',
      max: 8,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 20_000,
    })
    pool.on('error', (error) => log.warn({ err: error }, 'an idle connection was lost'))
    // One lost while in use fails its query, which says so; without a listener it would end the process.
    pool.on('connect', (client) => client.on('error', () => {}))
    lifecycle.onClose('database', () => pool.end())
    const admin = createPostgresAdmin({ provisionerUrl: config.POSTGRES_ADMIN_URL, log })
    lifecycle.onClose('cluster admin', () => admin.close())

    const runtime = await openRuntime(config, pool, log)
    const secrets = createSchoolSecretStore({ pool, secretBox })
    const runner = createSchoolRunner({
      pool,
      runtime,
      secrets,
      schoolAppUrl: admin.schoolAppUrl,
      routerKey: config.ROUTER_KEY,
      settings: { APP_URL: config.APP_URL, LOG_LEVEL: config.SCHOOL_LOG_LEVEL },
      log,
    })
    lifecycle.onClose('school runner', () => runner.close())

    const leaseOwner = newLeaseOwner(dataDir)
    const store = createOperationStore(pool, { owner: leaseOwner, leaseMs })
    const steps = createSteps({ pool, admin, secrets, runner, runtime, ...timing })
    const driver = createOperationDriver({
      pool,
      store,
      steps,
      log,
      hooks,
      renewMs: leaseMs / 3,
      ...(patienceMs !== undefined && { patienceMs }),
    })
    lifecycle.onClose('schools', async () => {
      // Steps that wait for a school give up when it is stopped: so both at once.
      await Promise.all([driver.close(), runtime.close()])
    })

    const reconciler = createReconciler({
      pool,
      store,
      driver,
      runner,
      runtime,
      leaseOwner,
      log,
      everyMs: config.RECONCILE_SECONDS * 1_000,
      leads: leadership.holds,
    })
    wakeAll = reconciler.wakeAll
    lifecycle.onClose('reconciler', () => reconciler.close())

    const deliveries = await receiveOperations({
      databaseUrl,
      log,
      onDelivery: reconciler.deliver,
    })
    lifecycle.onClose('operation queue', () => deliveries.close())
    // The queue's tables are there now: the directory may send.
    await admin.grantDirectoryRole()
    const notices = followRegistry({
      databaseUrl,
      log,
      onSchool: reconciler.wake,
      onConnected: reconciler.wakeAll,
    })
    lifecycle.onClose('registry notices', () => notices.close())
    const asks = answerAsks({
      databaseUrl,
      log,
      findCode: (schoolId) => findCode(pool, schoolId),
      logs: runtime.logs,
      followLogs: runtime.followLogs,
      databaseSize: async (code) => (await admin.observeSchool(code)).sizeBytes ?? null,
    })
    lifecycle.onClose('asks', () => asks.close())
    await asks.start()

    return {
      lifecycle,
      /** Looks at everything once; resolves when all work under way has ended. */
      reconcile: reconciler.reconcile,
      close: () => lifecycle.close(),
    }
  } catch (error) {
    await lifecycle.close()
    if (isUnreachable(error))
      throw new Error(`${reasonOf(error)}; is it running where DATABASE_URL says?`, {
        cause: error,
      })
    throw error
  }
}

async function openRuntime(
  config: ProvisionerConfig,
  pool: pg.Pool,
  log: Logger,
): Promise<SchoolRuntime> {
  if (config.RUNTIME === 'docker')
    return createDockerRuntime({
      socketPath: config.DOCKER_SOCKET,
      instance: config.INSTANCE,
      image: config.SCHOOL_IMAGE,
      release: config.SCHOOL_RELEASE,
      network: config.SCHOOL_NETWORK,
      recordedGenerations: await readGenerations(pool),
      log,
    })
  const dataDir = resolve(config.DATA_DIR)
  const bundle = await buildSchoolBundle({ dataDir })
  return createProcessRuntime({ dataDir, bundle, log })
}
