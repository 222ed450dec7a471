import { calendarDate, reason, stamps, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

const rollNo = z.number().int().min(1).max(100_000)
const fields = {
  studentUserId: uuid,
  academicYearId: uuid,
  sectionId: uuid,
  /** Absent: the next free one of the section and year. */
  rollNo: rollNo.optional(),
  /** Absent: today, or the year's first day while that is ahead. */
  joinedOn: calendarDate.optional(),
}
/** More students than seats: the office only, and with a reason. */
const override = { overrideCapacity: z.boolean().optional(), reason: reason.optional() }
const withReason = {
  check: (body: { overrideCapacity?: boolean | undefined; reason?: string | undefined }) =>
    !body.overrideCapacity || body.reason !== undefined,
  issue: { path: ['reason'], message: 'is needed to override the capacity' },
}

export const enrollmentBody = z
  .strictObject({ ...fields, ...override })
  .refine(withReason.check, withReason.issue)

export const enrollmentBulk = z
  .strictObject({ enrollments: z.array(z.strictObject(fields)).min(1).max(200), ...override })
  .refine(withReason.check, withReason.issue)
  .superRefine(({ enrollments }, context) => {
    const seen = new Set<string>()
    enrollments.forEach(({ studentUserId, academicYearId }, i) => {
      const key = `${studentUserId} ${academicYearId}`
      if (seen.has(key))
        context.addIssue({
          code: 'custom',
          path: ['enrollments', i, 'studentUserId'],
          message: 'appears twice for this year',
        })
      seen.add(key)
    })
  })

/** A transfer (`sectionId`), a withdrawal (`leftOn` or `status`) or another roll number. */
export const enrollmentPatch = z
  .strictObject({
    sectionId: uuid.optional(),
    /** The first day in the other section; absent: today. */
    on: calendarDate.optional(),
    /** The first day on which the student is not there; absent: today. */
    leftOn: calendarDate.optional(),
    status: z.literal('WITHDRAWN').optional(),
    rollNo: rollNo.optional(),
    ...override,
  })
  .superRefine((patch, context) => {
    const fault = (path: keyof typeof patch, message: string) =>
      context.addIssue({ code: 'custom', path: [path], message })
    const transfers = patch.sectionId !== undefined
    const withdraws = patch.leftOn !== undefined || patch.status !== undefined
    if (transfers && withdraws) fault('leftOn', 'a transfer and a withdrawal are two requests')
    if ((transfers || withdraws) && patch.reason === undefined) fault('reason', 'is needed')
    if (!transfers && !withdraws && patch.reason !== undefined)
      fault('reason', 'goes with a transfer or a withdrawal')
    if (!transfers && patch.on !== undefined) fault('on', 'goes with sectionId')
    if (!transfers && patch.overrideCapacity !== undefined)
      fault('overrideCapacity', 'goes with sectionId')
    if (withdraws && patch.rollNo !== undefined)
      fault('rollNo', 'whoever leaves needs no other roll number')
  })

export const enrollmentList = listQuery

export const enrollment = z.object({
  ...stamps,
  studentUserId: z.string(),
  academicYearId: z.string(),
  sectionId: z.string(),
  rollNo: z.number().int().nullable(),
  status: z.enum(['ACTIVE', 'TRANSFERRED', 'WITHDRAWN']),
  joinedOn: z.string(),
  /** Exclusive: the first day on which the student is not there. */
  leftOn: z.string().nullable(),
  /** For staff. */
  reason: z.string().nullable(),
})
export const enrollmentPage = pageOf(enrollment)
export const enrollmentsMade = z.object({ items: z.array(enrollment) })
/** After a transfer: the enrollment in the other section too. */
export const enrollmentChanged = enrollment.extend({ transferredTo: enrollment.optional() })

export type EnrollmentBody = z.output<typeof enrollmentBody>
export type EnrollmentBulk = z.output<typeof enrollmentBulk>
export type EnrollmentPatch = z.output<typeof enrollmentPatch>
export type EnrollmentList = z.output<typeof enrollmentList>
export type EnrollmentAnswer = z.output<typeof enrollment>
export type EnrollmentChanged = z.output<typeof enrollmentChanged>
