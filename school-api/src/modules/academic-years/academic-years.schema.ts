import { calendarDate, line, stamps } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

const termBody = z.strictObject({ name: line(100), startsOn: calendarDate, endsOn: calendarDate })

export const academicYearBody = z.strictObject({
  code: line(20),
  name: line(100),
  startsOn: calendarDate,
  endsOn: calendarDate,
  /** Absent: current when no other year is. */
  isCurrent: z.boolean().optional(),
  terms: z.array(termBody).max(20).optional(),
})
/** `terms` replaces the whole list. */
export const academicYearPatch = academicYearBody.partial()
export const academicYearList = listQuery.extend({ isCurrent: z.stringbool().optional() })

const term = z.object({
  id: z.string(),
  name: z.string(),
  startsOn: z.string(),
  endsOn: z.string(),
})
export const academicYear = z.object({
  ...stamps,
  code: z.string(),
  name: z.string(),
  startsOn: z.string(),
  endsOn: z.string(),
  isCurrent: z.boolean(),
  /** In their order. */
  terms: z.array(term),
})
export const academicYearPage = pageOf(academicYear)

export type AcademicYearBody = z.output<typeof academicYearBody>
export type AcademicYearPatch = z.output<typeof academicYearPatch>
export type AcademicYearList = z.output<typeof academicYearList>
export type AcademicYearAnswer = z.output<typeof academicYear>
