import { instant, line, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

export const auditList = listQuery.extend({
  schoolId: uuid.optional(),
  /** In place of its id; any case. */
  schoolCode: line(16)
    .transform((code) => code.toUpperCase())
    .optional(),
  ownerId: uuid.optional(),
  action: line(100).optional(),
  /** From this instant on. */
  from: instant.optional(),
  /** Before this instant. */
  to: instant.optional(),
})

export const auditItem = z.object({
  id: z.string(),
  at: z.string(),
  ownerId: z.string().nullable(),
  ownerEmail: z.string().nullable(),
  action: z.string(),
  schoolId: z.string().nullable(),
  schoolCode: z.string().nullable(),
  fields: z.array(z.string()),
  requestId: z.string().nullable(),
  ip: z.string().nullable(),
})
export const auditPage = pageOf(auditItem)

export type AuditList = z.output<typeof auditList>
export type AuditItem = z.output<typeof auditItem>
export type AuditAnswer = z.output<typeof auditPage>
