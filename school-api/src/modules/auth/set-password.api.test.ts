import { createPasswords } from '@usms/service-kit/auth/passwords'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '#src/generated/prisma/client.ts'
import { buildAdmin, buildStudent, buildUser } from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

const PASSWORD = 'a quiet river bends'
const NEW_PASSWORD = 'seven grey herons wade'
const DAY_MS = 86_400_000

let school: TestSchool
let admin: Client
let passwordHash: string

beforeAll(async () => {
  school = await startSchool({ env: { SIGN_IN_MAX_FAILURES: '3' } })
  admin = await school.as(await buildAdmin(school.db))
  passwordHash = await createPasswords({ cost: 4 }).hash(PASSWORD)
})
afterEach(() => {
  school.clock.now = null
})
afterAll(() => school.stop())

const login = (user: User, password: string) =>
  school.anonymous.post('/auth/login').send({ username: user.username, password })
const accept = (token: string, password = NEW_PASSWORD) =>
  school.anonymous.post('/auth/accept-invite').send({ token, password })
const inviteFor = async (user: User) =>
  (await admin.post(`/users/${user.id}/invite`).expect(201)).body as {
    token: string
    url: string
    expiresAt: string
  }

describe('changing the own password', () => {
  const change = (client: Client, currentPassword: string, newPassword: string) =>
    client.post('/auth/change-password').send({ currentPassword, newPassword })

  it('ends all other sessions and is what counts from then on', async () => {
    const user = await buildUser(school.db, 'ADMIN', { passwordHash })
    const here = await school.as(user)
    const elsewhere = await school.as(user)
    await change(here, PASSWORD, NEW_PASSWORD).expect(204)
    await here.get('/auth/me').expect(200)
    await elsewhere.get('/auth/me').expect(401)
    await login(user, PASSWORD).expect(401)
    await login(user, NEW_PASSWORD).expect(200)
  })

  it('lets one of two changes at once through', async () => {
    const user = await buildUser(school.db, 'ADMIN', { passwordHash })
    const client = await school.as(user)
    const answers = await Promise.all([
      change(client, PASSWORD, 'the first of two words'),
      change(client, PASSWORD, 'the second of two words'),
    ])
    const statuses = answers.map((answer) => answer.status)
    expect(statuses.filter((status) => status === 204)).toHaveLength(1)
    expect(statuses.filter((status) => status === 409 || status === 403)).toHaveLength(1)
  })

  it('returns 403 wrong_password, and asks to wait after too many', async () => {
    const user = await buildUser(school.db, 'ADMIN', { passwordHash })
    const client = await school.as(user)
    for (let i = 0; i < 3; i++) {
      const answer = await change(client, `guess ${i}`, NEW_PASSWORD).expect(403)
      expect(answer.body.code).toBe('wrong_password')
    }
    await change(client, PASSWORD, NEW_PASSWORD).expect(429)
    await login(user, PASSWORD).expect(429)
  })

  it('returns 400 with every reason why the new one will not do, and 401 without a token', async () => {
    const user = await buildUser(school.db, 'ADMIN', { passwordHash, username: 'password12' })
    const client = await school.as(user)
    const { body } = await change(client, PASSWORD, 'Password12').expect(400)
    expect(body.errors.map((issue: { path: string }) => issue.path)).toEqual([
      'newPassword',
      'newPassword',
      'newPassword',
    ])
    await change(client, PASSWORD, `${'ü'.repeat(36)}x`).expect(400)
    await client.post('/auth/change-password').send({ newPassword: NEW_PASSWORD }).expect(400)
    await change(school.anonymous, PASSWORD, NEW_PASSWORD).expect(401)
  })
})

describe('accepting an invite', () => {
  it('sets the first password; the token stands in the fragment of a link of this school', async () => {
    const user = await buildUser(school.db, 'TEACHER')
    const { token, url } = await inviteFor(user)
    expect(url).toBe(`http://localhost:4000/app/accept-invite?school=TEST#token=${token}`)
    await accept(token).expect(204)
    await login(user, NEW_PASSWORD).expect(200)
  })

  it('keeps only a hash of the token', async () => {
    const user = await buildUser(school.db, 'TEACHER')
    const { token } = await inviteFor(user)
    const row = await school.db.invite.findFirstOrThrow({ where: { userId: user.id } })
    expect(row.tokenHash).toMatch(/^[0-9a-f]{64}$/)
    expect(JSON.stringify(row)).not.toContain(token)
  })

  it('as a reset ends nothing until it is accepted, and then ends all sessions', async () => {
    const user = await buildUser(school.db, 'ADMIN', { passwordHash })
    const client = await school.as(user)
    const { token } = await inviteFor(user)
    await login(user, PASSWORD).expect(200)
    await client.get('/auth/me').expect(200)
    await accept(token).expect(204)
    await client.get('/auth/me').expect(401)
    await login(user, PASSWORD).expect(401)
    await login(user, NEW_PASSWORD).expect(200)
  })

  it('lets somebody who was locked out in again', async () => {
    const user = await buildUser(school.db, 'ADMIN', { passwordHash })
    for (let i = 0; i < 3; i++) await login(user, 'forgotten').expect(401)
    await login(user, PASSWORD).expect(429)
    await accept((await inviteFor(user)).token).expect(204)
    await login(user, NEW_PASSWORD).expect(200)
  })

  it('works once, also for ten at once', async () => {
    const user = await buildUser(school.db, 'ADMIN')
    const { token } = await inviteFor(user)
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) => accept(token, `a long enough word ${i}`)),
    )
    const accepted = answers.flatMap((answer, i) => (answer.status === 204 ? [i] : []))
    expect(accepted).toHaveLength(1)
    expect(answers.filter((answer) => answer.status === 422)).toHaveLength(9)
    await login(user, `a long enough word ${accepted[0]}`).expect(200)
    const events = await school.db.auditEvent.count({
      where: { action: 'invite.accept', actorUserId: user.id },
    })
    expect(events).toBe(1)
  })

  it('answers alike for an unknown, a used, a replaced and an expired token and a deactivated account', async () => {
    const used = await inviteFor(await buildUser(school.db, 'ADMIN'))
    await accept(used.token).expect(204)
    const twice = await buildUser(school.db, 'ADMIN')
    const replaced = await inviteFor(twice)
    await inviteFor(twice)
    const left = await buildUser(school.db, 'ADMIN')
    const ofLeft = await inviteFor(left)
    await admin.post(`/users/${left.id}/deactivate`).expect(200)
    const expired = await inviteFor(await buildUser(school.db, 'ADMIN'))
    await school.db.invite.updateMany({
      where: { expiresAt: new Date(expired.expiresAt) },
      data: { expiresAt: new Date(Date.now() - 1_000) },
    })
    const bodies = new Set<string>()
    for (const token of ['made-up', used.token, replaced.token, ofLeft.token, expired.token]) {
      const { body } = await accept(token).expect(422)
      expect(body.code).toBe('invite_invalid')
      bodies.add(JSON.stringify({ ...body, requestId: undefined }))
    }
    expect(bodies.size).toBe(1)
  })

  it('holds 72 hours for staff and 30 days for pupils and parents', async () => {
    school.clock.now = new Date()
    const issuedAt = school.clock.now.getTime()
    for (const [role, lifeMs] of [
      ['TEACHER', 3 * DAY_MS],
      ['ADMIN', 3 * DAY_MS],
      ['PARENT', 30 * DAY_MS],
      ['STUDENT', 30 * DAY_MS],
    ] as const) {
      const user =
        role === 'STUDENT' ? await buildStudent(school.db) : await buildUser(school.db, role)
      const { expiresAt } = await inviteFor(user)
      expect(new Date(expiresAt).getTime() - issuedAt).toBe(lifeMs)
    }
  })

  it('is worth nothing one millisecond after its time', async () => {
    const issuedAt = new Date()
    school.clock.now = issuedAt
    const { token } = await inviteFor(await buildUser(school.db, 'ADMIN'))
    school.clock.now = new Date(issuedAt.getTime() + 3 * DAY_MS + 1)
    await accept(token).expect(422)
    school.clock.now = new Date(issuedAt.getTime() + 3 * DAY_MS - 1)
    await accept(token).expect(204)
  })

  it('asks 12 characters of staff and 8 of pupils, and a refused password does not use the token up', async () => {
    const staff = await inviteFor(await buildUser(school.db, 'TEACHER'))
    const { body } = await accept(staff.token, 'elevenchars').expect(400)
    expect(body.errors).toEqual([{ path: 'password', message: 'must have at least 12 characters' }])
    await accept(staff.token, `${'ü'.repeat(36)}x`).expect(400)
    await accept(staff.token, 'twelve-chars').expect(204)
    const pupil = await inviteFor(await buildStudent(school.db))
    await accept(pupil.token, 'seven77').expect(400)
    await accept(pupil.token, 'eight-88').expect(204)
  })

  it('returns 400 for a body it does not know', async () => {
    await school.anonymous.post('/auth/accept-invite').send({ token: 'x' }).expect(400)
    await school.anonymous
      .post('/auth/accept-invite')
      .send({ token: 'x', password: NEW_PASSWORD, role: 'OWNER' })
      .expect(400)
  })
})
