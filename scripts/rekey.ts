/**
 * `npm run rekey`: seals every school's secrets of the data folder under a new key. Stop `npm start` first. Cut off anywhere it can be
 * run again: the new key takes the old one's place only when nothing needs the old one any more. (Services that run apart:
 * `node directory/src/rekey.ts` in the provisioner's environment.)
 */
import { bootstrapCluster } from '@usms/directory/platform/bootstrap-cluster'
import { rekeySecrets } from '@usms/directory/modules/provisioning/rekey-secrets'
import { openSecretBox } from '@usms/directory/modules/provisioning/secret-keys'
import { startEmbeddedPostgres } from '@usms/service-kit/db/embedded-postgres'
import { closeOnSignals, createLifecycle } from '@usms/service-kit/lifecycle'
import { createLogger } from '@usms/service-kit/log'
import pg from 'pg'
import { type DataFolder, openDataFolder } from './start/data-folder.ts'
import { explain } from './start/explain.ts'
import { readSettings, type Settings } from './start/settings.ts'

const log = createLogger({ service: 'rekey', level: 'warn' })
const lifecycle = createLifecycle(log)
closeOnSignals(lifecycle, log)
try {
  const settings = readSettings(process.env)
  const folder = openDataFolder(settings.USMS_DATA_DIR)
  lifecycle.onClose('data folder', () => folder.unlock())
  console.log(`${await rekey(settings, folder)} secrets are sealed with a new key`)
} catch (error) {
  console.error(explain(error))
  process.exitCode = 1
} finally {
  await lifecycle.close()
}

async function rekey({ POSTGRES_ADMIN_URL }: Settings, folder: DataFolder): Promise<number> {
  const { provisionerUrl } = await bootstrapCluster({
    adminUrl: POSTGRES_ADMIN_URL ?? (await startPostgres(folder)),
    provisionerPassword: folder.secret('provisioner-role'),
    directoryPassword: folder.secret('directory-role'),
    log,
  })
  const secretBox = openSecretBox({
    SECRETS_KEY: folder.secret('school-secrets.next'),
    SECRETS_KEYS_PREVIOUS: [folder.secret('school-secrets')],
  })
  const pool = new pg.Pool({ connectionString: provisionerUrl, max: 1 })
  lifecycle.onClose('database', () => pool.end())
  const { resealed, current } = await rekeySecrets(pool, secretBox)
  folder.promoteSecret('school-secrets.next', 'school-secrets')
  return resealed + current
}

async function startPostgres(folder: DataFolder): Promise<string> {
  const starting = startEmbeddedPostgres({ dataDir: folder.file('postgres'), log })
  // Registered before it runs: a Ctrl-C meanwhile waits for it and stops it.
  lifecycle.onClose('PostgreSQL', async () => (await starting.catch(() => undefined))?.stop())
  return (await starting).adminUrl
}
