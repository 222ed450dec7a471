import { AppError, conflict, notFound } from '@usms/service-kit/errors/app-error'
import type { OwnerActor } from '#src/auth/endpoint.ts'
import type { Db, Tx } from '#src/db.ts'
import {
  createRequesting,
  operationRunning,
  requestOperation,
  unfinished,
} from '#src/modules/operations/request-operation.ts'
import {
  certificate,
  type CertificateAnswer,
  type EraseBody,
  type UpgradeBody,
} from './schools.lifecycle.schema.ts'
import { refusal } from './schools.policy.ts'
import { lockSchool } from './schools.service.ts'

/** Moves a school to another release, takes it out of service for good, and removes it: the work itself is the provisioner's. */
export interface SchoolLifecycle {
  /** @throws AppError 404, 409 `wrong_state`, `operation_running` also for an upgrade to another release */
  upgrade(actor: OwnerActor, id: string, body: UpgradeBody): Promise<{ jobId: string }>
  /** @throws AppError 404, 409 `wrong_state`, `operation_running` */
  archive(actor: OwnerActor, id: string): Promise<{ jobId: string }>
  /** @throws AppError 404, 409 `wrong_state`, `operation_running`, 422 `code_mismatch` */
  erase(actor: OwnerActor, id: string, body: EraseBody): Promise<{ jobId: string }>
  /** @throws AppError 404, also before the school is erased */
  readErasure(id: string): Promise<CertificateAnswer>
}

interface LifecycleDeps {
  db: Db
  /** Tells the provisioner, after the commit. */
  announce: (operation: { id: string; isNew: boolean }) => Promise<void>
}

export function createSchoolLifecycle({ db, announce }: LifecycleDeps): SchoolLifecycle {
  const requested = createRequesting({ db, announce })

  return {
    async upgrade({ ownerId }, id, { release }) {
      const { id: jobId } = await requested(async (tx) => {
        const { status } = await lockSchool(tx, id)
        const refused = refusal('upgrade', status)
        if (refused) throw refused
        const running = await tx.operation.findFirst({
          where: { tenantId: id, kind: 'UPGRADE', ...unfinished },
          select: { id: true, kind: true, input: true },
        })
        if (running && !leadsTo(running.input, release)) throw operationRunning(running)
        return requestOperation(tx, {
          tenantId: id,
          kind: 'UPGRADE',
          input: { release },
          requestedById: ownerId,
          fields: ['release'],
        })
      })
      return { jobId }
    },

    async archive({ ownerId }, id) {
      const { id: jobId } = await requested(async (tx) => {
        const { status } = await lockSchool(tx, id)
        const refused = refusal('archive', status)
        if (refused) throw refused
        return requestOperation(tx, { tenantId: id, kind: 'ARCHIVE', requestedById: ownerId })
      })
      return { jobId }
    },

    async erase({ ownerId }, id, { code }) {
      const { id: jobId } = await requested(async (tx) => {
        const school = await lockSchool(tx, id)
        const refused = refusal('erase', school.status)
        if (refused) throw refused
        if (code !== school.code)
          throw new AppError('unprocessable', 'code_mismatch', 'This is not the code of the school')
        return requestOperation(tx, { tenantId: id, kind: 'ERASE', requestedById: ownerId })
      })
      return { jobId }
    },

    async readErasure(id) {
      const row = await db.erasureCertificate.findUnique({ where: { tenantId: id } })
      if (!row) throw notFound('certificate')
      return certificate.parse(row.document)
    },
  }
}

/** Whether the upgrade under way is to this release, by the name it was asked for or by what that was found to be. */
function leadsTo(input: unknown, release: string): boolean {
  const { release: asked, target } = input as {
    release?: string
    target?: { id?: string; version?: string }
  }
  return [asked, target?.id, target?.version].includes(release)
}

/** Of a school whose data is gone nothing can be brought back, though it is not ERASED before all of it is. */
export async function refusalOfHalfErased(tx: Tx, tenantId: string): Promise<AppError | undefined> {
  const begun = await tx.operation.findFirst({
    where: {
      tenantId,
      kind: 'ERASE',
      steps: { some: { name: 'drop-database', status: { not: 'PENDING' } } },
    },
    select: { id: true },
  })
  if (!begun) return undefined
  return conflict('half_erased', 'Erasing this school has begun; it can only be completed')
}
