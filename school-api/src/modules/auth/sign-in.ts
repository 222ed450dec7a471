import type { AccessTokens } from '@usms/service-kit/auth/access-token'
import type { Passwords } from '@usms/service-kit/auth/passwords'
import type { Sessions } from '@usms/service-kit/auth/sessions'
import { forbidden, unauthenticated } from '@usms/service-kit/errors/app-error'
import type { SignInLimits } from '@usms/service-kit/auth/sign-in-limits'
import type { Db } from '#src/db.ts'
import type { Audit } from '#src/modules/audit/audit.service.ts'
import { usernameKeyOf } from '#src/modules/users/user-fields.ts'
import type { IssuedTokens, LoginBody, SignedInUser } from './auth.schema.ts'
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

export type SignIn = (
  body: LoginBody,
  client: Client,
) => Promise<IssuedTokens & { user: SignedInUser }>

/**
 * Signs somebody in. Who does not exist, is deactivated, has a wrong password or a wrong teacher's code gets one and the same answer
 * after the same work; only who has shown the right password learns that the role is another.
 */
export function createSignIn(deps: SignInDeps): SignIn {
  const { db, audit, now, accessTokens, sessions, passwords, limits } = deps

  return async (body, client) => {
    const usernameKey = usernameKeyOf(body.username)
    await limits.enter(usernameKey, client.ip)
    const { user, isRight } = await check(usernameKey, body.password).catch(
      async (error: unknown) => {
        await limits.undecided(usernameKey, client.ip)
        throw error
      },
    )
    if (!user || !isRight) throw await refused(user)
    if (body.role !== undefined && body.role !== user.role) {
      await limits.undecided(usernameKey, client.ip)
      await record('sign-in.refused', user)
      throw forbidden('This account has another role', 'role_mismatch')
    }
    if (body.teacherId !== undefined && body.teacherId !== user.teacherCode)
      throw await refused(user)
    return open(user, client)
  }

  async function check(usernameKey: string, password: string) {
    const user = await findByUsername(db, usernameKey)
    const hash = user?.isActive ? user.passwordHash : null
    return { user, isRight: await passwords.matches(password, hash) }
  }

  async function refused(user: SignInRow | undefined) {
    await record('sign-in.failed', user)
    return invalidCredentials()
  }

  function record(action: string, user: SignInRow | undefined) {
    const subjectIds = user ? [user.id] : []
    return audit.record(db, null, { action, subjectType: 'user', subjectIds })
  }

  async function open(user: SignInRow, client: Client) {
    const { sessionId, refreshToken } = await db.$transaction(async (tx) => {
      // First, since it locks the account: whoever changes the password or deactivates it meanwhile is either seen here, or waits
      // for us and then ends the session that is opened now.
      if (!(await noteSignIn(tx, user, now()))) throw invalidCredentials()
      const opened = await sessions.on(tx).open(user.id, client)
      await audit.record(
        tx,
        { userId: user.id, role: user.role },
        { action: 'sign-in.succeeded', subjectType: 'session', subjectIds: [opened.sessionId] },
      )
      return opened
    })
    await limits.succeeded(user.usernameKey, client.ip)
    return {
      accessToken: accessTokens.sign({ sub: user.id, sid: sessionId, role: user.role }),
      refreshToken,
      expiresIn: accessTokens.expiresInSeconds,
      user: toSignedInUser(user),
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
