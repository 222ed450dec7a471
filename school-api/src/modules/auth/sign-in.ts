import type { AccessTokens } from '@usms/service-kit/auth/access-token'
import type { Passwords } from '@usms/service-kit/auth/passwords'
import type { Sessions } from '@usms/service-kit/auth/sessions'
import { forbidden, unauthenticated } from '@usms/service-kit/errors/app-error'
import type { SignInLimits } from '@usms/service-kit/auth/sign-in-limits'
import type { Db } from '#src/db.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { usernameKeyOf } from '#src/modules/users/user-fields.ts'
import type { LoginBody, SignedIn, SignedInUser } from './auth.schema.ts'
import { findByUsername, noteSignIn, type SignInRow } from './sign-in.queries.ts'

export interface Client {
  ip: string | undefined
  userAgent: string | undefined
}

export interface SignInDeps {
  db: Db
  audit: Audit
  now: () => Date
  accessTokens: AccessTokens
  sessions: Sessions
  passwords: Passwords
  limits: SignInLimits
}

export type SignIn = (body: LoginBody, client: Client) => Promise<SignedIn>

/**
 * Signs somebody in. Who does not exist, is deactivated, has a wrong password or a wrong teacher's code gets one and the same answer
 * after the same work; only who has shown the right password learns that the role is another.
 */
export function createSignIn(deps: SignInDeps): SignIn {
  const { db, audit, now, accessTokens, sessions, passwords, limits } = deps

  return async (body, client) => {
    const usernameKey = usernameKeyOf(body.username)
    const { user, isRight } = await limits.guard(usernameKey, client.ip, () =>
      check(usernameKey, body),
    )
    if (!user || !isRight) {
      await record('sign-in.failed', user)
      throw invalidCredentials()
    }
    if (body.role !== undefined && body.role !== user.role) {
      await record('sign-in.refused', user)
      throw forbidden('This account has another role', 'role_mismatch')
    }
    return open(user, client)
  }

  async function check(usernameKey: string, { password, role, teacherId }: LoginBody) {
    const user = await findByUsername(db, usernameKey)
    const hash = user?.isActive ? user.passwordHash : null
    const isRight = await passwords.matches(password, hash)
    // The form keeps what was typed for a teacher when somebody else signs in: to others it says nothing. And who named another
    // role is told that first.
    const isAsked = user?.role === 'TEACHER' && (role === undefined || role === user.role)
    const isTeachersOwn = !isAsked || !teacherId || teacherId === user.teacherCode
    return { user, isRight: isRight && isTeachersOwn }
  }

  function record(action: string, user: SignInRow | undefined) {
    const subjectIds = user ? [user.id] : []
    return audit.record(db, null, { action, subjectType: 'user', subjectIds })
  }

  async function open(user: SignInRow, client: Client) {
    const { school, sessionId, refreshToken } = await db.$transaction(async (tx) => {
      // First, since it locks the account: whoever changes the password or deactivates it meanwhile is either seen here, or waits
      // for us and then ends the session that is opened now.
      const school = await noteSignIn(tx, user, now())
      if (!school) throw invalidCredentials()
      const opened = await sessions.on(tx).open(user.id, client)
      await audit.record(
        tx,
        { userId: user.id, role: user.role },
        { action: 'sign-in.succeeded', subjectType: 'session', subjectIds: [opened.sessionId] },
      )
      return { ...opened, school }
    })
    return {
      accessToken: accessTokens.sign({ sub: user.id, sid: sessionId, role: user.role }),
      refreshToken,
      expiresIn: accessTokens.expiresInSeconds,
      user: toSignedInUser(user),
      school,
    }
  }
}

const invalidCredentials = () =>
  unauthenticated('The username or the password is wrong', 'invalid_credentials')

const toSignedInUser = (row: SignInRow): SignedInUser => ({
  id: row.id,
  username: row.username,
  role: row.role,
  firstName: row.firstName,
  lastName: row.lastName,
  preferredName: row.preferredName,
})
