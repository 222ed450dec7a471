import { calendarDate, line, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

export const auditList = listQuery.extend({
  /** First and last day, in the school's time zone. */
  from: calendarDate.optional(),
  to: calendarDate.optional(),
  actorUserId: uuid.optional(),
  /** A whole action (`grade.create`), or every one of a noun (`grade.`). */
  action: line(100).optional(),
  subjectId: uuid.optional(),
})

export const auditEvent = z.object({
  id: z.string(),
  at: z.string(),
  actorUserId: z.string().nullable(),
  actorRole: z.string().nullable(),
  action: z.string(),
  subjectType: z.string().nullable(),
  subjectIds: z.array(z.string()),
  fields: z.array(z.string()),
  requestId: z.string().nullable(),
  ip: z.string().nullable(),
})
export const auditPage = pageOf(auditEvent)

export type AuditList = z.output<typeof auditList>
export type AuditEventAnswer = z.output<typeof auditEvent>
