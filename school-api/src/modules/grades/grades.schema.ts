import { line, stamps } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

export const gradeBody = z.strictObject({
  code: line(20),
  name: line(100),
  orderNo: z.number().int().min(0).max(1_000),
})
export const gradePatch = gradeBody.partial()
export const gradeList = listQuery

export const grade = z.object({
  ...stamps,
  code: z.string(),
  name: z.string(),
  orderNo: z.number().int(),
})
export const gradePage = pageOf(grade)

export type GradeBody = z.output<typeof gradeBody>
export type GradePatch = z.output<typeof gradePatch>
export type GradeList = z.output<typeof gradeList>
export type GradeAnswer = z.output<typeof grade>
