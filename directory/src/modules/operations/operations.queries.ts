import type { Db, DbOrTx } from '#src/db.ts'
import type {
  Operation,
  OperationEvent,
  OperationStep,
  Tenant,
} from '#src/generated/prisma/client.ts'
import { toInstantOrNull } from '@usms/service-kit/http/fields'
import { z } from 'zod'
import type { JobAnswer } from './operations.schema.ts'

/** How many of a job's newest log lines stand in the job; its event stream has all of them. */
const LOG_LINES = 200

/** With what a job's answer is made of. */
export const withStepsAndLogs = {
  steps: { orderBy: { position: 'asc' } },
  tenant: { select: { code: true, name: true, status: true } },
  events: { where: { type: 'log' }, orderBy: { id: 'desc' }, take: LOG_LINES },
} as const

type OperationWithParts = Operation & {
  steps: OperationStep[]
  events: OperationEvent[]
  tenant: Pick<Tenant, 'code' | 'name' | 'status'>
}

const upgradeInput = z.object({ release: z.string() })

const logData = z.object({ level: z.string().default('info'), message: z.string() })

export const toJob = (row: OperationWithParts): JobAnswer => ({
  id: row.id,
  kind: row.kind,
  schoolId: row.tenantId,
  school: row.tenant,
  release: (row.kind === 'UPGRADE' && upgradeInput.safeParse(row.input).data?.release) || null,
  status: row.status,
  error: row.error,
  steps: row.steps.map((step) => ({
    name: step.name,
    status: step.status,
    startedAt: toInstantOrNull(step.startedAt),
    finishedAt: toInstantOrNull(step.finishedAt),
    error: step.error,
  })),
  logs: row.events.toReversed().flatMap((event) => {
    const line = logData.safeParse(event.data)
    return line.success ? [{ at: event.at.toISOString(), ...line.data }] : []
  }),
  createdAt: row.createdAt.toISOString(),
  startedAt: toInstantOrNull(row.startedAt),
  finishedAt: toInstantOrNull(row.finishedAt),
})

export interface Outcome {
  finished: boolean
  status: Operation['status']
  error: string | null
}

export async function outcomeOf(db: DbOrTx, operationId: string): Promise<Outcome | null> {
  const row = await db.operation.findUnique({
    where: { id: operationId },
    select: { status: true, error: true },
  })
  return row && { ...row, finished: row.status === 'SUCCEEDED' || row.status === 'FAILED' }
}

/** Events after the one with this id, in order. */
export const eventsAfter = (db: Db, operationId: string, id: bigint, take: number) =>
  db.operationEvent.findMany({
    where: { operationId, id: { gt: id } },
    orderBy: { id: 'asc' },
    take,
  })
