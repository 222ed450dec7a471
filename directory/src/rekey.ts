import { createLogger } from '@usms/service-kit/log'
import pg from 'pg'
import { readProvisionerConfig } from './config.ts'
import { rekeySecrets } from './modules/provisioning/rekey-secrets.ts'
import { openSecretBox } from './modules/provisioning/secret-keys.ts'

// After SECRETS_KEY was changed and the old one put into SECRETS_KEYS_PREVIOUS: afterwards the old one is not needed any more.
const config = readProvisionerConfig(process.env)
const log = createLogger({ service: 'rekey', level: config.LOG_LEVEL })
const pool = new pg.Pool({ connectionString: config.DATABASE_URL, max: 1 })
try {
  log.info(
    await rekeySecrets(pool, openSecretBox(config)),
    'secrets are sealed with the current key',
  )
} catch (error) {
  log.fatal({ err: error }, 'not every secret could be sealed anew')
  process.exitCode = 1
} finally {
  await pool.end()
}
