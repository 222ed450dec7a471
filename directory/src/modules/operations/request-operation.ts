import { conflict } from '@usms/service-kit/errors/app-error'
import type { Db, Tx } from '#src/db.ts'
import { recordAudit } from '#src/modules/audit/record-audit.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'
import { type OperationKind, STEPS_OF } from './operation-kinds.ts'

export interface OperationRequest {
  tenantId: string
  kind: OperationKind
  /** What the work needs to know besides the school. Never a secret: hashes at most. */
  input?: Prisma.InputJsonObject
  requestedById: string
  /** Names of what the owner gave, for the trail. */
  fields?: readonly string[]
}

/** An invite touches neither how the school runs nor whether it has a database: it may be under way beside anything else. */
const GOES_BESIDE: OperationKind = 'ADMIN_INVITE'

export const unfinished = {
  status: { in: ['QUEUED', 'RUNNING'] },
} satisfies Prisma.OperationWhereInput

/**
 * Records a piece of work with its steps, in the caller's transaction; whoever calls delivers it after the commit. While one
 * of the same kind is unfinished, that one is the answer. The caller holds the lock on the tenant's row, so that two requests
 * do not race here (a unique index holds it besides).
 * @throws AppError 409 `operation_running` while work of another kind is unfinished
 */
export async function requestOperation(
  tx: Tx,
  { tenantId, kind, input = {}, requestedById, fields }: OperationRequest,
): Promise<{ id: string; isNew: boolean }> {
  const same = await tx.operation.findFirst({
    where: { tenantId, kind, ...unfinished },
    select: { id: true },
  })
  if (same) return { id: same.id, isNew: false }
  if (kind !== GOES_BESIDE) await requireNoneOf(tx, tenantId, { not: GOES_BESIDE })
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
    ...(fields && { fields }),
  })
  return { id, isNew: true }
}

/** @throws AppError 409 `operation_running` while work of these kinds is unfinished */
export async function requireNoneOf(
  tx: Tx,
  tenantId: string,
  kind: Prisma.EnumOperationKindFilter<'Operation'>,
): Promise<void> {
  const running = await tx.operation.findFirst({
    where: { tenantId, kind, ...unfinished },
    select: { id: true, kind: true },
  })
  if (running) throw operationRunning(running)
}

export const operationRunning = ({ id, kind }: { id: string; kind: OperationKind }) =>
  conflict('operation_running', `${kind} of this school is under way; wait until it has ended`, {
    kind,
    jobId: id,
  })

type Requested = { id: string; isNew: boolean }

/** Records work in a transaction, and tells the provisioner after its commit. */
export const createRequesting =
  ({ db, announce }: { db: Db; announce: (operation: Requested) => Promise<void> }) =>
  async (work: (tx: Tx) => Promise<Requested>): Promise<Requested> => {
    const operation = await db.$transaction(work)
    await announce(operation)
    return operation
  }
