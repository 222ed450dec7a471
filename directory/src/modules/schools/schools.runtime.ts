import { AppError, notFound } from '@usms/service-kit/errors/app-error'
import { toInstantOrNull } from '@usms/service-kit/http/fields'
import type { Db } from '#src/db.ts'
import type { Tenant, TenantActivity, TenantRuntime } from '#src/generated/prisma/client.ts'
import type { ProvisionerAsks } from '#src/modules/asks/ask-provisioner.ts'
import type { RuntimeStatus, RuntimeSummary } from './schools.schema.ts'

/** What can be seen of how a school runs. */
export interface SchoolsRuntime {
  /** @throws AppError 404 */
  status(id: string): Promise<RuntimeStatus>
  /** @throws AppError 404, 503 `provisioner_unavailable` */
  logs(id: string, lines: number): Promise<{ lines: string[] }>
  /** @throws AppError 404 */
  requireSchool(id: string): Promise<void>
}

interface RuntimeDeps {
  db: Db
  asks: Pick<ProvisionerAsks, 'recentLogs' | 'databaseSize'>
  now?: () => Date
}

/** What the rest of a status does not wait for any longer (milliseconds). */
const SIZE_TIMEOUT_MS = 1_500

export function createSchoolsRuntime({
  db,
  asks,
  now = () => new Date(),
}: RuntimeDeps): SchoolsRuntime {
  /** null where it is not known now: the rest of the status stands without it. */
  async function databaseSize({ id, schemaLevel }: Tenant): Promise<number | null> {
    if (schemaLevel === null) return null
    try {
      return await asks.databaseSize(id, SIZE_TIMEOUT_MS)
    } catch (error) {
      if (error instanceof AppError) return null
      throw error
    }
  }

  async function requireSchool(id: string) {
    const school = await db.tenant.findUnique({ where: { id }, select: { id: true } })
    if (!school) throw notFound('school')
  }

  return {
    async status(id) {
      const school = await db.tenant.findUnique({ where: { id }, include: withRuntime })
      if (!school) throw notFound('school')
      const { code, status, schemaLevel, runtime } = school
      const startedAt = runtime?.address ? runtime.startedAt : null
      return {
        schoolId: id,
        code,
        status,
        ...toRuntimeSummary(school),
        desiredRelease: school.release,
        schemaLevel,
        startedAt: toInstantOrNull(startedAt),
        uptimeSeconds: startedAt
          ? Math.max(0, Math.floor((now().getTime() - startedAt.getTime()) / 1000))
          : null,
        databaseSizeBytes: await databaseSize(school),
        lastError: runtime?.lastError ?? null,
      }
    },

    async logs(id, lines) {
      await requireSchool(id)
      return { lines: await asks.recentLogs(id, lines) }
    },

    requireSchool,
  }
}

/** What `toRuntimeSummary` needs besides the school's own row. */
export const withRuntime = { runtime: true, activity: true } as const
export type SchoolWithRuntime = Omit<Tenant, 'release'> & {
  runtime?: RuntimeFacts | null
  activity?: Pick<TenantActivity, 'lastRequestAt'> | null
}
type RuntimeFacts = Pick<TenantRuntime, 'address' | 'release' | 'lastError'>

/** How a school runs, as far as the directory's database says. */
export const toRuntimeSummary = ({
  status,
  runtime,
  activity,
}: SchoolWithRuntime): RuntimeSummary => ({
  runtime: runtimeStateOf(status, runtime),
  release: runtime?.release ?? null,
  lastActivityAt: toInstantOrNull(activity?.lastRequestAt ?? null),
})

function runtimeStateOf(
  status: Tenant['status'],
  runtime: RuntimeFacts | null | undefined,
): RuntimeSummary['runtime'] {
  if (runtime?.address) return 'running'
  if (status !== 'ACTIVE') return 'stopped'
  // Its last words are written down when it ends by itself, and cleared when it runs or is stopped.
  return runtime?.lastError ? 'backing-off' : 'starting'
}
