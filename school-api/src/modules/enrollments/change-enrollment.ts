import { AppError, conflict, forbidden, notFound } from '@usms/service-kit/errors/app-error'
import { fromDate } from '@usms/service-kit/http/fields'
import type { Actor } from '#src/auth/actor.ts'
import { reachesSection, type Reach } from '#src/auth/reach.ts'
import type { Prisma, StudentEnrollment } from '#src/generated/prisma/client.ts'
import { unknownReference } from '#src/http/unknown-reference.ts'
import {
  dateOutsideYear,
  lastLeavingDay,
  yearContains,
} from '#src/modules/academic-years/academic-years.policy.ts'
import {
  type YearDates,
  yearsForDating,
} from '#src/modules/academic-years/academic-years.queries.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { checkOverride } from '#src/modules/sections/capacity.policy.ts'
import { lockSections, takenSeats } from '#src/modules/sections/seats.queries.ts'
import { refusal } from './enrollments.policy.ts'
import type { EnrollmentPatch } from './enrollments.schema.ts'
import { giveSeats } from './give-seats.ts'

type Tx = Prisma.TransactionClient

interface ChangeEnrollment {
  audit: Audit
  actor: Actor
  reach: Reach
  /** The school's calendar date. */
  today: string
  id: string
  patch: EnrollmentPatch
}

interface Changed {
  row: StudentEnrollment
  /** After a transfer: the one that was opened. */
  opened?: StudentEnrollment
}

/** Transfers, withdraws or renumbers; of two at the same time the second one finds what the first one left. */
export async function changeEnrollment(tx: Tx, change: ChangeEnrollment): Promise<Changed> {
  const { actor, audit, id, patch, reach, today } = change
  checkOverride(actor, patch)
  const before = await lockEnrollment(tx, id)
  if (!reachesSection(reach, before.sectionId)) throw forbidden()
  if (Object.keys(patch).length === 0) return { row: before }
  if (before.leftOn !== null)
    throw conflict('enrollment_closed', 'The student has left this section already')
  const year = (await yearsForDating(tx, [before.academicYearId])).get(before.academicYearId)
  if (!year) throw notFound('academic year')

  const record = (verb: string, ids: string[], fields: string[]) =>
    audit.record(tx, actor, {
      action: `enrollment.${verb}`,
      subjectType: 'enrollment',
      subjectIds: ids,
      fields,
    })
  if (patch.sectionId !== undefined) {
    if (!reachesSection(reach, patch.sectionId)) throw forbidden()
    const moved = await transfer(tx, { before, year, today, patch, sectionId: patch.sectionId })
    await record(
      moved.overfull ? 'transfer-over-capacity' : 'transfer',
      [moved.row.id, moved.opened.id],
      ['sectionId'],
    )
    return moved
  }
  if (patch.leftOn !== undefined || patch.status !== undefined) {
    const leftOn = patch.leftOn ?? today
    if (leftOn > lastLeavingDay(year)) throw dateOutsideYear('leftOn', year)
    const row = await close(tx, before, { leftOn, status: 'WITHDRAWN', reason: patch.reason })
    await record('withdraw', [id], ['leftOn', 'status'])
    return { row }
  }
  // Under the same lock as giving one out: else the next free number could be this one.
  await lockSections(tx, [before.sectionId])
  const row = await tx.studentEnrollment.update({
    where: { id },
    data: { rollNo: patch.rollNo, version: { increment: 1 } },
  })
  await record('update', [id], ['rollNo'])
  return { row }
}

/** Closes here and opens there. `on` is the first day there, so the rosters of the days before stay what they were. */
async function transfer(
  tx: Tx,
  {
    before,
    year,
    today,
    patch,
    sectionId,
  }: {
    before: StudentEnrollment
    year: YearDates
    today: string
    patch: EnrollmentPatch
    sectionId: string
  },
): Promise<Required<Changed> & { overfull: boolean }> {
  const on = patch.on ?? today
  if (!yearContains(year, on)) throw dateOutsideYear('on', year)
  const refuse = (code: string, message: string) =>
    new AppError('unprocessable', code, `sectionId: ${message}`, {
      issues: [{ path: 'sectionId', message }],
    })
  if (sectionId === before.sectionId) throw refuse('same_section', 'the student is there already')
  const sections = await lockSections(tx, [sectionId])
  const section = sections.get(sectionId)
  if (!section) throw unknownReference({ sectionId: 'section' })
  if (section.kind !== 'HOMEROOM')
    throw refuse('not_a_homeroom', 'students are enrolled in homerooms')
  const seats = await takenSeats(tx, [sectionId], today)
  const { rollNos, faults, overfull } = giveSeats(
    [{ academicYearId: year.id, sectionId, rollNo: patch.rollNo, joinedOn: on }],
    sections,
    seats,
    today,
  )
  if (!patch.overrideCapacity) faults.push(...overfull)
  if (faults.length > 0) throw refusal(faults, (fault) => fault.field)

  const row = await close(tx, before, { leftOn: on, status: 'TRANSFERRED', reason: patch.reason })
  const opened = await tx.studentEnrollment.create({
    data: {
      studentUserId: before.studentUserId,
      academicYearId: before.academicYearId,
      sectionId,
      rollNo: rollNos[0] ?? null,
      joinedOn: fromDate(on),
      reason: overfull.length > 0 ? (patch.reason ?? null) : null,
    },
  })
  return { row, opened, overfull: overfull.length > 0 }
}

const close = (
  tx: Tx,
  { id }: StudentEnrollment,
  {
    leftOn,
    status,
    reason,
  }: { leftOn: string; status: 'TRANSFERRED' | 'WITHDRAWN'; reason: string | undefined },
): Promise<StudentEnrollment> =>
  tx.studentEnrollment.update({
    where: { id },
    data: {
      leftOn: fromDate(leftOn),
      status,
      reason: reason ?? null,
      version: { increment: 1 },
    },
  })

async function lockEnrollment(tx: Tx, id: string): Promise<StudentEnrollment> {
  await tx.$queryRaw`select 1 from student_enrollment where id = ${id}::uuid for update`
  const row = await tx.studentEnrollment.findUnique({ where: { id } })
  if (!row) throw notFound('enrollment')
  return row
}
