import { inviteLink } from '@usms/service-kit/auth/invite-link'
import { hashToken, newOpaqueToken } from '@usms/service-kit/auth/opaque-token'
import { notFound, unavailable } from '@usms/service-kit/errors/app-error'
import { toInstantOrNull } from '@usms/service-kit/http/fields'
import type { OwnerActor } from '#src/auth/endpoint.ts'
import type { Db, Tx } from '#src/db.ts'
import type { Outcome } from '#src/modules/operations/operations.queries.ts'
import { requestOperation } from '#src/modules/operations/request-operation.ts'
import { refusal } from './schools.policy.ts'
import type { InviteAnswer, InviteRole, RuntimeStatus } from './schools.schema.ts'
import { lockSchool } from './schools.service.ts'

/** Recent log lines of a school, oldest first. */
export type ReadLogs = (schoolId: string, lines: number) => Promise<string[]>
export type ReadDatabaseSize = (schoolCode: string) => Promise<number | null>

/** What is done to a running school, and what can be seen of it: the work itself is the provisioner's. */
export interface SchoolOperations {
  /** @throws AppError 404, 409 `already_active`, `wrong_state` */
  provision(actor: OwnerActor, id: string): Promise<{ jobId: string }>
  /** @throws AppError 404, 409 `wrong_state` */
  restart(actor: OwnerActor, id: string): Promise<{ jobId: string }>
  /** @throws AppError 404, 409 `wrong_state`, 503 when the school did not take it in time */
  invite(actor: OwnerActor, id: string, role: InviteRole): Promise<InviteAnswer>
  /** @throws AppError 404 */
  status(id: string): Promise<RuntimeStatus>
  /** @throws AppError 404, also where no logs can be read from here */
  logs(id: string, lines: number): Promise<{ lines: string[] }>
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
  readLogs?: ReadLogs | undefined
  readDatabaseSize?: ReadDatabaseSize | undefined
  inviteTimeoutMs?: number
  now?: () => Date
}

/** The username of every school's first account. */
const FIRST_ADMIN = 'admin'
const INVITE_LIFETIME_MS = 72 * 3_600_000

export function createSchoolOperations(deps: OperationDeps): SchoolOperations {
  const { db, announce, awaitOperation, withdraw, publicUrl, readLogs, readDatabaseSize } = deps
  const { inviteTimeoutMs = 15_000, now = () => new Date() } = deps

  async function requested(work: (tx: Tx) => Promise<{ id: string; isNew: boolean }>) {
    const operation = await db.$transaction(work)
    await announce(operation)
    return operation
  }

  return {
    async provision(actor, id) {
      const { id: jobId } = await requested(async (tx) => {
        const { status } = await lockSchool(tx, id)
        const refused = refusal('provision', status)
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

    async status(id) {
      const school = await db.tenant.findUnique({ where: { id }, include: { runtime: true } })
      if (!school) throw notFound('school')
      const { code, status, schemaLevel, runtime } = school
      const startedAt = runtime?.address ? runtime.startedAt : null
      return {
        schoolId: id,
        code,
        status,
        runtime: runtime?.address ? 'running' : status === 'ACTIVE' ? 'starting' : 'stopped',
        release: runtime?.release ?? null,
        schemaLevel,
        startedAt: toInstantOrNull(startedAt),
        uptimeSeconds: startedAt
          ? Math.max(0, Math.floor((now().getTime() - startedAt.getTime()) / 1000))
          : null,
        databaseSizeBytes: (await readDatabaseSize?.(code)) ?? null,
        lastError: runtime?.lastError ?? null,
      }
    },

    async logs(id, lines) {
      const school = await db.tenant.findUnique({ where: { id }, select: { id: true } })
      if (!school) throw notFound('school')
      if (!readLogs) throw notFound('log')
      return { lines: await readLogs(id, lines) }
    },
  }
}
