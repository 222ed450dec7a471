import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Db } from '#src/db.ts'
import type { AuditEvent, Prisma } from '#src/generated/prisma/client.ts'
import { localInstant } from '#src/modules/settings/school-time.ts'
import type { AuditEventAnswer, AuditList } from './audit.schema.ts'

export type ListAudit = (query: AuditList) => Promise<Page<AuditEventAnswer>>

interface ListAuditDeps {
  db: Db
  schoolZone: () => Promise<string>
}

export function createListAudit({ db, schoolZone }: ListAuditDeps): ListAudit {
  return async (query) => {
    const { where, orderBy, take } = keyset(query, [
      { field: 'at', kind: 'time', direction: 'desc' },
      { field: 'id', kind: 'uuid', direction: 'desc' },
    ])
    const filter: Prisma.AuditEventWhereInput = {
      ...(query.actorUserId && { actorUserId: query.actorUserId }),
      ...(query.action && {
        action: query.action.endsWith('.') ? { startsWith: query.action } : query.action,
      }),
      ...(query.subjectId && { subjectIds: { has: query.subjectId } }),
      ...((query.from || query.to) && { at: within(query, await schoolZone()) }),
    }
    const [rows, total] = await Promise.all([
      db.auditEvent.findMany({ where: { AND: [filter, where] }, orderBy, take }),
      query.count ? db.auditEvent.count({ where: filter }) : undefined,
    ])
    return toPage(rows, {
      limit: query.limit,
      keyOf: (row) => [row.at.toISOString(), row.id],
      toItem: toAuditEvent,
      total,
    })
  }
}

/** From the first moment of one day to the last of another. */
function within({ from, to }: AuditList, zone: string): Prisma.DateTimeFilter {
  return {
    ...(from && { gte: localInstant(from, '00:00', zone) }),
    ...(to && { lt: localInstant(dayAfter(to), '00:00', zone) }),
  }
}

const dayAfter = (date: string) => {
  const day = new Date(`${date}T00:00:00Z`)
  day.setUTCDate(day.getUTCDate() + 1)
  return day.toISOString().slice(0, 10)
}

const toAuditEvent = (row: AuditEvent): AuditEventAnswer => ({
  id: row.id,
  at: row.at.toISOString(),
  actorUserId: row.actorUserId,
  actorRole: row.actorRole,
  action: row.action,
  subjectType: row.subjectType,
  subjectIds: row.subjectIds,
  fields: row.fields,
  requestId: row.requestId,
  ip: row.ip,
})
