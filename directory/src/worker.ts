import { closeOnSignals } from '@usms/service-kit/lifecycle'
import { createLogger } from '@usms/service-kit/log'
import { composeProvisioner } from './compose-provisioner.ts'
import { readProvisionerConfig } from './config.ts'

const config = readProvisionerConfig(process.env)
const log = createLogger({ service: 'provisioner', level: config.LOG_LEVEL })
try {
  const provisioner = await composeProvisioner(config, log)
  closeOnSignals(provisioner.lifecycle, log)
  log.info('provisioning')
} catch (error) {
  log.fatal({ err: error }, 'could not start')
  process.exitCode = 1
}
