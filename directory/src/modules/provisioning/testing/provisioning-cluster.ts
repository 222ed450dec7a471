import { chmod, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@usms/service-kit/db/embedded-postgres'
import { migrate } from '@usms/service-kit/db/migrate'
import pg from 'pg'
import { pino } from 'pino'
import { type ProvisionerConfig, readProvisionerConfig } from '#src/config.ts'
import { type BootstrappedCluster, bootstrapCluster } from '#src/platform/bootstrap-cluster.ts'

export interface ProvisioningCluster extends BootstrappedCluster {
  adminUrl: string
  /** As the provisioner, in the directory's database. */
  pool: pg.Pool
  dataDir: string
  /** The settings a provisioner has here, some of them replaced. */
  settings(replaced?: Record<string, string>): Record<string, string>
  config(replaced?: Record<string, string>): ProvisionerConfig
  close(): Promise<void>
}

export const ROUTER_KEY = 'the key of the router in a test, long enough'
export const SECRETS_KEY = '11'.repeat(32)

/** A PostgreSQL cluster of its own, since roles belong to all databases of one, with an empty directory in it. */
export async function startProvisioningCluster(): Promise<ProvisioningCluster> {
  const log = pino({ level: 'silent' })
  // For root always /tmp: its TMPDIR may be private, and the server runs as another account.
  const base = process.getuid?.() === 0 ? '/tmp' : tmpdir()
  const root = await mkdtemp(join(base, 'usms-provisioning-'))
  await chmod(root, 0o711)
  const server = await startEmbeddedPostgres({ dataDir: join(root, 'pg'), log, durable: false })
  const cluster = await bootstrapCluster({ adminUrl: server.adminUrl, log })
  await migrate({
    url: cluster.provisionerUrl,
    prismaDir: fileURLToPath(new URL('../../../../prisma', import.meta.url)),
  })
  const dataDir = join(root, 'data')
  await mkdir(dataDir)
  const pool = new pg.Pool({ connectionString: cluster.provisionerUrl, max: 5 })
  pool.on('error', () => {})

  const settings = (replaced: Record<string, string> = {}) => ({
    DATABASE_URL: cluster.provisionerUrl,
    POSTGRES_ADMIN_URL: cluster.provisionerUrl,
    SECRETS_KEY,
    ROUTER_KEY,
    DATA_DIR: dataDir,
    ...replaced,
  })

  return {
    ...cluster,
    adminUrl: server.adminUrl,
    pool,
    dataDir,
    settings,
    config: (replaced) => readProvisionerConfig(settings(replaced)),
    async close() {
      await pool.end()
      await server.stop()
      await rm(root, { recursive: true, force: true })
    },
  }
}
