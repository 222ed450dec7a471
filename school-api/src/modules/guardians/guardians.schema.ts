import { idParams, line, uuid } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'
import { invite } from '#src/modules/invites/invites.schema.ts'
import { peopleList, personAnswer, personFields } from '#src/modules/users/user-fields.ts'

const relationship = line(50).nullish()

export const guardianBody = z.strictObject({
  ...personFields,
  studentUserIds: z
    .array(uuid)
    .max(20)
    .refine((ids) => new Set(ids).size === ids.length, 'must not name a student twice')
    .optional(),
  /** To all of them. */
  relationship,
})
export const guardianList = peopleList

const child = z.object({
  studentUserId: z.string(),
  firstName: z.string(),
  lastName: z.string().nullable(),
  preferredName: z.string().nullable(),
  relationship: z.string().nullable(),
})

export const guardian = z.object({ ...personAnswer, children: z.array(child) })
export const createdGuardian = z.object({ ...guardian.shape, invite })
export const guardianPage = pageOf(guardian)

export const guardianLinkParams = z.strictObject({ ...idParams.shape, guardianUserId: uuid })
export const guardianLinkBody = z.strictObject({ guardianUserId: uuid, relationship })
export const guardianLink = z.object({
  studentUserId: z.string(),
  guardianUserId: z.string(),
  relationship: z.string().nullable(),
  createdAt: z.string(),
})

export const guardianOfStudentList = listQuery
export const guardianOfStudent = z.object({
  ...personAnswer,
  guardianUserId: z.string(),
  relationship: z.string().nullable(),
})
export const guardianOfStudentPage = pageOf(guardianOfStudent)

export type GuardianBody = z.output<typeof guardianBody>
export type GuardianList = z.output<typeof guardianList>
export type GuardianAnswer = z.output<typeof guardian>
export type CreatedGuardianAnswer = z.output<typeof createdGuardian>
export type GuardianLinkBody = z.output<typeof guardianLinkBody>
export type GuardianLinkAnswer = z.output<typeof guardianLink>
export type GuardianOfStudentList = z.output<typeof guardianOfStudentList>
export type GuardianOfStudentAnswer = z.output<typeof guardianOfStudent>
