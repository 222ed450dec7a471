import { z } from 'zod'
import { role } from '#src/modules/users/user-fields.ts'

/** Shown once, to whoever issued it. */
export const invite = z.object({
  token: z.string(),
  url: z.string(),
  expiresAt: z.string(),
})

export const sectionInvitesBody = z.strictObject({
  who: z.enum(['students', 'guardians']),
  /** Only for those who never signed in. */
  onlyNew: z.boolean().default(false),
})

const name = {
  firstName: z.string(),
  lastName: z.string().nullable(),
  preferredName: z.string().nullable(),
}

export const sectionInvites = z.object({
  /** In the order in which a class is called: by roll number, then by name; guardians by their first child. */
  items: z.array(
    z.object({
      userId: z.string(),
      role,
      ...name,
      username: z.string(),
      /** Of students. */
      rollNo: z.number().int().nullable().optional(),
      /** Of guardians: theirs in this section. */
      children: z.array(z.object({ studentUserId: z.string(), ...name })).optional(),
      ...invite.shape,
    }),
  ),
})

export type InviteAnswer = z.output<typeof invite>
export type SectionInvitesBody = z.output<typeof sectionInvitesBody>
export type SectionInvitesAnswer = z.output<typeof sectionInvites>
