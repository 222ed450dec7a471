import { notFound } from '@usms/service-kit/errors/app-error'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Logger } from 'pino'
import type { Db } from '#src/db.ts'
import type { JobAnswer, JobList } from './operations.schema.ts'
import { toJob, withStepsAndLogs } from './operations.queries.ts'

/** Hands an operation's id to the provisioner. */
export type Deliver = (operationId: string) => Promise<unknown>

export interface OperationsService {
  /** @throws AppError 404 */
  read(jobId: string): Promise<JobAnswer>
  /** Newest first. @throws AppError 404 for an unknown school */
  listOf(schoolId: string, query: JobList): Promise<Page<JobAnswer>>
  /** Tells the provisioner about a committed operation. Never throws: the reconciler finds what was not delivered. */
  announce(operation: { id: string; isNew: boolean }): Promise<void>
  /** Ends an operation that nobody has begun; one that runs is left alone. */
  withdraw(operationId: string, reason: string): Promise<void>
}

export function createOperationsService({
  db,
  deliver,
  log,
}: {
  db: Db
  deliver: Deliver
  log: Logger
}): OperationsService {
  return {
    async read(jobId) {
      const row = await db.operation.findUnique({
        where: { id: jobId },
        include: withStepsAndLogs,
      })
      if (!row) throw notFound('job')
      return toJob(row)
    },

    async listOf(schoolId, query) {
      const { where, orderBy, take } = keyset(query, [
        { field: 'createdAt', kind: 'time', direction: 'desc' },
        { field: 'id', kind: 'uuid', direction: 'desc' },
      ])
      const ofSchool = { tenantId: schoolId }
      const [rows, total, school] = await Promise.all([
        db.operation.findMany({
          where: { AND: [ofSchool, where] },
          orderBy,
          take,
          include: withStepsAndLogs,
        }),
        query.count ? db.operation.count({ where: ofSchool }) : undefined,
        db.tenant.findUnique({ where: { id: schoolId }, select: { id: true } }),
      ])
      if (!school) throw notFound('school')
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.createdAt.toISOString(), row.id],
        toItem: toJob,
        total,
      })
    },

    async announce({ id, isNew }) {
      if (!isNew) return
      try {
        await deliver(id)
      } catch (error) {
        log.warn({ err: error, operationId: id }, 'an operation was not delivered at once')
      }
    },

    withdraw: (operationId, reason) =>
      db.$transaction(async (tx) => {
        const { count } = await tx.operation.updateMany({
          where: { id: operationId, status: 'QUEUED' },
          data: { status: 'FAILED', error: reason, finishedAt: new Date() },
        })
        if (count === 0) return
        await tx.operationEvent.create({
          data: { operationId, type: 'done', data: { status: 'FAILED', error: reason } },
        })
      }),
  }
}
