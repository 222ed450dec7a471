import { calendarDate, stamps, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'

export const teachingAssignmentBody = z.strictObject({
  teacherUserId: uuid,
  sectionId: uuid,
  academicYearId: uuid,
  subjectId: uuid.nullable().optional(),
  /** First and last day; absent: those of the year. */
  from: calendarDate.optional(),
  to: calendarDate.optional(),
})
export const teachingAssignmentList = listQuery.extend({
  teacherUserId: uuid.optional(),
  sectionId: uuid.optional(),
  academicYearId: uuid.optional(),
})

export const teachingAssignment = z.object({
  ...stamps,
  teacherUserId: z.string(),
  sectionId: z.string(),
  academicYearId: z.string(),
  subjectId: z.string().nullable(),
  from: z.string(),
  to: z.string(),
})
export const teachingAssignmentPage = pageOf(teachingAssignment)

export type TeachingAssignmentBody = z.output<typeof teachingAssignmentBody>
export type TeachingAssignmentList = z.output<typeof teachingAssignmentList>
export type TeachingAssignmentAnswer = z.output<typeof teachingAssignment>
