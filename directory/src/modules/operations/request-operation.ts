import type { Tx } from '#src/db.ts'
import { recordAudit } from '#src/modules/audit/record-audit.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import { type OperationKind, STEPS_OF } from './operation-kinds.ts'

export interface OperationRequest {
  tenantId: string
  kind: OperationKind
  /** What the work needs to know besides the school. Never a secret: hashes at most. */
  input?: Prisma.InputJsonObject
  requestedById: string
}

/**
 * Records a piece of work with its steps, in the caller's transaction; whoever calls delivers it after the commit. While one
 * of the same kind is unfinished, that one is the answer. The caller holds the lock on the tenant's row, so that two requests
 * do not race here (a unique index holds it besides).
 */
export async function requestOperation(
  tx: Tx,
  { tenantId, kind, input = {}, requestedById }: OperationRequest,
): Promise<{ id: string; isNew: boolean }> {
  const unfinished = await tx.operation.findFirst({
    where: { tenantId, kind, status: { in: ['QUEUED', 'RUNNING'] } },
    select: { id: true },
  })
  if (unfinished) return { id: unfinished.id, isNew: false }
  const { id } = await tx.operation.create({
    data: {
      tenantId,
      kind,
      input,
      requestedById,
      steps: { create: STEPS_OF[kind].map((name, position) => ({ position, name })) },
    },
    select: { id: true },
  })
  await recordAudit(tx, {
    ownerId: requestedById,
    action: `school.${kind.toLowerCase().replace('_', '-')}`,
    tenantId,
  })
  return { id, isNew: true }
}
