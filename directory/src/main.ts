import { settingsOrExit } from '@usms/service-kit/config'
import { closeOnSignals } from '@usms/service-kit/lifecycle'
import { createLogger } from '@usms/service-kit/log'
import { composeDirectory } from './compose-directory.ts'
import { readDirectoryConfig } from './config.ts'

const config = settingsOrExit(() => readDirectoryConfig(process.env))
const log = createLogger({ service: 'directory', level: config.LOG_LEVEL })
try {
  const directory = await composeDirectory(config, log)
  closeOnSignals(directory.lifecycle, log)
  log.info({ url: directory.url }, 'listening')
} catch (error) {
  log.fatal({ err: error }, 'could not start')
  process.exitCode = 1
}
