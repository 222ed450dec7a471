import { join } from 'node:path'
import { settingsOrExit } from '@usms/service-kit/config'
import { closeOnSignals, createLifecycle } from '@usms/service-kit/lifecycle'
import { createLogger } from '@usms/service-kit/log'
import { writePrivateFile } from '@usms/service-kit/private-file'
import { composeProvisioner } from './compose-provisioner.ts'
import { readWorkerConfig } from './config.ts'
import { ensureFirstOwner } from './first-owner.ts'
import { createHeartbeat } from './heartbeat.ts'
import { withClient } from './platform/bootstrap-cluster.ts'
import { prepareClusterWhenUp } from './prepare-cluster.ts'

const config = settingsOrExit(() => readWorkerConfig(process.env))
const log = createLogger({ service: 'provisioner', level: config.LOG_LEVEL })
const lifecycle = createLifecycle(log)
closeOnSignals(lifecycle, log)
try {
  if (config.cluster) {
    await prepareClusterWhenUp({ ...config.cluster, log })
    await ensureFirstOwner({
      databaseUrl: config.DATABASE_URL,
      email: config.OWNER_EMAIL,
      password: config.OWNER_PASSWORD,
      keep(owner) {
        const credentials = `${JSON.stringify({ owner, schools: [] }, null, 2)}\n`
        writePrivateFile(join(config.DATA_DIR, 'credentials.json'), credentials)
      },
    })
  }
  const waiting = new AbortController()
  const starting = composeProvisioner(config, log, {
    leadSignal: waiting.signal,
    // Whoever watches this program starts it again, and it waits for its turn.
    onOusted: () => void lifecycle.close().finally(() => process.exit(1)),
  })
  lifecycle.onClose('provisioner', async () => {
    waiting.abort(new Error('it was stopped before it was its turn'))
    await (await starting.catch(() => undefined))?.close()
  })
  await starting
  if (config.HEARTBEAT_FILE) {
    const heartbeat = createHeartbeat({
      file: config.HEARTBEAT_FILE,
      check: () => withClient(config.DATABASE_URL, (client) => client.query('SELECT 1')),
      log,
    })
    lifecycle.onClose('heartbeat', () => heartbeat.close())
  }
  log.info('provisioning')
} catch (error) {
  log.fatal({ err: error }, 'could not start')
  await lifecycle.close()
  // At once: what is left of the preparations would keep it alive for seconds.
  process.exit(1)
}
