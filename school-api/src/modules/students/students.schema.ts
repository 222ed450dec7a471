import { calendarDate, line, uuid } from '@usms/service-kit/http/fields'
import { pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'
import { invite } from '#src/modules/invites/invites.schema.ts'
import { peopleInSectionsList, personAnswer, personFields } from '#src/modules/users/user-fields.ts'

export const studentBody = z.strictObject({
  ...personFields,
  admissionNo: line(50).nullish(),
  dob: calendarDate.nullish(),
})
export const studentPatch = studentBody.partial()
export const studentList = z.strictObject({
  ...peopleInSectionsList.shape,
  /** Only who has no section in this academic year: whom to enroll. */
  notEnrolledIn: uuid.optional(),
})

/** Without a way to reach them: guardians' addresses are the office's, at /students/:id/guardians. */
const guardianOfStudent = z.object({
  guardianUserId: z.string(),
  firstName: z.string(),
  lastName: z.string().nullable(),
  preferredName: z.string().nullable(),
  relationship: z.string().nullable(),
})

const currentEnrollment = z.object({
  enrollmentId: z.string(),
  academicYearId: z.string(),
  sectionId: z.string(),
  sectionName: z.string(),
  gradeId: z.string().nullable(),
  gradeName: z.string().nullable(),
  rollNo: z.number().int().nullable(),
  joinedOn: z.string(),
})

export const student = z.object({
  ...personAnswer,
  admissionNo: z.string().nullable(),
  dob: z.string().nullable(),
  guardians: z.array(guardianOfStudent),
  currentEnrollment: currentEnrollment.nullable(),
})
export const createdStudent = z.object({ ...student.shape, invite })
export const studentPage = pageOf(student)

export type StudentBody = z.output<typeof studentBody>
export type StudentPatch = z.output<typeof studentPatch>
export type StudentList = z.output<typeof studentList>
export type StudentAnswer = z.output<typeof student>
export type CreatedStudentAnswer = z.output<typeof createdStudent>
