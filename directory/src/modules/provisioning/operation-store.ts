import type pg from 'pg'
import type { TenantStatus } from '#src/generated/prisma/enums.ts'
import type { OperationKind } from '#src/modules/operations/operation-kinds.ts'

/** An operation that this process drives, until its lease ends or somebody takes it over. */
export interface ClaimedOperation {
  id: string
  tenantId: string
  kind: OperationKind
  input: unknown
  /** The generation of its driver: every write names it. */
  fence: number
  steps: { position: number; name: string; done: boolean }[]
}

/** Somebody else drives this operation now: whatever was about to be written must not be. */
export class LeaseLostError extends Error {
  constructor(operationId: string) {
    super(`Operation ${operationId} was taken over`)
    this.name = 'LeaseLostError'
  }
}

export interface LeaseHolder {
  /** Names this process: host, process and start. */
  owner: string
  /** How long a claim holds without being renewed (milliseconds). */
  leaseMs: number
}

export interface OperationStore {
  /** Takes the lease, unless the operation has ended or somebody living drives it. */
  claim(operationId: string): Promise<ClaimedOperation | undefined>
  /** @returns false when the lease was lost */
  renew(operation: ClaimedOperation): Promise<boolean>
  /** Runs writes that must not happen once somebody else drives the operation. @throws LeaseLostError */
  fenced<T>(operation: ClaimedOperation, work: (tx: pg.ClientBase) => Promise<T>): Promise<T>
  /** Merges facts into the operation's input, there and in `operation`, in one transaction with `also`. @throws LeaseLostError */
  keep(
    operation: ClaimedOperation,
    facts: object,
    also?: (tx: pg.ClientBase) => Promise<void>,
  ): Promise<void>
  stepStarted(operation: ClaimedOperation, name: string): Promise<void>
  stepSucceeded(operation: ClaimedOperation, name: string): Promise<void>
  /** A line of the operation's log, for people; never a secret. */
  logLine(
    operation: ClaimedOperation,
    level: 'info' | 'warn' | 'error',
    message: string,
  ): Promise<void>
  succeeded(operation: ClaimedOperation): Promise<void>
  /**
   * Ends the operation and the step it stood at. A school that was to be made, or to be archived, is FAILED then: neither in
   * service nor closed, until either is asked for again. Any other operation leaves the school's state alone.
   */
  failed(operation: ClaimedOperation, step: string | undefined, reason: string): Promise<void>
  /** Gives the lease back, so that the next one need not wait for its end. */
  release(operation: ClaimedOperation): Promise<void>
  /** Unfinished operations that nobody holds, oldest first. */
  unclaimed(): Promise<string[]>
  /** Lease owners of unfinished operations. */
  leaseOwners(): Promise<string[]>
  /** Frees what a process held that is known to be dead. */
  freeLeasesOf(owner: string): Promise<void>
}

/** States in which a failed operation of a kind has left the school, unfit for anything but to be asked for again. */
const LEFT_HALF_DONE: Partial<Record<OperationKind, readonly TenantStatus[]>> = {
  PROVISION: ['PROVISIONING'],
  ARCHIVE: ['PENDING', 'SUSPENDED'],
}

export function createOperationStore(
  pool: pg.Pool,
  { owner, leaseMs }: LeaseHolder,
): OperationStore {
  const leaseEnd = `now() + make_interval(secs => ${leaseMs / 1000})`

  async function fenced<T>(operation: ClaimedOperation, work: (tx: pg.ClientBase) => Promise<T>) {
    const client = await pool.connect()
    // The loss of a connection fails the query under way, and is an event besides that would end the process.
    const lost = () => {}
    client.on('error', lost)
    try {
      await client.query('begin')
      const { rowCount } = await client.query(
        `update operation set lease_until = ${leaseEnd}
          where id = $1 and fence = $2 and status = 'RUNNING'`,
        [operation.id, operation.fence],
      )
      if (rowCount === 0) throw new LeaseLostError(operation.id)
      const result = await work(client)
      await client.query('commit')
      client.off('error', lost)
      client.release()
      return result
    } catch (error) {
      const isLost = await client.query('rollback').then(
        () => false,
        () => true,
      )
      if (!isLost) client.off('error', lost)
      client.release(isLost)
      throw error
    }
  }

  const event = (tx: pg.ClientBase, operation: ClaimedOperation, type: string, data: object) =>
    tx.query('insert into operation_event (operation_id, type, data) values ($1, $2, $3)', [
      operation.id,
      type,
      JSON.stringify(data),
    ])

  const setStep = (operation: ClaimedOperation, name: string, assignments: string) =>
    fenced(operation, async (tx) => {
      await changeStep(tx, operation, name, assignments)
    })

  async function changeStep(
    tx: pg.ClientBase,
    operation: ClaimedOperation,
    name: string,
    assignments: string,
    error: string | null = null,
  ) {
    const { rows } = await tx.query(
      `update operation_step set ${assignments}, error = $3 where operation_id = $1 and name = $2
       returning name, status, started_at as "startedAt", finished_at as "finishedAt", error`,
      [operation.id, name, error],
    )
    await event(tx, operation, 'step', rows[0] as object)
  }

  return {
    fenced,

    async keep(operation, facts, also) {
      operation.input = await fenced(operation, async (tx) => {
        await also?.(tx)
        const { rows } = await tx.query<{ input: unknown }>(
          'update operation set input = input || $2::jsonb where id = $1 returning input',
          [operation.id, JSON.stringify(facts)],
        )
        return rows[0]?.input
      })
    },

    async claim(operationId) {
      const { rows } = await pool.query<Omit<ClaimedOperation, 'steps'>>(
        `update operation
            set status = 'RUNNING', fence = fence + 1, lease_owner = $2, lease_until = ${leaseEnd},
                started_at = coalesce(started_at, now())
          where id = $1 and status in ('QUEUED', 'RUNNING')
            and (lease_until is null or lease_until <= now() or lease_owner = $2)
         returning id, tenant_id as "tenantId", kind, input, fence`,
        [operationId, owner],
      )
      const [operation] = rows
      if (!operation) return undefined
      const { rows: steps } = await pool.query<ClaimedOperation['steps'][number]>(
        `select position, name, status = 'SUCCEEDED' as done from operation_step
          where operation_id = $1 order by position`,
        [operationId],
      )
      return { ...operation, steps }
    },

    async renew(operation) {
      const { rowCount } = await pool.query(
        `update operation set lease_until = ${leaseEnd}
          where id = $1 and fence = $2 and status = 'RUNNING'`,
        [operation.id, operation.fence],
      )
      return rowCount === 1
    },

    stepStarted: (operation, name) =>
      setStep(
        operation,
        name,
        `status = 'RUNNING', started_at = coalesce(started_at, now()), finished_at = null`,
      ),
    stepSucceeded: (operation, name) =>
      setStep(operation, name, `status = 'SUCCEEDED', finished_at = now()`),

    logLine: (operation, level, message) =>
      fenced(operation, async (tx) => {
        await event(tx, operation, 'log', { level, message })
      }),

    succeeded: (operation) =>
      fenced(operation, async (tx) => {
        await event(tx, operation, 'done', { status: 'SUCCEEDED', error: null })
        await tx.query(
          `update operation set status = 'SUCCEEDED', finished_at = now(), error = null,
                  lease_owner = null, lease_until = null where id = $1`,
          [operation.id],
        )
      }),

    failed: (operation, step, reason) =>
      fenced(operation, async (tx) => {
        if (step !== undefined)
          await changeStep(tx, operation, step, `status = 'FAILED', finished_at = now()`, reason)
        await event(tx, operation, 'log', { level: 'error', message: reason })
        await event(tx, operation, 'done', { status: 'FAILED', error: reason })
        const leftHalfDone = LEFT_HALF_DONE[operation.kind]
        if (leftHalfDone)
          await tx.query(
            `update tenant set status = 'FAILED', version = version + 1, updated_at = now()
              where id = $1 and status = any($2::"TenantStatus"[])`,
            [operation.tenantId, leftHalfDone],
          )
        await tx.query(
          `update operation set status = 'FAILED', finished_at = now(), error = $2,
                  lease_owner = null, lease_until = null where id = $1`,
          [operation.id, reason],
        )
      }),

    async release(operation) {
      await pool.query(
        `update operation set lease_owner = null, lease_until = null
          where id = $1 and fence = $2 and status = 'RUNNING'`,
        [operation.id, operation.fence],
      )
    },

    async unclaimed() {
      const { rows } = await pool.query<{ id: string }>(
        `select id from operation
          where status in ('QUEUED', 'RUNNING')
            and (lease_until is null or lease_until <= now() or lease_owner = $1)
          order by created_at`,
        [owner],
      )
      return rows.map(({ id }) => id)
    },

    async leaseOwners() {
      const { rows } = await pool.query<{ owner: string }>(
        `select distinct lease_owner as owner from operation
          where status in ('QUEUED', 'RUNNING') and lease_until > now()`,
      )
      return rows.map((row) => row.owner)
    },

    async freeLeasesOf(deadOwner) {
      await pool.query(
        `update operation set lease_owner = null, lease_until = null
          where status in ('QUEUED', 'RUNNING') and lease_owner = $1`,
        [deadOwner],
      )
    },
  }
}
