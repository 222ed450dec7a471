import { email } from '@usms/service-kit/http/fields'
import { z } from 'zod'

/** What is typed is compared, not kept: no policy here, only a bound on the work it can cause. */
const typedPassword = z.string().min(1, 'must not be empty').max(1_000)
const token = z.string().min(1).max(200)

export const signInBody = z.strictObject({ email, password: typedPassword })
/** A browser that sends `X-Token-Transport: cookie` has the token in a cookie it cannot read. */
export const refreshBody = z.strictObject({ refreshToken: token.optional() }).default({})
export const changePasswordBody = z.strictObject({
  currentPassword: typedPassword,
  newPassword: typedPassword,
})

export const owner = z.object({ id: z.string(), email: z.string() })
export const tokens = z.object({
  accessToken: z.string(),
  /** Absent where it travels in a cookie. */
  refreshToken: z.string().optional(),
  /** Seconds. */
  expiresIn: z.number().int(),
  owner,
})
export const me = owner.extend({
  lastLoginAt: z.string().nullable(),
  createdAt: z.string(),
})

export type SignInBody = z.output<typeof signInBody>
export type ChangePasswordBody = z.output<typeof changePasswordBody>
export type Me = z.output<typeof me>
export type OwnerAnswer = z.output<typeof owner>
