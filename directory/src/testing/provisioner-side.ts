import { setTimeout as sleep } from 'node:timers/promises'
import type { Db } from '#src/db.ts'
import type { Prisma } from '#src/generated/prisma/client.ts'

/** What the provisioner writes about an operation, written by hand. */

export async function record(
  db: Db,
  operationId: string,
  type: 'step' | 'log' | 'done',
  data: Prisma.InputJsonObject,
): Promise<bigint> {
  const { id } = await db.operationEvent.create({ data: { operationId, type, data } })
  return id
}

export async function finish(
  db: Db,
  operationId: string,
  status: 'SUCCEEDED' | 'FAILED',
  error: string | null = null,
): Promise<void> {
  await db.$transaction([
    db.operation.update({
      where: { id: operationId },
      data: { status, error, finishedAt: new Date() },
    }),
    db.operationEvent.create({
      data: { operationId, type: 'done', data: { status, ...(error !== null && { error }) } },
    }),
  ])
}

/** @throws Error when it does not come about within 10 s */
export async function eventually<T>(look: () => Promise<T | null | undefined>): Promise<T> {
  const deadline = Date.now() + 10_000
  for (;;) {
    const found = await look()
    if (found !== null && found !== undefined) return found
    if (Date.now() > deadline) throw new Error('it did not come about in 10 s')
    await sleep(10)
  }
}
