import type pg from 'pg'
import type { TenantStatus } from '#src/generated/prisma/enums.ts'
import type { ClaimedOperation } from './operation-store.ts'

/** The school as the directory knows it, read anew for every step. */
export interface School {
  id: string
  code: string
  name: string
  timezone: string
  locale: string
  adminEmail: string | null
  status: TenantStatus
  schemaLevel: string | null
  /** The one it is meant to run; null: whatever the runtime starts now. */
  release: string | null
}

export interface StepContext {
  operation: ClaimedOperation
  school: School
  /** Writes a line into the operation's log: for people, without secrets. */
  say(message: string): Promise<void>
  /** Runs writes to the directory's database that must not happen once somebody else drives the operation. */
  fenced<T>(work: (tx: pg.ClientBase) => Promise<T>): Promise<T>
  /**
   * Keeps facts in the operation's input for the steps after this one, whoever drives them.
   * @param also written with them, or not at all
   */
  keep(facts: object, also?: (tx: pg.ClientBase) => Promise<void>): Promise<void>
  /** Aborted when the lease was lost or this process closes: a step that waits gives up. */
  signal: AbortSignal
}

/**
 * Observes, acts, verifies. Safe to run again after having been cut off anywhere.
 * @throws Error whose message tells the owner why
 */
export type Step = (context: StepContext) => Promise<void>

/** A restart of a school that is not meant to run starts nothing. */
export const staysStopped = ({ operation, school }: StepContext) =>
  operation.kind === 'RESTART' && school.status !== 'ACTIVE'
