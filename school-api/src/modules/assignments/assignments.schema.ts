import { instant, line, paragraph, stamps, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

const status = z.enum(['OPEN', 'CLOSED'])
const maxMarks = z
  .number()
  .positive('must be more than 0')
  .max(10_000)
  .multipleOf(0.5, 'must be whole or a half')

export const assignmentBody = z.strictObject({
  sectionId: uuid,
  title: line(200),
  description: paragraph(20_000).nullish(),
  dueAt: instant.nullish(),
  maxMarks: maxMarks.default(100),
  subjectId: uuid.nullish(),
})

/** The section stays: its students have been told. */
export const assignmentPatch = z
  .strictObject({
    title: line(200),
    description: paragraph(20_000).nullable(),
    dueAt: instant.nullable(),
    maxMarks,
    subjectId: uuid.nullable(),
    status,
  })
  .partial()

export const assignmentList = listQuery.extend({
  sectionId: uuid.optional(),
  status: status.optional(),
})

export const assignment = z.object({
  ...stamps,
  sectionId: z.string(),
  academicYearId: z.string(),
  subjectId: z.string().nullable(),
  title: z.string(),
  description: z.string().nullable(),
  dueAt: z.string().nullable(),
  maxMarks: z.number(),
  status,
  createdByUserId: z.string(),
})
export const assignmentPage = pageOf(assignment)

export type AssignmentBody = z.output<typeof assignmentBody>
export type AssignmentPatch = z.output<typeof assignmentPatch>
export type AssignmentList = z.output<typeof assignmentList>
export type AssignmentAnswer = z.output<typeof assignment>
