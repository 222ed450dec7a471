import { createAccessTokens } from '@usms/service-kit/auth/access-token'
import { createPasswords } from '@usms/service-kit/auth/passwords'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildStudent, buildTeacher, buildUser } from '#src/testing/builders.ts'
import { startSchool, type TestSchool } from '#src/testing/school.ts'

const PASSWORD = 'a quiet river bends'

let school: TestSchool
let passwordHash: string

beforeAll(async () => {
  school = await startSchool()
  passwordHash = await createPasswords({ cost: 4 }).hash(PASSWORD)
})
afterAll(() => school.stop())

const login = (body: object) => school.anonymous.post('/auth/login').send(body)
const auditOf = (userId: string) =>
  school.db.auditEvent.findMany({
    where: { OR: [{ actorUserId: userId }, { subjectIds: { has: userId } }] },
    orderBy: { id: 'asc' },
  })

describe('signing in', () => {
  it('answers with both tokens, their life, who it is and at which school', async () => {
    const teacher = await buildTeacher(school.db, { passwordHash, teacherCode: 'T-1001' })
    const { body } = await login({
      username: teacher.username,
      password: PASSWORD,
      role: 'TEACHER',
      teacherId: 'T-1001',
    }).expect(200)
    expect(Object.keys(body).sort()).toEqual([
      'accessToken',
      'expiresIn',
      'refreshToken',
      'school',
      'user',
    ])
    expect(body.expiresIn).toBe(900)
    expect(body.user).toEqual({
      id: teacher.id,
      username: teacher.username,
      role: 'TEACHER',
      firstName: teacher.firstName,
      lastName: teacher.lastName,
      preferredName: null,
    })
    expect(body.school).toEqual({
      code: 'TEST',
      name: 'Test School',
      timezone: 'Asia/Kolkata',
      locale: 'en-IN',
    })
    await school.anonymous
      .get('/auth/me')
      .set('Authorization', `Bearer ${body.accessToken}`)
      .expect(200)
  })

  it('takes an empty teacher id for none, and asks nobody but teachers for theirs', async () => {
    const teacher = await buildTeacher(school.db, { passwordHash, teacherCode: 'T-1002' })
    const student = await buildStudent(school.db, { passwordHash })
    const asTeacher = { username: teacher.username, password: PASSWORD, role: 'TEACHER' }
    await login({ ...asTeacher, teacherId: '' }).expect(200)
    await login({ ...asTeacher, teacherId: null }).expect(200)
    await login({ ...asTeacher, teacherId: 'T-1003' }).expect(401)
    const asStudent = { username: student.username, password: PASSWORD, role: 'STUDENT' }
    await login({ ...asStudent, teacherId: 'T-1002' }).expect(200)
  })

  it('notes the time and the sign-in', async () => {
    const user = await buildUser(school.db, 'ADMIN', { passwordHash })
    await login({ username: user.username, password: PASSWORD }).expect(200)
    const { lastLoginAt } = await school.db.user.findUniqueOrThrow({ where: { id: user.id } })
    expect(lastLoginAt).not.toBeNull()
    expect((await auditOf(user.id)).map((event) => event.action)).toEqual(['sign-in.succeeded'])
  })

  it('takes the username in any case, with spaces around it and in any composition', async () => {
    const username = 'José.Núñez'
    await buildUser(school.db, 'ADMIN', {
      passwordHash,
      username,
      usernameKey: username.normalize('NFC').toLowerCase(),
    })
    await login({
      username: `  ${username.normalize('NFD').toUpperCase()} `,
      password: PASSWORD,
    }).expect(200)
  })

  it('answers alike for an unknown, a deactivated and an uninvited account, a wrong password and a wrong teacher id', async () => {
    const teacher = await buildTeacher(school.db, { passwordHash, teacherCode: 'T-2001' })
    const inactive = await buildUser(school.db, 'ADMIN', { passwordHash, isActive: false })
    const uninvited = await buildUser(school.db, 'ADMIN')
    const answers = await Promise.all([
      login({ username: 'nobody-at-all', password: PASSWORD }),
      login({ username: inactive.username, password: PASSWORD }),
      login({ username: inactive.username, password: PASSWORD, role: 'STUDENT' }),
      login({ username: uninvited.username, password: PASSWORD }),
      login({ username: teacher.username, password: 'not the password' }),
      login({ username: teacher.username, password: 'not the password', role: 'STUDENT' }),
      login({ username: teacher.username, password: PASSWORD, teacherId: 'T-9999' }),
      login({ username: teacher.username, password: `${PASSWORD}${'x'.repeat(73)}` }),
    ])
    const seen = answers.map(({ status, body, headers }) => ({
      status,
      body: { ...body, requestId: undefined },
      type: headers['content-type'],
      length: headers['content-length'],
    }))
    expect(new Set(seen.map((answer) => JSON.stringify(answer))).size).toBe(1)
    expect(seen[0]).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } })
  })

  it('returns 403 role_mismatch only after the right password', async () => {
    const student = await buildStudent(school.db, { passwordHash })
    const right = await login({ username: student.username, password: PASSWORD, role: 'TEACHER' })
    expect([right.status, right.body.code]).toEqual([403, 'role_mismatch'])
    const wrong = await login({ username: student.username, password: 'no', role: 'TEACHER' })
    expect([wrong.status, wrong.body.code]).toEqual([401, 'invalid_credentials'])
  })

  it('treats a password of 73 bytes as just wrong, even where its first 72 are right', async () => {
    const long = 'ü'.repeat(36)
    const user = await buildUser(school.db, 'ADMIN', {
      passwordHash: await createPasswords({ cost: 4 }).hash(long),
    })
    await login({ username: user.username, password: long }).expect(200)
    await login({ username: user.username, password: `${long}x` }).expect(401)
  })

  it('writes failures to the audit, with the account where there is one', async () => {
    const user = await buildUser(school.db, 'ADMIN', { passwordHash })
    await login({ username: user.username, password: 'wrong' }).expect(401)
    expect(await auditOf(user.id)).toMatchObject([
      { action: 'sign-in.failed', actorUserId: null, subjectIds: [user.id] },
    ])
  })

  it('names every fault of a bad body', async () => {
    const { body } = await login({ username: '', role: 'KING', captcha: 'x' }).expect(400)
    expect(body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'captcha',
      'password',
      'role',
      'username',
    ])
    await login({ username: 'a\u0000b', password: 'x' }).expect(400)
  })
})

describe('tokens of elsewhere', () => {
  const secret = 'test-only-jwt-secret-of-sufficient-length'
  const otherSecret = 'another-school-jwt-secret-of-sufficient-length'

  it('are refused: another audience, another key, another life', async () => {
    const user = await buildUser(school.db, 'ADMIN')
    const session = await school.db.authSession.create({
      data: { userId: user.id, expiresAt: new Date(Date.now() + 3_600_000) },
    })
    const claims = { sub: user.id, sid: session.id, role: 'ADMIN' }
    const answerTo = async (token: string) =>
      (await school.anonymous.get('/auth/me').set('Authorization', `Bearer ${token}`)).status
    const own = createAccessTokens({ secret, audience: 'school:TEST' })
    expect(await answerTo(own.sign(claims))).toBe(200)
    for (const other of [
      createAccessTokens({ secret, audience: 'school:OTHER' }),
      createAccessTokens({ secret, audience: 'owner' }),
      createAccessTokens({ secret: otherSecret, audience: 'school:TEST' }),
      createAccessTokens({ secret, audience: 'school:TEST', now: () => Date.now() - 3_600_000 }),
    ])
      expect(await answerTo(other.sign(claims))).toBe(401)
    expect(await answerTo(own.sign({ ...claims, sid: crypto.randomUUID() }))).toBe(401)
    expect(await answerTo(`${own.sign(claims).split('.').slice(0, 2).join('.')}.`)).toBe(401)
  })
})

describe('who is signed in', () => {
  it('says so with the school, the teacher id or the admission number', async () => {
    const teacher = await buildTeacher(school.db, { teacherCode: 'T-3001' })
    const { body } = await (await school.as(teacher)).get('/auth/me').expect(200)
    expect(body).toMatchObject({
      id: teacher.id,
      role: 'TEACHER',
      teacherId: 'T-3001',
      school: { code: 'TEST', name: 'Test School', timezone: 'Asia/Kolkata', locale: 'en-IN' },
    })
    expect(body).not.toHaveProperty('admissionNo')
    expect(body).not.toHaveProperty('passwordHash')
    const student = await buildStudent(school.db)
    const own = await (await school.as(student)).get('/auth/me').expect(200)
    expect(own.body.admissionNo).toMatch(/^A-/)
    await school.anonymous.get('/auth/me').expect(401)
    await (await school.as(student)).get('/auth/me?verbose=1').expect(400)
  })
})

describe('limits', () => {
  let strict: TestSchool
  beforeAll(async () => {
    strict = await startSchool({
      env: { SIGN_IN_MAX_FAILURES: '3', SIGN_IN_MAX_FAILURES_PER_ADDRESS: '12' },
    })
  })
  afterAll(() => strict.stop())

  const attempt = (username: string, password: string, ip = '192.0.2.1') =>
    strict.anonymous.post('/auth/login').set('X-Forwarded-For', ip).send({ username, password })

  it('lets a username fail so many times, also when all guesses come at once, and then asks to wait', async () => {
    const user = await buildUser(strict.db, 'ADMIN', { passwordHash })
    const guesses = await Promise.all(
      Array.from({ length: 15 }, (_, i) => attempt(user.username, `guess ${i}`, `192.0.2.${i}`)),
    )
    const count = (status: number) => guesses.filter((guess) => guess.status === status).length
    expect([count(401), count(429)]).toEqual([3, 12])
    const locked = await attempt(user.username, PASSWORD, '192.0.2.99').expect(429)
    expect(Number(locked.headers['retry-after'])).toBeGreaterThan(0)
    expect(locked.body.code).toBe('too_many_requests')
  })

  it('forgets failures after a success', async () => {
    const user = await buildUser(strict.db, 'ADMIN', { passwordHash })
    for (const password of ['no', 'no', PASSWORD, 'no', 'no', PASSWORD])
      await attempt(user.username, password, '198.51.100.1').expect(
        password === PASSWORD ? 200 : 401,
      )
  })

  it('limits an address over all usernames', async () => {
    for (let i = 0; i < 12; i++) await attempt(`unknown-${i}`, 'no', '203.0.113.5').expect(401)
    await attempt('unknown-12', 'no', '203.0.113.5').expect(429)
    await attempt('unknown-12', 'no', '203.0.113.6').expect(401)
  })
})
