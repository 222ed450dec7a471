import { createAccessTokens } from '@usms/service-kit/auth/access-token'
import { createPasswords } from '@usms/service-kit/auth/passwords'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createOwner } from './create-owner.ts'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'

interface Tokens {
  accessToken: string
  refreshToken: string
  expiresIn: number
  owner: { id: string; email: string }
}

const SECRET = 'an access token secret of the test only'
let directory: TestDirectory

beforeAll(async () => {
  directory = await startDirectory({ env: { OWNER_JWT_SECRET: SECRET } })
})
afterAll(() => directory.stop())

const post = <Body = Record<string, unknown>>(
  path: string,
  body?: unknown,
  options: { token?: string; headers?: Record<string, string> } = {},
) => directory.call<Body>('POST', `/owner/auth/${path}`, { body, ...options })

async function signIn() {
  const { email, password } = directory.owner
  const answer = await post<Tokens>('login', { email, password })
  expect(answer.status).toBe(200)
  return answer.body
}

const me = (token: string) => directory.call('GET', '/owner/auth/me', { token })

describe('POST /owner/auth/login', () => {
  it('gives an access token of 15 minutes and a refresh token', async () => {
    const tokens = await signIn()
    expect(tokens).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresIn: 900,
      owner: { id: directory.owner.id, email: 'Owner@Example.org' },
    })
    expect((await me(tokens.accessToken)).status).toBe(200)
  })

  it('takes the e-mail address in any case', async () => {
    const { password } = directory.owner
    expect((await post('login', { email: ' OWNER@example.ORG ', password })).status).toBe(200)
  })

  it('names every fault of its input', async () => {
    const answer = await post('login', { email: 'nobody', extra: 1 })
    expect(answer.status).toBe(400)
    expect(answer.headers.get('content-type')).toContain('application/problem+json')
    const paths = (answer.body.errors as { path: string }[]).map(({ path }) => path)
    expect(paths.toSorted()).toEqual(['email', 'extra', 'password'])
  })

  it('returns 400 for what is not JSON, 415 for another type and 413 for 5 MB', async () => {
    const malformed = await post('login', '{"email":')
    expect([malformed.status, malformed.body.code]).toEqual([400, 'malformed_json'])
    const form = await post('login', 'email=a', {
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    })
    expect(form.status).toBe(415)
    const large = await post('login', { email: 'a@b.org', password: 'x'.repeat(5_000_000) })
    expect([large.status, large.body.code]).toEqual([413, 'body_too_large'])
  })

  it('says the same of an unknown, a wrong and a deactivated account', async () => {
    const { password } = directory.owner
    const passwords = createPasswords({ cost: 4 })
    await directory.db.ownerUser.create({
      data: {
        email: 'gone@example.org',
        emailKey: 'gone@example.org',
        passwordHash: await passwords.hash(password),
        isActive: false,
      },
    })
    const answers = await Promise.all([
      post('login', { email: 'unknown@example.org', password }),
      post('login', { email: directory.owner.email, password: 'not the password' }),
      post('login', { email: 'gone@example.org', password }),
    ])
    for (const answer of answers) {
      expect(answer.status).toBe(401)
      expect({ ...answer.body, requestId: '' }).toEqual({
        ...answers[0]?.body,
        requestId: '',
        code: 'invalid_credentials',
      })
    }
  })

  it('makes an e-mail address wait after 10 failures in a row, right password or not', async () => {
    const other = await startDirectory()
    try {
      const { email, password } = other.owner
      const login = (given: string) =>
        other.call('POST', '/owner/auth/login', { body: { email, password: given } })
      for (let i = 0; i < 9; i++) expect((await login('wrong')).status).toBe(401)
      // A success begins the count anew.
      expect((await login(password)).status).toBe(200)
      const guesses = await Promise.all(Array.from({ length: 30 }, () => login('wrong')))
      expect(guesses.filter(({ status }) => status === 401)).toHaveLength(10)
      expect(guesses.filter(({ status }) => status === 429)).toHaveLength(20)
      const refused = await login(password)
      expect(refused.status).toBe(429)
      expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800)
      expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(900)
    } finally {
      await other.stop()
    }
  })

  it('makes a client address wait that tries one e-mail address after the other', async () => {
    const other = await startDirectory({ env: { OWNER_SIGN_IN_MAX_FAILURES_PER_ADDRESS: '5' } })
    try {
      const statuses = []
      for (let i = 0; i < 7; i++) {
        const body = { email: `guess${i}@example.org`, password: 'whatever it is' }
        statuses.push((await other.call('POST', '/owner/auth/login', { body })).status)
      }
      expect(statuses).toEqual([401, 401, 401, 401, 401, 429, 429])
    } finally {
      await other.stop()
    }
  })
})

describe('access', () => {
  it('returns 401 without a token, and for one of another audience, key, type or session', async () => {
    const { ownerId, sessionId } = await sessionOf((await signIn()).accessToken)
    const claims = { sub: ownerId, sid: sessionId, role: 'OWNER' }
    const hourAgo = () => Date.now() - 3_600_000
    const sign = (secret: string, audience: string) =>
      createAccessTokens({ secret, audience }).sign(claims)
    expect((await directory.call('GET', '/owner/auth/me')).status).toBe(401)
    expect((await me(sign(SECRET, 'owner'))).status).toBe(200)
    for (const token of [
      sign(SECRET, 'school:ABC'),
      sign('another secret of at least 32 characters', 'owner'),
      createAccessTokens({ secret: SECRET, audience: 'owner', now: hourAgo }).sign(claims),
      createAccessTokens({ secret: SECRET, audience: 'owner' }).sign({
        ...claims,
        sid: crypto.randomUUID(),
      }),
      'nonsense',
    ])
      expect((await me(token)).status).toBe(401)
  })

  it('ends with the account', async () => {
    const other = await startDirectory()
    try {
      const token = await other.signIn()
      await other.db.ownerUser.updateMany({ data: { isActive: false } })
      const answer = await other.call('GET', '/owner/auth/me', { token })
      expect([answer.status, answer.body.code]).toEqual([401, 'session_ended'])
    } finally {
      await other.stop()
    }
  })
})

describe('POST /owner/auth/refresh', () => {
  it('spends a token for the next one of the same session', async () => {
    const first = await signIn()
    const second = await post<Tokens>('refresh', { refreshToken: first.refreshToken })
    expect(second.status).toBe(200)
    expect(second.body.refreshToken).not.toBe(first.refreshToken)
    expect(await sessionOf(second.body.accessToken)).toEqual(await sessionOf(first.accessToken))
    expect((await post('refresh', { refreshToken: second.body.refreshToken })).status).toBe(200)
  })

  it('gives fifty requests with one token one and the same successor', async () => {
    const { refreshToken } = await signIn()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => post<Tokens>('refresh', { refreshToken })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1)
  })

  it('ends the session when a spent token comes back after its successor was used', async () => {
    const first = await signIn()
    const second = await post<Tokens>('refresh', { refreshToken: first.refreshToken })
    const third = await post<Tokens>('refresh', { refreshToken: second.body.refreshToken })
    expect(third.status).toBe(200)
    const reused = await post('refresh', { refreshToken: first.refreshToken })
    expect([reused.status, reused.body.code]).toEqual([401, 'invalid_refresh_token'])
    expect((await post('refresh', { refreshToken: third.body.refreshToken })).status).toBe(401)
    expect((await me(third.body.accessToken)).status).toBe(401)
    const { sessionId } = decode(first.accessToken)
    const session = await directory.db.authSession.findUniqueOrThrow({ where: { id: sessionId } })
    expect(session.revokedReason).toBe('refresh token reused')
    expect(
      await directory.db.ownerAudit.count({ where: { action: 'owner.refresh-token-reused' } }),
    ).toBe(1)
  })

  it('returns 401 for an unknown token and for none, 400 for another field', async () => {
    expect((await post('refresh', { refreshToken: 'unknown' })).status).toBe(401)
    const none = await post('refresh')
    expect([none.status, none.body.code]).toEqual([401, 'no_refresh_token'])
    expect((await post('refresh', { token: 'x' })).status).toBe(400)
  })

  it('carries the token in a cookie that no script can read, when asked to', async () => {
    const { email, password } = directory.owner
    const headers = { 'x-token-transport': 'cookie' }
    const signedIn = await post('login', { email, password }, { headers })
    expect(signedIn.body).not.toHaveProperty('refreshToken')
    const cookie = signedIn.headers.get('set-cookie') ?? ''
    const attributes = cookie.split('; ')
    expect(attributes[0]).toMatch(/^usms_owner_refresh=[\w-]{43}$/)
    expect(attributes).toEqual(
      expect.arrayContaining([
        'Path=/owner/auth',
        'Max-Age=2592000',
        'HttpOnly',
        'Secure',
        'SameSite=Strict',
      ]),
    )
    const sent = { cookie: `other=1; ${cookie.split(';', 1)[0]}` }
    // No form of another page can send the header, and without it the cookie counts for nothing.
    for (const verb of ['refresh', 'logout']) {
      const refused = await post(verb, undefined, { headers: sent })
      expect([verb, refused.status, refused.headers.get('set-cookie')]).toEqual([verb, 401, null])
    }
    const refreshed = await post('refresh', undefined, { headers: { ...sent, ...headers } })
    expect(refreshed.status).toBe(200)
    expect(refreshed.body).not.toHaveProperty('refreshToken')
    const next = (refreshed.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? ''
    expect(next).not.toBe(cookie.split(';', 1)[0])
    const out = await post('logout', undefined, { headers: { cookie: next, ...headers } })
    expect(out.status).toBe(204)
    expect(out.headers.get('set-cookie')).toMatch(/^usms_owner_refresh=; .*1970/)
    const after = await post('refresh', undefined, { headers: { cookie: next, ...headers } })
    expect(after.status).toBe(401)
  })
})

describe('POST /owner/auth/logout', () => {
  it('ends the session of a refresh token, and is quiet about an unknown one', async () => {
    const { accessToken, refreshToken } = await signIn()
    expect((await post('logout', { refreshToken })).status).toBe(204)
    expect((await me(accessToken)).status).toBe(401)
    expect((await post('refresh', { refreshToken })).status).toBe(401)
    expect((await post('logout', { refreshToken: 'unknown' })).status).toBe(204)
  })

  it('ends the session of the access token where no refresh token is sent', async () => {
    const { accessToken } = await signIn()
    expect((await post('logout', undefined, { token: accessToken })).status).toBe(204)
    expect((await me(accessToken)).status).toBe(401)
  })

  it('returns 401 for nobody and 400 for another field', async () => {
    expect((await post('logout')).status).toBe(401)
    expect((await post('logout', { all: true })).status).toBe(400)
  })
})

describe('POST /owner/auth/change-password', () => {
  it('ends every other session and asks for the new password from then on', async () => {
    const other = await startDirectory()
    try {
      const { email, password } = other.owner
      const here = await other.signIn()
      const elsewhere = await other.signIn()
      const newPassword = 'staple battery horse'
      const change = (body: unknown, token = here) =>
        other.call('POST', '/owner/auth/change-password', { body, token })
      expect((await change({ currentPassword: password, newPassword })).status).toBe(204)
      expect((await other.call('GET', '/owner/auth/me', { token: here })).status).toBe(200)
      expect((await other.call('GET', '/owner/auth/me', { token: elsewhere })).status).toBe(401)
      const login = (given: string) =>
        other.call('POST', '/owner/auth/login', { body: { email, password: given } })
      expect((await login(password)).status).toBe(401)
      expect((await login(newPassword)).status).toBe(200)
    } finally {
      await other.stop()
    }
  })

  it('returns 403 for a wrong current password, 400 for a weak new one, 401 for nobody', async () => {
    const { accessToken: token } = await signIn()
    const { password } = directory.owner
    const wrong = await post(
      'change-password',
      { currentPassword: 'wrong', newPassword: 'staple battery horse' },
      { token },
    )
    expect([wrong.status, wrong.body.code]).toEqual([403, 'wrong_password'])
    for (const newPassword of ['short', 'owner@example.org', 'ü'.repeat(40)]) {
      const weak = await post(
        'change-password',
        { currentPassword: password, newPassword },
        { token },
      )
      expect(weak.status).toBe(400)
      expect(weak.body.errors).toMatchObject([{ path: 'newPassword' }])
    }
    expect((await post('change-password', { currentPassword: password }, { token })).status).toBe(
      400,
    )
    expect((await post('change-password', { currentPassword: 'a', newPassword: 'b' })).status).toBe(
      401,
    )
  })
})

describe('GET /owner/auth/me', () => {
  it('says who is signed in, and nothing of the password', async () => {
    const { accessToken } = await signIn()
    const answer = await me(accessToken)
    expect(answer.body).toEqual({
      id: directory.owner.id,
      email: 'Owner@Example.org',
      lastLoginAt: expect.any(String),
      createdAt: expect.any(String),
    })
    expect(answer.headers.get('cache-control')).toBe('no-store')
  })

  it('returns 400 for a query it does not know', async () => {
    const { accessToken: token } = await signIn()
    expect((await directory.call('GET', '/owner/auth/me?all=1', { token })).status).toBe(400)
  })
})

describe('createOwner', () => {
  const passwords = createPasswords({ cost: 4 })

  it('makes one owner, however many start at once, and leaves an existing one alone', async () => {
    const other = await startDirectory()
    try {
      await other.db.ownerUser.deleteMany()
      const made = await Promise.all(
        ['a@example.org', 'b@example.org', 'c@example.org'].map((email) =>
          createOwner({ db: other.db, passwords }, { email }),
        ),
      )
      expect(made.filter((owner) => owner !== null)).toHaveLength(1)
      expect(await other.db.ownerUser.count()).toBe(1)
      const owner = made.find((candidate) => candidate !== null)
      expect(owner?.password).toMatch(/^[\w-]{20}$/)
      const body = { email: owner?.email, password: owner?.password }
      expect((await other.call('POST', '/owner/auth/login', { body })).status).toBe(200)
      expect(await createOwner({ db: other.db, passwords }, { email: 'd@example.org' })).toBeNull()
    } finally {
      await other.stop()
    }
  })

  it('refuses a weak password and what is no e-mail address, both at once', async () => {
    const other = await startDirectory()
    try {
      await other.db.ownerUser.deleteMany()
      await expect(
        createOwner({ db: other.db, passwords }, { email: 'nobody', password: 'short' }),
      ).rejects.toMatchObject({ issues: [{ path: 'email' }, { path: 'password' }] })
      expect(await other.db.ownerUser.count()).toBe(0)
    } finally {
      await other.stop()
    }
  })
})

function decode(token: string): { ownerId: string; sessionId: string } {
  const payload = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
    sub: string
    sid: string
  }
  return { ownerId: payload.sub, sessionId: payload.sid }
}

const sessionOf = async (token: string) => {
  expect((await me(token)).status).toBe(200)
  return decode(token)
}
