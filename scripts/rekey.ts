/**
 * `npm run rekey`: seals every school's secrets of the data folder under a new key. Stop `npm start` first. Cut off anywhere it can be
 * run again: the new key takes the old one's place only when nothing needs the old one any more. (Services that run apart:
 * `node directory/src/rekey.ts` in the provisioner's environment.)
 */
import { bootstrapCluster } from '@usms/directory/platform/bootstrap-cluster'
import { rekeySecrets } from '@usms/directory/modules/provisioning/rekey-secrets'
import { openSecretBox } from '@usms/directory/modules/provisioning/secret-keys'
import { startEmbeddedPostgres } from '@usms/service-kit/db/embedded-postgres'
import { createLogger } from '@usms/service-kit/log'
import pg from 'pg'
import { openDataFolder } from './start/data-folder.ts'
import { readSettings } from './start/settings.ts'

const settings = readSettings(process.env)
const log = createLogger({ service: 'rekey', level: 'warn' })
const folder = openDataFolder(settings.USMS_DATA_DIR)
const postgres = settings.POSTGRES_ADMIN_URL
  ? undefined
  : await startEmbeddedPostgres({ dataDir: folder.file('postgres'), log })
try {
  const { provisionerUrl } = await bootstrapCluster({
    adminUrl: settings.POSTGRES_ADMIN_URL ?? postgres?.adminUrl ?? '',
    provisionerPassword: folder.secret('provisioner-role'),
    directoryPassword: folder.secret('directory-role'),
    log,
  })
  const secretBox = openSecretBox({
    SECRETS_KEY: folder.secret('school-secrets.next'),
    SECRETS_KEYS_PREVIOUS: [folder.secret('school-secrets')],
  })
  const pool = new pg.Pool({ connectionString: provisionerUrl, max: 1 })
  const { resealed, current } = await rekeySecrets(pool, secretBox)
  await pool.end()
  folder.promoteSecret('school-secrets.next', 'school-secrets')
  console.log(`${resealed + current} secrets are sealed with a new key`)
} finally {
  await postgres?.stop()
  folder.unlock()
}
