import { notFound } from '@usms/service-kit/errors/app-error'
import type { Actor } from '#src/auth/actor.ts'
import type { SignInLimits } from '@usms/service-kit/auth/sign-in-limits'
import type { MeAnswer } from './auth.schema.ts'
import { createOwnSessions, type OwnSessions } from './own-sessions.ts'
import { createSetPassword, type SetPassword } from './set-password.ts'
import { createSignIn, type SignIn, type SignInDeps } from './sign-in.ts'
import { findMe } from './sign-in.queries.ts'

type AuthDeps = Omit<SignInDeps, 'limits'> & { signInLimits: SignInLimits }

export interface AuthService {
  signIn: SignIn
  sessions: OwnSessions
  password: SetPassword
  me(actor: Actor): Promise<MeAnswer>
}

export function createAuthService({ signInLimits: limits, ...deps }: AuthDeps): AuthService {
  const { db } = deps
  return {
    signIn: createSignIn({ ...deps, limits }),
    sessions: createOwnSessions(deps),
    password: createSetPassword({ ...deps, limits }),
    async me(actor) {
      const row = await findMe(db, actor.userId)
      if (!row) throw notFound('user')
      const { teacherCode, admissionNo, ...user } = row
      return {
        ...user,
        ...(user.role === 'TEACHER' && { teacherId: teacherCode }),
        ...(user.role === 'STUDENT' && { admissionNo }),
      }
    },
  }
}
