import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildGroup,
  buildHomeroom,
  buildParent,
  buildSession,
  buildStudent,
  buildTeacher,
  buildTeaching,
  buildUser,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
})
afterAll(() => school.stop())

const day = (offset: number) =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)
const idsOf = (answer: { body: { items: { id: string }[] } }) =>
  answer.body.items.map((item) => item.id).sort()

describe('teachers', () => {
  it('are created as account and profile at once, with an invite that lets them sign in by their teacher id', async () => {
    const { body, headers } = await admin
      .post('/teachers')
      .send({
        username: 'a.menon',
        firstName: 'Anita',
        lastName: 'Menon',
        phone: '+91 98000 00000',
        teacherCode: 'T-77',
        hireDate: '2020-06-01',
      })
      .expect(201)
    expect(headers.location).toBe(`/teachers/${body.id}`)
    expect(body).toMatchObject({
      role: 'TEACHER',
      teacherCode: 'T-77',
      hireDate: '2020-06-01',
      phone: '+91 98000 00000',
    })
    const { invite, ...teacher } = body
    await school.anonymous
      .post('/auth/accept-invite')
      .send({ token: invite.token, password: 'seven grey herons' })
      .expect(204)
    await school.anonymous
      .post('/auth/login')
      .send({
        username: 'a.menon',
        password: 'seven grey herons',
        role: 'TEACHER',
        teacherId: 'T-77',
      })
      .expect(200)
    const read = await admin.get(`/teachers/${body.id}`).expect(200)
    expect(read.body).toEqual({ ...teacher, lastLoginAt: expect.any(String) })
    const events = await school.db.auditEvent.findMany({
      where: { subjectIds: { has: body.id }, subjectType: 'user' },
      orderBy: { id: 'asc' },
    })
    expect(events.map((event) => event.action)).toEqual([
      'teacher.create',
      'user.invite',
      'invite.accept',
      'teacher.read',
    ])
  })

  it('have codes of their own: 409 teacher_code_taken, with nothing left behind', async () => {
    await buildTeacher(school.db, { teacherCode: 'T-88' })
    const { body } = await admin
      .post('/teachers')
      .send({ username: 'half.made', firstName: 'A', teacherCode: 'T-88' })
      .expect(409)
    expect(body.code).toBe('teacher_code_taken')
    expect(await school.db.user.count({ where: { usernameKey: 'half.made' } })).toBe(0)
  })

  it('are changed as one object with one version', async () => {
    const teacher = await buildTeacher(school.db)
    const path = `/teachers/${teacher.id}`
    const changed = await admin
      .patch(path)
      .send({ firstName: 'New', teacherCode: null, hireDate: '2021-01-05' })
      .expect(200)
    expect(changed.body).toMatchObject({
      firstName: 'New',
      lastName: teacher.lastName,
      teacherCode: null,
      hireDate: '2021-01-05',
      version: 2,
    })
    const profileOnly = await admin.patch(path).send({ hireDate: null }).expect(200)
    expect(profileOnly.body).toMatchObject({ hireDate: null, version: 3 })
    const empty = await admin.patch(path).send({}).expect(200)
    expect(empty.body.version).toBe(3)
    const event = await school.db.auditEvent.findFirstOrThrow({
      where: { action: 'teacher.update', subjectIds: { has: teacher.id } },
      orderBy: { id: 'asc' },
    })
    expect([...event.fields].sort()).toEqual(['firstName', 'hireDate', 'teacherCode'])
  })

  it('are found by name, by being active and by the section they teach', async () => {
    const { db } = school
    const [assigned, ended, classTeacher, covering, selfMade, other] = await Promise.all(
      Array.from({ length: 6 }, () => buildTeacher(db, { firstName: 'Findable' })),
    )
    if (!assigned || !ended || !classTeacher || !covering || !selfMade || !other)
      throw new Error('six teachers')
    const year = await buildYear(db, { startsOn: day(-100), endsOn: day(100) })
    const section = await buildHomeroom(db, { classTeacherId: classTeacher.id })
    const elsewhere = await buildGroup(db)
    const teaching = { sectionId: section.id, yearId: year.id }
    await buildTeaching(db, { ...teaching, teacherId: assigned.id })
    await buildTeaching(db, { ...teaching, sectionId: elsewhere.id, teacherId: other.id })
    const past = await buildTeaching(db, { ...teaching, teacherId: ended.id })
    await db.teachingAssignment.update({
      where: { id: past.id },
      data: { startsOn: new Date(day(-50)), endsOn: new Date(day(-5)) },
    })
    for (const [teacher, byOffice, hour] of [
      [covering, true, '04'],
      [selfMade, false, '06'],
    ] as const)
      await buildSession(db, {
        ...teaching,
        teacherIds: [teacher.id],
        createdById: teacher.id,
        byOffice,
        startsAt: `2026-11-16T${hour}:30:00Z`,
        endsAt: `2026-11-16T${hour}:59:00Z`,
      })
    const inSection = await admin.get(`/teachers?sectionId=${section.id}&count=true`).expect(200)
    expect(idsOf(inSection)).toEqual([assigned.id, classTeacher.id, covering.id].sort())
    expect(inSection.body.total).toBe(3)
    await db.user.update({ where: { id: other.id }, data: { isActive: false } })
    const active = await admin.get('/teachers?q=findable&isActive=true').expect(200)
    expect(idsOf(active)).toHaveLength(5)
    const page = await admin.get('/teachers?q=findable&limit=4').expect(200)
    const rest = await admin
      .get(`/teachers?q=findable&limit=4&cursor=${page.body.nextCursor}`)
      .expect(200)
    expect([...idsOf(page), ...idsOf(rest)].sort()).toHaveLength(6)
    expect(rest.body.nextCursor).toBeNull()
  })

  it('see themselves and no colleague', async () => {
    const teacher = await buildTeacher(school.db)
    const colleague = await buildTeacher(school.db)
    const client = await school.as(teacher)
    expect(idsOf(await client.get('/teachers').expect(200))).toEqual([teacher.id])
    await client.get(`/teachers/${teacher.id}`).expect(200)
    await client.get(`/teachers/${colleague.id}`).expect(404)
    await client.patch(`/teachers/${teacher.id}`).send({ firstName: 'Z' }).expect(403)
    await client.post('/teachers').send({ username: 'x', firstName: 'X' }).expect(403)
  })

  it('are nobody else: 404 for accounts of another role', async () => {
    const other = await buildUser(school.db, 'ADMIN')
    for (const id of [other.id, crypto.randomUUID()]) {
      await admin.get(`/teachers/${id}`).expect(404)
      await admin.patch(`/teachers/${id}`).send({ firstName: 'Z' }).expect(404)
    }
  })

  it('return 400 with every fault', async () => {
    const { body } = await admin
      .post('/teachers')
      .send({ username: 'x', hireDate: '2026-02-30', teacherCode: '', role: 'ADMIN' })
      .expect(400)
    expect(body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'firstName',
      'hireDate',
      'role',
      'teacherCode',
    ])
    await admin.get('/teachers?sectionId=x').expect(400)
    await admin.get('/teachers/x').expect(400)
    await admin.patch('/teachers/x').send({}).expect(400)
  })

  it('return 401 without a token and 403 to pupils and parents', async () => {
    const student = await buildStudent(school.db)
    const clients = [
      await school.as(student),
      await school.as(await buildParent(school.db, [student.id])),
    ]
    const path = `/teachers/${crypto.randomUUID()}`
    for (const [client, status] of [
      [school.anonymous, 401] as const,
      ...clients.map((client) => [client, 403] as const),
    ]) {
      await client.get('/teachers').expect(status)
      await client.post('/teachers').send({}).expect(status)
      await client.get(path).expect(status)
      await client.patch(path).send({}).expect(status)
    }
  })
})
