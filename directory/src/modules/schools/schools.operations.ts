import { inviteLink } from '@usms/service-kit/auth/invite-link'
import { hashToken, newOpaqueToken } from '@usms/service-kit/auth/opaque-token'
import { unavailable } from '@usms/service-kit/errors/app-error'
import type { OwnerActor } from '#src/auth/endpoint.ts'
import type { Db } from '#src/db.ts'
import type { Outcome } from '#src/modules/operations/operations.queries.ts'
import { createRequesting, requestOperation } from '#src/modules/operations/request-operation.ts'
import { refusalOfHalfErased } from './schools.lifecycle.ts'
import { refusal } from './schools.policy.ts'
import type { InviteAnswer, InviteRole } from './schools.schema.ts'
import { lockSchool } from './schools.service.ts'

/** What is done to a school and takes a while: the work itself is the provisioner's. */
export interface SchoolOperations {
  /** @throws AppError 404, 409 `already_active`, `wrong_state`, `operation_running`, `half_erased` */
  provision(actor: OwnerActor, id: string): Promise<{ jobId: string }>
  /** @throws AppError 404, 409 `wrong_state`, `operation_running` */
  restart(actor: OwnerActor, id: string): Promise<{ jobId: string }>
  /** @throws AppError 404, 409 `wrong_state`, 503 when the school did not take it in time */
  invite(actor: OwnerActor, id: string, role: InviteRole): Promise<InviteAnswer>
}

interface OperationDeps {
  db: Db
  /** Tells the provisioner, after the commit. */
  announce: (operation: { id: string; isNew: boolean }) => Promise<void>
  /** Resolves to null when the operation had not finished by the deadline (milliseconds since the epoch). */
  awaitOperation: (operationId: string, deadline: number) => Promise<Outcome | null>
  /** Ends what nobody has begun. */
  withdraw: (operationId: string, reason: string) => Promise<void>
  publicUrl: string
  inviteTimeoutMs?: number
  now?: () => Date
}

/** The username of every school's first account. */
const FIRST_ADMIN = 'admin'
const INVITE_LIFETIME_MS = 72 * 3_600_000

export function createSchoolOperations(deps: OperationDeps): SchoolOperations {
  const { db, announce, awaitOperation, withdraw, publicUrl } = deps
  const { inviteTimeoutMs = 15_000, now = () => new Date() } = deps

  const requested = createRequesting({ db, announce })

  return {
    async provision(actor, id) {
      const { id: jobId } = await requested(async (tx) => {
        const { status } = await lockSchool(tx, id)
        const refused = refusal('provision', status) ?? (await refusalOfHalfErased(tx, id))
        if (refused) throw refused
        if (status !== 'PROVISIONING')
          await tx.tenant.update({
            where: { id },
            data: { status: 'PROVISIONING', version: { increment: 1 } },
          })
        return requestOperation(tx, {
          tenantId: id,
          kind: 'PROVISION',
          requestedById: actor.ownerId,
        })
      })
      return { jobId }
    },

    async restart(actor, id) {
      const { id: jobId } = await requested(async (tx) => {
        const { status } = await lockSchool(tx, id)
        const refused = refusal('restart', status)
        if (refused) throw refused
        return requestOperation(tx, {
          tenantId: id,
          kind: 'RESTART',
          requestedById: actor.ownerId,
        })
      })
      return { jobId }
    },

    async invite(actor, id, role) {
      const deadline = Date.now() + inviteTimeoutMs
      const token = newOpaqueToken()
      const expiresAt = new Date(now().getTime() + INVITE_LIFETIME_MS)
      for (;;) {
        let code = ''
        const operation = await requested(async (tx) => {
          const school = await lockSchool(tx, id)
          const refused = refusal('invite', school.status)
          if (refused) throw refused
          code = school.code
          return requestOperation(tx, {
            tenantId: id,
            kind: 'ADMIN_INVITE',
            input: { role, tokenHash: hashToken(token), expiresAt: expiresAt.toISOString() },
            requestedById: actor.ownerId,
          })
        })
        const outcome = await awaitOperation(operation.id, deadline)
        // Somebody else's invite was under way, with another token: ours comes after it.
        if (!operation.isNew && outcome) continue
        if (!outcome && operation.isNew)
          await withdraw(operation.id, 'nobody began it in time; the invite was not given out')
        if (outcome?.status !== 'SUCCEEDED')
          throw unavailable('invite_not_stored', 'The school could not take the invite now', 5)
        return {
          username: FIRST_ADMIN,
          token,
          // In the fragment: it reaches no server and no log.
          url: inviteLink(`${publicUrl}/app`, code, token),
          expiresAt: expiresAt.toISOString(),
        }
      }
    },
  }
}
