import type pg from 'pg'
import type { ClaimedOperation } from './operation-store.ts'

/** The school as the directory knows it, read anew for every step. */
export interface School {
  id: string
  code: string
  name: string
  timezone: string
  locale: string
  adminEmail: string | null
  status: 'PENDING' | 'PROVISIONING' | 'ACTIVE' | 'SUSPENDED' | 'FAILED'
  schemaLevel: string | null
}

export interface StepContext {
  operation: ClaimedOperation
  school: School
  /** Writes a line into the operation's log: for people, without secrets. */
  say(message: string): Promise<void>
  /** Runs writes to the directory's database that must not happen once somebody else drives the operation. */
  fenced<T>(work: (tx: pg.ClientBase) => Promise<T>): Promise<T>
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
