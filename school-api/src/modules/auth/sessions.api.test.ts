import { createPasswords } from '@usms/service-kit/auth/passwords'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '#src/generated/prisma/client.ts'
import { buildUser } from '#src/testing/builders.ts'
import { startSchool, type TestSchool } from '#src/testing/school.ts'

const PASSWORD = 'a quiet river bends'

let school: TestSchool
let passwordHash: string

beforeAll(async () => {
  school = await startSchool()
  passwordHash = await createPasswords({ cost: 4 }).hash(PASSWORD)
})
afterAll(() => school.stop())

interface Tokens {
  accessToken: string
  refreshToken: string
}

async function signIn(user?: User): Promise<Tokens & { user: User }> {
  const account = user ?? (await buildUser(school.db, 'ADMIN', { passwordHash }))
  const { body } = await school.anonymous
    .post('/auth/login')
    .send({ username: account.username, password: PASSWORD })
    .expect(200)
  return { accessToken: body.accessToken, refreshToken: body.refreshToken, user: account }
}

const refresh = (refreshToken: string) =>
  school.anonymous.post('/auth/refresh').send({ refreshToken })
const me = (accessToken: string) =>
  school.anonymous.get('/auth/me').set('Authorization', `Bearer ${accessToken}`)
const withToken = (accessToken: string) => ({ Authorization: `Bearer ${accessToken}` })

/** Lets the time in which a spent token may be repeated pass. */
const endGrace = () =>
  school.db.$executeRaw`update refresh_token set spent_at = spent_at - interval '31 s'`

describe('refreshing', () => {
  it('gives a new pair and spends the old one', async () => {
    const first = await signIn()
    const { body } = await refresh(first.refreshToken).expect(200)
    expect(body.refreshToken).not.toBe(first.refreshToken)
    await me(body.accessToken).expect(200)
  })

  it('says who it is and at which school, as both are by now', async () => {
    const { refreshToken, user } = await signIn()
    await school.db.user.update({ where: { id: user.id }, data: { preferredName: 'Asha' } })
    await school.db.schoolSettings.updateMany({ data: { locale: 'hi-IN' } })
    const { body } = await refresh(refreshToken).expect(200)
    expect(body).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      expiresIn: 900,
      user: {
        id: user.id,
        username: user.username,
        role: 'ADMIN',
        firstName: user.firstName,
        lastName: user.lastName,
        preferredName: 'Asha',
      },
      school: { code: 'TEST', name: 'Test School', timezone: 'Asia/Kolkata', locale: 'hi-IN' },
    })
  })

  it('gives fifty parallel requests one and the same successor', async () => {
    const { refreshToken } = await signIn()
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(refreshToken)))
    expect(new Set(answers.map((answer) => answer.status))).toEqual(new Set([200]))
    const successors = new Set(answers.map((answer) => answer.body.refreshToken))
    expect(successors.size).toBe(1)
    const [successor] = successors
    const { body } = await refresh(successor).expect(200)
    await me(body.accessToken).expect(200)
  })

  it('gives the same successor again within 30 s while that is unused', async () => {
    const { refreshToken } = await signIn()
    const first = await refresh(refreshToken).expect(200)
    const again = await refresh(refreshToken).expect(200)
    expect(again.body.refreshToken).toBe(first.body.refreshToken)
  })

  it('ends the session when a spent token comes back after its successor was used, and audits it', async () => {
    const { refreshToken, user } = await signIn()
    const second = await refresh(refreshToken).expect(200)
    const third = await refresh(second.body.refreshToken).expect(200)
    const stolen = await refresh(refreshToken).expect(401)
    expect(stolen.body.code).toBe('invalid_refresh_token')
    await refresh(third.body.refreshToken).expect(401)
    await me(third.body.accessToken).expect(401)
    const events = await school.db.auditEvent.findMany({ where: { action: 'session.reused' } })
    expect(events.filter((event) => event.subjectIds.includes(user.id))).toHaveLength(1)
  })

  it('ends the session when a spent token comes back after 30 s', async () => {
    const { refreshToken } = await signIn()
    const second = await refresh(refreshToken).expect(200)
    await endGrace()
    await refresh(refreshToken).expect(401)
    await me(second.body.accessToken).expect(401)
  })

  it('leaves other sessions of the same person alone', async () => {
    const one = await signIn()
    const other = await signIn(one.user)
    await refresh(one.refreshToken).expect(200)
    await endGrace()
    await refresh(one.refreshToken).expect(401)
    await refresh(other.refreshToken).expect(200)
  })

  it('returns 401 for no token, an unknown one and one of a session past its 30 days', async () => {
    await school.anonymous.post('/auth/refresh').send({}).expect(401)
    await refresh('made-up').expect(401)
    const { refreshToken, user } = await signIn()
    await school.db.authSession.updateMany({
      where: { userId: user.id },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    })
    await refresh(refreshToken).expect(401)
  })

  it('returns 400 for a field it does not know', async () => {
    await school.anonymous.post('/auth/refresh').send({ token: 'x' }).expect(400)
    await school.anonymous.post('/auth/logout').send({ refreshToken: 7 }).expect(400)
  })
})

describe('the refresh token as a cookie', () => {
  const viaCookie = { 'X-Token-Transport': 'cookie' }
  const cookieOf = (headers: Record<string, string>) => String(headers['set-cookie'])

  it('is set for this school alone, and the token is not in the body', async () => {
    const user = await buildUser(school.db, 'ADMIN', { passwordHash })
    const answer = await school.anonymous
      .post('/auth/login')
      .set(viaCookie)
      .send({ username: user.username, password: PASSWORD })
      .expect(200)
    expect(answer.body).not.toHaveProperty('refreshToken')
    expect(answer.body.school).toMatchObject({ code: 'TEST' })
    const attributes = cookieOf(answer.headers).split('; ')
    expect(attributes[0]).toMatch(/^rt_test=[\w-]{43}$/)
    expect(attributes).toEqual(
      expect.arrayContaining([
        'Max-Age=2592000',
        'Path=/proxy/TEST/auth',
        'HttpOnly',
        'Secure',
        'SameSite=Strict',
      ]),
    )
  })

  it('refreshes and signs out by itself, and no token is in a body', async () => {
    const { refreshToken } = await signIn()
    const answer = await school.anonymous
      .post('/auth/refresh')
      .set({ ...viaCookie, Cookie: `theme=dark; rt_test=${refreshToken}; rt_other=x` })
      .send({})
      .expect(200)
    expect(answer.body).not.toHaveProperty('refreshToken')
    const [, successor] = /rt_test=([\w-]+)/.exec(cookieOf(answer.headers)) ?? []
    expect(successor).not.toBe(refreshToken)
    const out = await school.anonymous
      .post('/auth/logout')
      .set({ ...viaCookie, Cookie: `rt_test=${successor}` })
      .send({})
      .expect(204)
    expect(cookieOf(out.headers)).toMatch(/^rt_test=;.*Path=\/proxy\/TEST\/auth;.*1970/)
    await me(answer.body.accessToken).expect(401)
  })

  it('is not read, set or removed without the header, which no form of another page can send', async () => {
    const { accessToken, refreshToken } = await signIn()
    const Cookie = `rt_test=${refreshToken}`
    for (const headers of [{ Cookie }, { Cookie, 'X-Token-Transport': 'body' }]) {
      const refused = await school.anonymous.post('/auth/refresh').set(headers).expect(401)
      expect(refused.headers).not.toHaveProperty('set-cookie')
      const out = await school.anonymous.post('/auth/logout').set(headers).expect(204)
      expect(out.headers).not.toHaveProperty('set-cookie')
    }
    await me(accessToken).expect(200)
    await refresh(refreshToken).expect(200)
  })

  it('takes no body at all', async () => {
    const { refreshToken } = await signIn()
    const answer = await school.anonymous
      .post('/auth/refresh')
      .set({ ...viaCookie, Cookie: `rt_test=${refreshToken}` })
      .expect(200)
    await school.anonymous.post('/auth/logout').set(withToken(answer.body.accessToken)).expect(204)
    await me(answer.body.accessToken).expect(401)
    await school.anonymous.post('/auth/refresh').expect(401)
  })

  it('takes its path from a well-formed prefix only', async () => {
    for (const [prefix, path] of [
      ['/api', '/api/auth'],
      ['/proxy/TEST/..; Domain=evil', '/auth'],
      ['/', '/auth'],
    ] as const) {
      const { refreshToken } = await signIn()
      const answer = await school.anonymous
        .post('/auth/refresh')
        .set({ ...viaCookie, 'X-Forwarded-Prefix': prefix })
        .send({ refreshToken })
        .expect(200)
      expect(cookieOf(answer.headers).split('; ')).toContain(`Path=${path}`)
    }
  })
})

describe('signing out', () => {
  it('ends the session of the refresh token', async () => {
    const { accessToken, refreshToken } = await signIn()
    await school.anonymous.post('/auth/logout').send({ refreshToken }).expect(204)
    await me(accessToken).expect(401)
    await refresh(refreshToken).expect(401)
  })

  it('ends the session of the access token, and is audited', async () => {
    const { accessToken, user } = await signIn()
    await school.anonymous.post('/auth/logout').set(withToken(accessToken)).send({}).expect(204)
    const refused = await me(accessToken).expect(401)
    expect(refused.body.code).toBe('session_ended')
    const events = await school.db.auditEvent.findMany({ where: { actorUserId: user.id } })
    expect(events.map((event) => event.action)).toContain('session.end')
  })

  it('is always 204, whatever the token is worth', async () => {
    await school.anonymous.post('/auth/logout').send({}).expect(204)
    await school.anonymous.post('/auth/logout').send({ refreshToken: 'made-up' }).expect(204)
    await school.anonymous.post('/auth/logout').set(withToken('a.b.c')).send({}).expect(204)
  })
})

describe('own sessions', () => {
  it('are listed with the one that asks, without those of others or those that ended', async () => {
    const one = await signIn()
    const two = await signIn(one.user)
    const three = await signIn(one.user)
    await signIn()
    await school.anonymous.post('/auth/logout').send({ refreshToken: three.refreshToken })
    const { body } = await school.anonymous
      .get('/auth/sessions?count=true')
      .set(withToken(two.accessToken))
      .expect(200)
    expect(body.total).toBe(2)
    expect(body.items.map((item: { current: boolean }) => item.current)).toEqual([true, false])
    const page = await school.anonymous
      .get('/auth/sessions?limit=1')
      .set(withToken(two.accessToken))
      .expect(200)
    const rest = await school.anonymous
      .get(`/auth/sessions?limit=1&cursor=${page.body.nextCursor}`)
      .set(withToken(two.accessToken))
      .expect(200)
    expect(rest.body.items[0].id).toBe(body.items[1].id)
    expect(rest.body.nextCursor).toBeNull()
  })

  it('end all but this one', async () => {
    const one = await signIn()
    const two = await signIn(one.user)
    await school.anonymous.delete('/auth/sessions').set(withToken(two.accessToken)).expect(204)
    await me(one.accessToken).expect(401)
    await me(two.accessToken).expect(200)
  })

  it('end one by one; those of others are 404', async () => {
    const one = await signIn()
    const two = await signIn(one.user)
    const stranger = await signIn()
    const { body } = await school.anonymous
      .get('/auth/sessions')
      .set(withToken(one.accessToken))
      .expect(200)
    const idOfTwo = body.items.find((item: { current: boolean }) => !item.current).id
    const end = (token: string) =>
      school.anonymous.delete(`/auth/sessions/${idOfTwo}`).set(withToken(token))
    await end(stranger.accessToken).expect(404)
    await me(two.accessToken).expect(200)
    await end(one.accessToken).expect(204)
    await me(two.accessToken).expect(401)
    await end(one.accessToken).expect(404)
  })

  it('return 401 without a token and 400 for an id that is none', async () => {
    await school.anonymous.get('/auth/sessions').expect(401)
    await school.anonymous.delete('/auth/sessions').expect(401)
    await school.anonymous.delete(`/auth/sessions/${crypto.randomUUID()}`).expect(401)
    const { accessToken } = await signIn()
    const bearer = withToken(accessToken)
    await school.anonymous.delete('/auth/sessions/7').set(bearer).expect(400)
    await school.anonymous.get('/auth/sessions?limit=0').set(bearer).expect(400)
  })
})
