import { conflict, notFound, unprocessable } from '@usms/service-kit/errors/app-error'
import { toStamps } from '@usms/service-kit/http/fields'
import { type ExpectedVersions, requireVersion } from '@usms/service-kit/http/if-match'
import { keyset, type Page, toPage } from '@usms/service-kit/http/list'
import type { Actor } from '#src/auth/actor.ts'
import type { Db } from '#src/db.ts'
import type { AttendanceCode, Prisma } from '#src/generated/prisma/client.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import type {
  AttendanceCodeAnswer,
  AttendanceCodeBody,
  AttendanceCodeList,
  AttendanceCodePatch,
} from './attendance-codes.schema.ts'

export interface AttendanceCodesService {
  list(query: AttendanceCodeList): Promise<Page<AttendanceCodeAnswer>>
  read(code: string): Promise<AttendanceCodeAnswer>
  /** @throws AppError 409 `code_taken`, 422 `present_not_possible` */
  create(actor: Actor, body: AttendanceCodeBody): Promise<AttendanceCodeAnswer>
  /** @throws AppError 409 `in_use`, 412 when it is at none of `versions`, 422 `built_in_code` or `present_not_possible` */
  update(
    actor: Actor,
    code: string,
    patch: AttendanceCodePatch,
    versions?: ExpectedVersions,
  ): Promise<AttendanceCodeAnswer>
}

export function createAttendanceCodesService({
  db,
  audit,
}: {
  db: Db
  audit: Audit
}): AttendanceCodesService {
  return {
    async list(query) {
      const { where, orderBy, take } = keyset(query, [
        { field: 'orderNo', kind: 'number' },
        { field: 'code', kind: 'text' },
      ])
      const filter = query.isActive === undefined ? {} : { isActive: query.isActive }
      const [rows, total] = await Promise.all([
        db.attendanceCode.findMany({ where: { AND: [where, filter] }, orderBy, take }),
        query.count ? db.attendanceCode.count({ where: filter }) : undefined,
      ])
      return toPage(rows, {
        limit: query.limit,
        keyOf: (row) => [row.orderNo, row.code],
        toItem: toAttendanceCode,
        total,
      })
    },

    async read(code) {
      const row = await db.attendanceCode.findUnique({ where: { code } })
      if (!row) throw notFound('attendance code')
      return toAttendanceCode(row)
    },

    create: (actor, body) =>
      db.$transaction(async (tx) => {
        refusePresentNotPossible(body)
        const [row] = await tx.attendanceCode.createManyAndReturn({
          data: body,
          skipDuplicates: true,
        })
        if (!row) throw conflict('code_taken', 'There is an attendance code of this name already')
        await audit.record(tx, actor, {
          action: 'attendance-code.create',
          subjectType: 'attendance-code',
          fields: [row.code],
        })
        return toAttendanceCode(row)
      }),

    update: (actor, code, patch, versions) =>
      db.$transaction(async (tx) => {
        // Holds off entries that would be the first of this code: they lock it for their foreign key.
        await tx.$queryRaw`select 1 from attendance_code where code = ${code} for update`
        const row = await tx.attendanceCode.findUnique({ where: { code } })
        if (!row) throw notFound('attendance code')
        requireVersion(row.version, versions)
        const changed = changedFields(row, patch)
        if (changed.length === 0) return toAttendanceCode(row)
        if (row.isBuiltIn && changed.some((field) => field !== 'name'))
          throw unprocessable('built_in_code', 'Of a built-in code only the name can change')
        refusePresentNotPossible({ ...row, ...patch })
        if (changed.some((field) => COUNTED.has(field))) await refuseUsed(tx, code)
        const saved = await tx.attendanceCode.update({
          where: { code },
          data: { ...patch, version: { increment: 1 } },
        })
        await audit.record(tx, actor, {
          action: 'attendance-code.update',
          subjectType: 'attendance-code',
          fields: changed,
        })
        return toAttendanceCode(saved)
      }),
  }
}

/** What percentages are computed from. */
const COUNTED: ReadonlySet<string> = new Set<keyof AttendanceCodePatch>([
  'countsPresent',
  'countsPossible',
])

const changedFields = (row: AttendanceCode, patch: AttendanceCodePatch) =>
  (Object.keys(patch) as (keyof AttendanceCodePatch)[]).filter(
    (field) => patch[field] !== undefined && patch[field] !== row[field],
  )

/** A percentage above 100 would follow. */
function refusePresentNotPossible(code: { countsPresent: boolean; countsPossible: boolean }) {
  if (code.countsPresent && !code.countsPossible)
    throw unprocessable('present_not_possible', 'What counts as present counts as possible too', {
      issues: [{ path: 'countsPossible', message: 'must be true when countsPresent is' }],
    })
}

/** Changing what a used code means would rewrite percentages that were reported already. */
async function refuseUsed(tx: Prisma.TransactionClient, code: string) {
  if (await tx.attendanceEntry.findFirst({ where: { status: code }, select: { id: true } }))
    throw conflict('in_use', 'Entries carry this code: retire it and add another')
}

const toAttendanceCode = (row: AttendanceCode): AttendanceCodeAnswer => ({
  ...toStamps({ ...row, id: row.code }),
  code: row.code,
  name: row.name,
  countsPresent: row.countsPresent,
  countsPossible: row.countsPossible,
  takesMinutes: row.takesMinutes,
  isBuiltIn: row.isBuiltIn,
  isActive: row.isActive,
  orderNo: row.orderNo,
})
