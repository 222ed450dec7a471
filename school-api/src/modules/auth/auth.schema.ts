import { line, paragraph } from '@usms/service-kit/http/fields'
import { listQuery, pageOf } from '@usms/service-kit/http/list'
import { z } from 'zod'
import { role } from '#src/modules/users/user-fields.ts'

/** Whatever somebody types at sign-in is right or wrong, not malformed: the rules of a good password are checked when it is set. */
const typedPassword = z.string().min(1, 'must not be empty').max(1_000)
const newPassword = z.string().min(1, 'must not be empty').max(1_000)
const refreshToken = z.string().min(1).max(500)

export const loginBody = z.strictObject({
  username: line(200),
  password: typedPassword,
  role: role.optional(),
  /** The teacher's code, asked for by the sign-in form for teachers; a form left empty says nothing. */
  teacherId: paragraph(50, 0).nullish(),
})

/** The token may come in the cookie instead: then there may be no body at all. */
export const refreshBody = z.strictObject({ refreshToken: refreshToken.optional() }).optional()

export const changePasswordBody = z.strictObject({ currentPassword: typedPassword, newPassword })
export const acceptInviteBody = z.strictObject({ token: line(200), password: newPassword })

const signedInUser = z.object({
  id: z.string(),
  username: z.string(),
  role,
  firstName: z.string(),
  lastName: z.string().nullable(),
  preferredName: z.string().nullable(),
})

const ownSchool = z.object({
  code: z.string(),
  name: z.string(),
  timezone: z.string(),
  locale: z.string(),
})

/** Who and where stand beside the tokens: a page that is opened again needs no second request. */
export const signedIn = z.object({
  accessToken: z.string(),
  /** Absent where it travels as a cookie. */
  refreshToken: z.string().optional(),
  /** Life of the access token, in seconds. */
  expiresIn: z.number().int(),
  user: signedInUser,
  school: ownSchool,
})

export const me = z.object({
  ...signedInUser.shape,
  email: z.string().nullable(),
  teacherId: z.string().nullable().optional(),
  admissionNo: z.string().nullable().optional(),
  school: ownSchool,
})

export const sessionList = listQuery
export const session = z.object({
  id: z.string(),
  createdAt: z.string(),
  lastUsedAt: z.string(),
  expiresAt: z.string(),
  ip: z.string().nullable(),
  userAgent: z.string().nullable(),
  /** The one that asks. */
  current: z.boolean(),
})
export const sessionPage = pageOf(session)

export type LoginBody = z.output<typeof loginBody>
export type ChangePasswordBody = z.output<typeof changePasswordBody>
export type AcceptInviteBody = z.output<typeof acceptInviteBody>
export type SignedInUser = z.output<typeof signedInUser>
export type OwnSchool = z.output<typeof ownSchool>
export type MeAnswer = z.output<typeof me>
export type SessionList = z.output<typeof sessionList>
export type SessionAnswer = z.output<typeof session>

/** What signing in and refreshing give; the routes decide how the refresh token travels. */
export type SignedIn = z.output<typeof signedIn> & { refreshToken: string }
