import { createPasswords } from '@usms/service-kit/auth/passwords'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { User } from '#src/generated/prisma/client.ts'
import {
  buildAdmin,
  buildEnrollment,
  buildGroup,
  buildHomeroom,
  buildStudent,
  buildTeacher,
  buildTeaching,
  buildUser,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'
import { whileHeld } from '#src/testing/while-held.ts'

const PASSWORD = 'a quiet river bends'

let school: TestSchool
let admin: Client
let owner: Client

beforeAll(async () => {
  school = await startSchool({ env: { DATABASE_POOL_SIZE: '8' } })
  admin = await school.as(await buildAdmin(school.db))
  owner = await school.as(await buildUser(school.db, 'OWNER'))
})
afterAll(() => school.stop())

/** A calendar date some days from now, far enough from midnights of any zone when it matters. */
const day = (offset: number) =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)

const actionsOn = async (userId: string) =>
  (
    await school.db.auditEvent.findMany({
      where: { subjectIds: { has: userId } },
      orderBy: { id: 'asc' },
    })
  ).map((event) => event.action)

describe('changing an account', () => {
  it('changes what is named, empties what is null, replaces external ids, and audits the fields', async () => {
    const user = await buildUser(school.db, 'TEACHER', { email: 'a@example.org' })
    await admin
      .patch(`/users/${user.id}`)
      .send({ externalIds: { sis: 'p-1', bus: 'p-2' } })
      .expect(200)
    const { body } = await admin
      .patch(`/users/${user.id}`)
      .send({ email: null, preferredName: 'Ash', externalIds: { bus: 'p-3' } })
      .expect(200)
    expect(body).toMatchObject({
      email: null,
      preferredName: 'Ash',
      firstName: user.firstName,
      externalIds: { bus: 'p-3' },
      version: 3,
    })
    const event = await school.db.auditEvent.findFirstOrThrow({
      where: { action: 'user.update', subjectIds: { has: user.id } },
      orderBy: { id: 'desc' },
    })
    expect(event.fields.sort()).toEqual(['email', 'externalIds', 'preferredName'])
  })

  it('changes nothing for an empty body', async () => {
    const user = await buildUser(school.db, 'TEACHER')
    const { body } = await admin.patch(`/users/${user.id}`).send({}).expect(200)
    expect(body.version).toBe(1)
    expect(await actionsOn(user.id)).toEqual([])
  })

  it('returns 412 version_mismatch, and changes nothing, when If-Match names an older version', async () => {
    const people = [
      ['users', await buildUser(school.db, 'PARENT')],
      ['teachers', await buildTeacher(school.db)],
      ['students', await buildStudent(school.db)],
    ] as const
    for (const [resource, { id }] of people) {
      const change = (phone: string, version: string) =>
        admin.patch(`/${resource}/${id}`).set('If-Match', version).send({ phone })
      const { body } = await change('1', '"1"').expect(200)
      const late = await change('2', '"1"').expect(412)
      expect(late.body.code).toBe('version_mismatch')
      await change('3', 'two').expect(400)
      const read = await admin.get(`/${resource}/${id}`).expect(200)
      expect(read.body).toEqual(body)
      await change('4', `W/"7", ${read.headers.etag}`).expect(200)
    }
  })

  it('lets one of two who read the same version change it', async () => {
    const user = await buildUser(school.db, 'PARENT')
    const answers = await whileHeld(
      school.db,
      (tx) => tx.$queryRaw`select id from app_user where id = ${user.id}::uuid for no key update`,
      () =>
        ['1', '2'].map((phone) =>
          admin.patch(`/users/${user.id}`).set('If-Match', '"1"').send({ phone }),
        ),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([200, 412])
  })

  it('lets the new username sign in and the old one not', async () => {
    const passwordHash = await createPasswords({ cost: 4 }).hash(PASSWORD)
    const user = await buildUser(school.db, 'TEACHER', { passwordHash })
    await admin.patch(`/users/${user.id}`).send({ username: 'New.Name' }).expect(200)
    const login = (username: string) =>
      school.anonymous.post('/auth/login').send({ username, password: PASSWORD })
    await login('new.name').expect(200)
    await login(user.username).expect(401)
    const taken = await buildUser(school.db, 'TEACHER')
    await admin.patch(`/users/${taken.id}`).send({ username: 'NEW.NAME' }).expect(409)
  })

  it('swaps OWNER and ADMIN by an OWNER alone, at once; other roles stay', async () => {
    const user = await buildAdmin(school.db)
    const client = await school.as(user)
    expect(
      (await admin.patch(`/users/${user.id}`).send({ role: 'OWNER' }).expect(403)).body.code,
    ).toBe('owner_only')
    await client.post('/users').send({ username: 'o1', role: 'OWNER', firstName: 'A' }).expect(403)
    await owner.patch(`/users/${user.id}`).send({ role: 'OWNER' }).expect(200)
    await client.post('/users').send({ username: 'o1', role: 'OWNER', firstName: 'A' }).expect(201)
    await owner.patch(`/users/${user.id}`).send({ role: 'ADMIN' }).expect(200)
    await client.post('/users').send({ username: 'o2', role: 'OWNER', firstName: 'A' }).expect(403)
    const teacher = await buildTeacher(school.db)
    for (const role of ['ADMIN', 'STUDENT'])
      expect((await owner.patch(`/users/${teacher.id}`).send({ role }).expect(422)).body.code).toBe(
        'role_fixed',
      )
    await owner.patch(`/users/${user.id}`).send({ role: 'TEACHER' }).expect(422)
    await admin.patch(`/users/${teacher.id}`).send({ role: 'TEACHER' }).expect(200)
  })

  it("takes an OWNER for every write to an OWNER's account", async () => {
    const target = await buildUser(school.db, 'OWNER')
    const path = `/users/${target.id}`
    await admin.get(path).expect(200)
    await admin.patch(path).send({ firstName: 'Z' }).expect(403)
    await admin.patch(path).send({ role: 'ADMIN' }).expect(403)
    await admin.post(`${path}/invite`).expect(403)
    await admin.post(`${path}/deactivate`).expect(403)
    await owner.post(`${path}/deactivate`).expect(200)
    await admin.post(`${path}/reactivate`).expect(403)
    await owner.post(`${path}/reactivate`).expect(200)
    await owner.patch(path).send({ firstName: 'Z' }).expect(200)
    await owner.post(`${path}/invite`).expect(201)
  })
})

describe('inviting', () => {
  it('closes the invite before it', async () => {
    const user = await buildTeacher(school.db)
    for (let i = 0; i < 3; i++) await admin.post(`/users/${user.id}/invite`).expect(201)
    const racing = await Promise.all(
      Array.from({ length: 5 }, () => admin.post(`/users/${user.id}/invite`)),
    )
    expect(new Set(racing.map((answer) => answer.status))).toEqual(new Set([201]))
    const open = await school.db.invite.count({ where: { userId: user.id, closedAt: null } })
    expect(open).toBe(1)
  })

  it('refuses a deactivated account with 409 user_inactive', async () => {
    const user = await buildTeacher(school.db, { isActive: false })
    const { body } = await admin.post(`/users/${user.id}/invite`).expect(409)
    expect(body.code).toBe('user_inactive')
  })

  it('is open to a class teacher for pupils of the own class, and to no other teacher', async () => {
    const { db } = school
    const classTeacher = await buildTeacher(db)
    const subjectTeacher = await buildTeacher(db)
    const year = await buildYear(db, { startsOn: day(-100), endsOn: day(100) })
    const section = await buildHomeroom(db, { classTeacherId: classTeacher.id })
    const group = await buildGroup(db, { classTeacherId: classTeacher.id })
    await buildTeaching(db, {
      teacherId: subjectTeacher.id,
      sectionId: section.id,
      yearId: year.id,
    })
    const [pupil, gone, other, clubMember] = await Promise.all([
      buildStudent(db),
      buildStudent(db),
      buildStudent(db),
      buildStudent(db),
    ])
    const enrolled = { yearId: year.id, sectionId: section.id, joinedOn: day(-90) }
    await buildEnrollment(db, { ...enrolled, studentId: pupil.id })
    await buildEnrollment(db, { ...enrolled, studentId: gone.id, leftOn: day(-5) })
    await db.groupMembership.create({
      data: {
        studentUserId: clubMember.id,
        sectionId: group.id,
        academicYearId: year.id,
        joinedOn: new Date(day(-90)),
      },
    })
    const client = await school.as(classTeacher)
    const invite = (who: { id: string }) => client.post(`/users/${who.id}/invite`)
    await invite(pupil).expect(201)
    for (const who of [gone, other, clubMember, subjectTeacher, { id: crypto.randomUUID() }])
      await invite(who).expect(403)
    await (await school.as(subjectTeacher)).post(`/users/${pupil.id}/invite`).expect(403)

    // A row of a year that is over, which nobody closed.
    const lastYear = await buildYear(db, {
      startsOn: day(-400),
      endsOn: day(-120),
      isCurrent: false,
    })
    await buildEnrollment(db, {
      yearId: lastYear.id,
      sectionId: section.id,
      studentId: other.id,
      joinedOn: day(-400),
    })
    await invite(other).expect(403)
  })
})

describe('deactivating', () => {
  it('ends sessions and invites at once, and reactivating lets in again without reviving them', async () => {
    const passwordHash = await createPasswords({ cost: 4 }).hash(PASSWORD)
    const user = await buildTeacher(school.db, { passwordHash })
    const login = () =>
      school.anonymous.post('/auth/login').send({ username: user.username, password: PASSWORD })
    const { body: tokens } = await login().expect(200)
    const client = await school.as(user)
    await client.get('/auth/me').expect(200)
    const { body } = await admin.post(`/users/${user.id}/deactivate`).expect(200)
    expect(body.isActive).toBe(false)
    const refused = await client.get('/auth/me').expect(401)
    expect(refused.body.code).toBe('session_ended')
    await school.anonymous
      .post('/auth/refresh')
      .send({ refreshToken: tokens.refreshToken })
      .expect(401)
    await login().expect(401)
    await admin.post(`/users/${user.id}/reactivate`).expect(200)
    await client.get('/auth/me').expect(401)
    await login().expect(200)
    expect(await actionsOn(user.id)).toEqual(
      expect.arrayContaining(['user.deactivate', 'user.reactivate']),
    )
  })

  it('is refused for oneself with 422 own_account', async () => {
    const self = await buildAdmin(school.db)
    const { body } = await (await school.as(self)).post(`/users/${self.id}/deactivate`).expect(422)
    expect(body.code).toBe('own_account')
  })

  it('leaves nobody signed in who was just signing in', async () => {
    const passwordHash = await createPasswords({ cost: 4 }).hash(PASSWORD)
    const user = await buildTeacher(school.db, { passwordHash })
    const [answer] = await whileHeld(
      school.db,
      (tx) => tx.user.update({ where: { id: user.id }, data: { isActive: false } }),
      () => [
        school.anonymous.post('/auth/login').send({ username: user.username, password: PASSWORD }),
      ],
    )
    expect(answer?.status).toBe(401)
    const live = await school.db.authSession.count({ where: { userId: user.id, revokedAt: null } })
    expect(live).toBe(0)
  })

  it('keeps one of the office when two deactivate each other at once: 409 last_admin', async () => {
    const lonely = await startSchool({ env: { DATABASE_POOL_SIZE: '8' } })
    try {
      await lonely.db.user.updateMany({ data: { isActive: false } })
      const one = await buildAdmin(lonely.db)
      const two = await buildAdmin(lonely.db)
      const clients: [User, Client][] = [
        [two, await lonely.as(one)],
        [one, await lonely.as(two)],
      ]
      const answers = await whileHeld(
        lonely.db,
        (tx) => tx.$queryRaw`select id from app_user where is_active for no key update`,
        () => clients.map(([target, client]) => client.post(`/users/${target.id}/deactivate`)),
      )
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 409])
      expect(answers.find((answer) => answer.status === 409)?.body.code).toBe('last_admin')
      expect(await lonely.db.user.count({ where: { isActive: true } })).toBe(1)
    } finally {
      await lonely.stop()
    }
  })
})
