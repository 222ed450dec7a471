import { line } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

/** Capitals, so that `Trip` and `TRIP` are not two codes. */
const code = line(20).pipe(
  z
    .string()
    .transform((text) => text.toUpperCase())
    .pipe(z.string().regex(/^[A-Z][A-Z0-9_]*$/, 'must be letters, digits and _')),
)
const meaning = {
  countsPresent: z.boolean(),
  countsPossible: z.boolean(),
  /** Whether an entry of it may say how many minutes somebody was late. */
  takesMinutes: z.boolean(),
}
const orderNo = z.number().int().min(0).max(1_000)

export const attendanceCodeBody = z.strictObject({
  code,
  name: line(100),
  ...meaning,
  takesMinutes: meaning.takesMinutes.default(false),
  orderNo: orderNo.default(100),
})
export const attendanceCodePatch = z
  .strictObject({ name: line(100), ...meaning, orderNo, isActive: z.boolean() })
  .partial()
export const attendanceCodeList = listQuery.extend({ isActive: z.stringbool().optional() })
export const attendanceCodeParams = z.strictObject({ code })

export const attendanceCode = z.object({
  /** The code itself: what entries carry as `status`. */
  id: z.string(),
  code: z.string(),
  name: z.string(),
  countsPresent: z.boolean(),
  countsPossible: z.boolean(),
  takesMinutes: z.boolean(),
  isBuiltIn: z.boolean(),
  isActive: z.boolean(),
  orderNo: z.number().int(),
  version: z.number().int(),
  createdAt: z.string(),
  updatedAt: z.string(),
})
export const attendanceCodePage = pageOf(attendanceCode)

export type AttendanceCodeBody = z.output<typeof attendanceCodeBody>
export type AttendanceCodePatch = z.output<typeof attendanceCodePatch>
export type AttendanceCodeList = z.output<typeof attendanceCodeList>
export type AttendanceCodeAnswer = z.output<typeof attendanceCode>
