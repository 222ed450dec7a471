import { currentContext } from '@usms/service-kit/http/request-context'
import type { Actor } from '#src/auth/actor.ts'
import type { DbOrTx } from '#src/db.ts'

export interface AuditEntry {
  /** `noun.verb`: `student.create`, `register.mark`, `sign-in.failed`. */
  action: string
  subjectType?: string
  subjectIds?: readonly string[]
  /** Names of the fields changed, never their values: values could never be erased from an append-only table. */
  fields?: readonly string[]
}

export interface Audit {
  /** Writes one row, in the caller's transaction where there is one: what was done and its trace stand or fall together. */
  record(db: DbOrTx, actor: Pick<Actor, 'userId' | 'role'> | null, entry: AuditEntry): Promise<void>
}

export function createAudit(): Audit {
  return {
    async record(db, actor, { action, subjectType, subjectIds = [], fields = [] }) {
      const context = currentContext()
      // Raw, because Prisma's create reads the row back.
      await db.$executeRaw`
        insert into audit_event (actor_user_id, actor_role, action, subject_type, subject_ids, fields, request_id, ip)
        values (${actor?.userId ?? null}::uuid, ${actor?.role ?? null}::"Role", ${action}, ${subjectType ?? null},
                ${[...subjectIds]}::uuid[], ${[...fields]}::text[], ${context?.requestId ?? null}, ${context?.ip ?? null})`
    },
  }
}
