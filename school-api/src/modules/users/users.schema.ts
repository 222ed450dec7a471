import { line } from '@usms/service-kit/http/fields'
import { pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'
import { invite } from '#src/modules/invites/invites.schema.ts'
import { peopleList, personAnswer, personFields, role } from './user-fields.ts'

export const userBody = z.strictObject({ ...personFields, role })
export const userPatch = userBody.partial()
export const userList = z.strictObject({
  ...peopleList.shape,
  role: role.optional(),
  /** OWNER and ADMIN together, or everybody else. */
  isOffice: z.stringbool().optional(),
})
export const freeUsernameQuery = z.strictObject({ like: line(90) })
/** Free when it was asked for; somebody may have taken it since. */
export const freeUsername = z.object({ username: z.string() })

export const user = z.object(personAnswer)
export const createdUser = z.object({ ...personAnswer, invite })
export const userPage = pageOf(user)

export type UserBody = z.output<typeof userBody>
export type UserPatch = z.output<typeof userPatch>
export type UserList = z.output<typeof userList>
export type FreeUsernameAnswer = z.output<typeof freeUsername>
export type UserAnswer = z.output<typeof user>
export type CreatedUserAnswer = z.output<typeof createdUser>
