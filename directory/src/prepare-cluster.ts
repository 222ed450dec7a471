import { setTimeout } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { migrate } from '@usms/service-kit/db/migrate'
import type { Logger } from 'pino'
import { isUnreachable, reasonOf } from './modules/provisioning/failure-reason.ts'
import { bootstrapCluster } from './platform/bootstrap-cluster.ts'

/** Where the directory's schema and migrations stand. */
export const PRISMA_DIR = fileURLToPath(new URL('../prisma', import.meta.url))

interface ClusterAccess {
  /** A superuser, or a role with CREATEDB and CREATEROLE. Used here and nowhere else. */
  adminUrl: string
  provisionerPassword: string
  directoryPassword: string
  log: Logger
}

/**
 * Makes a PostgreSQL server ready for both processes: their roles, the directory's database, its schema at this release. May be
 * repeated.
 * @returns with which URL each process works
 * @throws Error for a server that is too old, does not answer, or does not let this admin do it
 */
export async function prepareCluster(
  access: ClusterAccess,
): Promise<{ provisionerUrl: string; directoryUrl: string }> {
  const { provisionerUrl, directoryUrl } = await bootstrapCluster(access)
  await migrate({ url: provisionerUrl, prismaDir: PRISMA_DIR })
  return { provisionerUrl, directoryUrl }
}

const RETRY_MS = 500
/** As long as nothing answers, it is said this often. */
const SAY_EVERY_MS = 10_000

/**
 * The same, for a program that may be started before its server is.
 * @throws Error as prepareCluster, as soon as the server answers
 */
export async function prepareClusterWhenUp(access: ClusterAccess): Promise<void> {
  let saidAt = -SAY_EVERY_MS
  for (;;)
    try {
      await prepareCluster(access)
      return
    } catch (error) {
      if (!isUnreachable(error)) throw error
      if (performance.now() - saidAt > SAY_EVERY_MS) {
        access.log.warn(`${reasonOf(error)}; waiting for it`)
        saidAt = performance.now()
      }
      await setTimeout(RETRY_MS)
    }
}
