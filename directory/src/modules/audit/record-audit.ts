import { currentContext } from '@usms/service-kit/http/request-context'
import type { DbOrTx } from '#src/db.ts'

interface AuditEntry {
  /** Absent where nobody is signed in: a failed sign-in, the first owner. */
  ownerId?: string | null
  /** `noun.verb`: `school.create`, `owner.sign-in-failed`. */
  action: string
  tenantId?: string
  /** Names of the fields changed, never their values: values could never be erased from an append-only table. */
  fields?: readonly string[]
}

/** Writes one row, in the caller's transaction: what was done and its trace stand or fall together. */
export async function recordAudit(
  db: DbOrTx,
  { ownerId, action, tenantId, fields = [] }: AuditEntry,
): Promise<void> {
  const context = currentContext()
  // Raw, because Prisma's create reads the row back.
  await db.$executeRaw`
    insert into owner_audit (owner_id, action, tenant_id, fields, request_id, ip)
    values (${ownerId ?? null}::uuid, ${action}, ${tenantId ?? null}::uuid, ${[...fields]}::text[],
            ${context?.requestId ?? null}, ${context?.ip ?? null})`
}
