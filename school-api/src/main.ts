import { settingsOrExit } from '@usms/service-kit/config'
import { createLogger } from '@usms/service-kit/log'
import { closeOnSignals } from '@usms/service-kit/lifecycle'
import { compose } from './compose.ts'
import { readConfig } from './config.ts'

const config = settingsOrExit(() => readConfig(process.env))
const log = createLogger({
  service: 'school-api',
  level: config.LOG_LEVEL,
  schoolCode: config.SCHOOL_CODE,
})
try {
  const { lifecycle, port, internalPort } = await compose(config, log)
  closeOnSignals(lifecycle, log)
  // A child of the process driver reports its ports, and ends when its parent is gone, however that ended.
  process.send?.({ type: 'listening', port, internalPort })
  process.once('disconnect', () => process.exit(0))
  log.info({ port, internalPort }, 'listening')
} catch (error) {
  log.fatal({ err: error }, 'could not start')
  process.exitCode = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? 98 : 1
  process.disconnect?.()
}
