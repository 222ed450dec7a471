import { calendarDate, line } from '@usms/service-kit/http/fields'
import { pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'
import { invite } from '#src/modules/invites/invites.schema.ts'
import { peopleInSectionsList, personAnswer, personFields } from '#src/modules/users/user-fields.ts'

export const teacherBody = z.strictObject({
  ...personFields,
  /** What the sign-in form calls the teacher id. */
  teacherCode: line(50).nullish(),
  hireDate: calendarDate.nullish(),
})
export const teacherPatch = teacherBody.partial()
export const teacherList = peopleInSectionsList

export const teacher = z.object({
  ...personAnswer,
  teacherCode: z.string().nullable(),
  hireDate: z.string().nullable(),
})
export const createdTeacher = z.object({ ...teacher.shape, invite })
export const teacherPage = pageOf(teacher)

export type TeacherBody = z.output<typeof teacherBody>
export type TeacherPatch = z.output<typeof teacherPatch>
export type TeacherList = z.output<typeof teacherList>
export type TeacherAnswer = z.output<typeof teacher>
export type CreatedTeacherAnswer = z.output<typeof createdTeacher>
