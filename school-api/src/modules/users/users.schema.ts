import { pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'
import { invite } from '#src/modules/invites/invites.schema.ts'
import { peopleList, personAnswer, personFields, role } from './user-fields.ts'

export const userBody = z.strictObject({ ...personFields, role })
export const userPatch = userBody.partial()
export const userList = z.strictObject({ ...peopleList.shape, role: role.optional() })

export const user = z.object(personAnswer)
export const createdUser = z.object({ ...personAnswer, invite })
export const userPage = pageOf(user)

export type UserBody = z.output<typeof userBody>
export type UserPatch = z.output<typeof userPatch>
export type UserList = z.output<typeof userList>
export type UserAnswer = z.output<typeof user>
export type CreatedUserAnswer = z.output<typeof createdUser>
