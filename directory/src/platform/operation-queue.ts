import { PgBoss } from 'pg-boss'
import type { Logger } from 'pino'
import { OPERATION_QUEUE } from '#src/modules/operations/operation-kinds.ts'

/** The queue's own schema in the directory's database. */
export const QUEUE_SCHEMA = 'pgboss'

export interface OperationQueue {
  /**
   * Hands an operation's id to the provisioner within milliseconds.
   * @throws Error when the queue is not there (yet); the reconciler finds the operation without it
   */
  deliver(operationId: string): Promise<void>
  close(): Promise<void>
}

interface QueueDeps {
  databaseUrl: string
  log: Logger
}

/** The directory's side: sends with DML grants alone, and neither migrates nor supervises. */
export function createOperationQueue({ databaseUrl, log }: QueueDeps): OperationQueue {
  let sending: Promise<PgBoss> | undefined

  async function connect(): Promise<PgBoss> {
    const boss = new PgBoss({
      connectionString: databaseUrl,
      schema: QUEUE_SCHEMA,
      application_name: 'directory-queue',
      max: 2,
      migrate: false,
      createSchema: false,
      supervise: false,
      schedule: false,
    })
    boss.on('error', (error) => log.warn({ err: error }, 'the operation queue has trouble'))
    await boss.start()
    return boss
  }

  return {
    async deliver(operationId) {
      // Connected when first needed: the provisioner, which makes the queue, may come up after us.
      sending ??= connect()
      let boss: PgBoss
      try {
        boss = await sending
      } catch (error) {
        sending = undefined
        throw error
      }
      await boss.send(OPERATION_QUEUE, { operationId })
    },
    async close() {
      const boss = await sending?.catch(() => undefined)
      await boss?.stop({ graceful: false })
    },
  }
}

export interface OperationDeliveries {
  close(): Promise<void>
}

/**
 * The provisioner's side: makes the queue's schema and takes deliveries. The queue says only *when* to look; the operation's
 * own row says what there is to do.
 */
export async function receiveOperations({
  databaseUrl,
  log,
  onDelivery,
}: QueueDeps & { onDelivery: (operationId: string) => void }): Promise<OperationDeliveries> {
  const boss = new PgBoss({
    connectionString: databaseUrl,
    schema: QUEUE_SCHEMA,
    application_name: 'provisioner-queue',
    max: 3,
    schedule: false,
    useListenNotify: true,
  })
  boss.on('error', (error) => log.warn({ err: error }, 'the operation queue has trouble'))
  await boss.start()
  const options = { notify: true, retryLimit: 0, deleteAfterSeconds: 3_600 }
  await boss.createQueue(OPERATION_QUEUE, options)
  await boss.updateQueue(OPERATION_QUEUE, options)
  await boss.work<{ operationId: string }>(
    OPERATION_QUEUE,
    { pollingIntervalSeconds: 2, batchSize: 10 },
    async (jobs) => {
      for (const { data } of jobs) onDelivery(data.operationId)
    },
  )
  return { close: () => boss.stop({ graceful: false }) }
}
