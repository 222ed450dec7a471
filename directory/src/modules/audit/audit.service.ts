import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Db } from '#src/db.ts'
import type { AuditItem, AuditList } from './audit.schema.ts'

export interface AuditService {
  list(query: AuditList): Promise<Page<AuditItem>>
}

export function createAuditService({ db }: { db: Db }): AuditService {
  return {
    async list({ schoolId, schoolCode, ownerId, action, from, to, ...query }) {
      const named =
        schoolCode === undefined
          ? undefined
          : await db.tenant.findUnique({ where: { code: schoolCode }, select: { id: true } })
      // No school has that code, so there is nothing of it either.
      if (named === null) return { items: [], nextCursor: null, ...(query.count && { total: 0 }) }
      const filter = {
        AND: [schoolId ? { tenantId: schoolId } : {}, named ? { tenantId: named.id } : {}],
        ...(ownerId && { ownerId }),
        ...(action && { action }),
        ...((from || to) && {
          at: { ...(from && { gte: new Date(from) }), ...(to && { lt: new Date(to) }) },
        }),
      }
      const { where, orderBy, take } = keyset(query, [
        { field: 'at', kind: 'time', direction: 'desc' },
        { field: 'id', kind: 'uuid', direction: 'desc' },
      ])
      const [rows, total] = await Promise.all([
        db.ownerAudit.findMany({ where: { AND: [filter, where] }, orderBy, take }),
        query.count ? db.ownerAudit.count({ where: filter }) : undefined,
      ])
      // No foreign keys here, the trail outlives what it speaks of: names are looked up where they still exist.
      const [owners, schools] = await Promise.all([
        db.ownerUser.findMany({
          where: { id: { in: present(rows.map((row) => row.ownerId)) } },
          select: { id: true, email: true },
        }),
        db.tenant.findMany({
          where: { id: { in: present(rows.map((row) => row.tenantId)) } },
          select: { id: true, code: true },
        }),
      ])
      const emails = new Map(owners.map(({ id, email }) => [id, email]))
      const codes = new Map(schools.map(({ id, code }) => [id, code]))
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.at.toISOString(), row.id],
        toItem: (row) => ({
          id: row.id,
          at: row.at.toISOString(),
          ownerId: row.ownerId,
          ownerEmail: (row.ownerId && emails.get(row.ownerId)) || null,
          action: row.action,
          schoolId: row.tenantId,
          schoolCode: (row.tenantId && codes.get(row.tenantId)) || null,
          fields: row.fields,
          requestId: row.requestId,
          ip: row.ip,
        }),
        total,
      })
    },
  }
}

const present = (ids: readonly (string | null)[]) => [...new Set(ids.filter((id) => id !== null))]
