import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildParent,
  buildStudent,
  buildTeacher,
  buildUser,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
})
afterAll(() => school.stop())

describe('guardians', () => {
  it('are created with several children and an invite', async () => {
    const children = [
      await buildStudent(school.db, { firstName: 'Bela', lastName: 'Nair' }),
      await buildStudent(school.db, { firstName: 'Asha', lastName: 'Nair' }),
    ]
    const { body, headers } = await admin
      .post('/guardians')
      .send({
        username: 'k.nair',
        firstName: 'Kamala',
        email: 'nair@example.org',
        relationship: 'mother',
        studentUserIds: children.map((child) => child.id),
      })
      .expect(201)
    expect(headers.location).toBe(`/guardians/${body.id}`)
    expect(body).toMatchObject({ role: 'PARENT', invite: { token: expect.any(String) } })
    expect(body.children).toEqual([
      {
        studentUserId: children[1]?.id,
        firstName: 'Asha',
        lastName: 'Nair',
        preferredName: null,
        relationship: 'mother',
      },
      expect.objectContaining({ studentUserId: children[0]?.id }),
    ])
    const { invite: _, ...guardian } = body
    expect((await admin.get(`/guardians/${body.id}`).expect(200)).body).toEqual(guardian)
    const events = await school.db.auditEvent.findMany({
      where: { subjectIds: { has: body.id } },
      orderBy: { id: 'asc' },
    })
    expect(events.map((event) => event.action)).toEqual([
      'guardian.create',
      'user.invite',
      'guardian.read',
    ])
  })

  it('are of students: 422 names each id that is none, and nothing is written', async () => {
    const student = await buildStudent(school.db)
    const teacher = await buildTeacher(school.db)
    const { body } = await admin
      .post('/guardians')
      .send({
        username: 'half.linked',
        firstName: 'A',
        studentUserIds: [teacher.id, student.id, crypto.randomUUID()],
      })
      .expect(422)
    expect(body.code).toBe('not_a_student')
    expect(body.errors.map((issue: { path: string }) => issue.path)).toEqual([
      'studentUserIds.0',
      'studentUserIds.2',
    ])
    expect(await school.db.user.count({ where: { usernameKey: 'half.linked' } })).toBe(0)
  })

  it('are listed by name, page by page, and found by part of it', async () => {
    const child = await buildStudent(school.db)
    for (const firstName of ['Cy', 'Al', 'Bo'])
      await buildParent(school.db, [child.id], { firstName, lastName: 'Listed' })
    const first = await admin.get('/guardians?q=listed&limit=2&count=true').expect(200)
    expect(first.body.total).toBe(3)
    const second = await admin
      .get(`/guardians?q=listed&limit=2&cursor=${first.body.nextCursor}`)
      .expect(200)
    const names = [...first.body.items, ...second.body.items].map(
      (item: { firstName: string }) => item.firstName,
    )
    expect(names).toEqual(['Al', 'Bo', 'Cy'])
    expect(second.body.items[0].children).toHaveLength(1)
    const ofChild = await admin.get(`/students/${child.id}/guardians?limit=2`).expect(200)
    expect(ofChild.body.items.map((item: { firstName: string }) => item.firstName)).toEqual([
      'Al',
      'Bo',
    ])
    const rest = await admin
      .get(`/students/${child.id}/guardians?limit=2&cursor=${ofChild.body.nextCursor}`)
      .expect(200)
    expect(rest.body.items).toHaveLength(1)
  })

  it('get to see a child when linked, and lose sight of it at once when unlinked', async () => {
    const child = await buildStudent(school.db)
    const guardian = await buildParent(school.db, [])
    const parent = await school.as(guardian)
    await parent.get(`/students/${child.id}`).expect(404)
    const { body } = await admin
      .post(`/students/${child.id}/guardians`)
      .send({ guardianUserId: guardian.id, relationship: 'uncle' })
      .expect(201)
    expect(body).toMatchObject({
      studentUserId: child.id,
      guardianUserId: guardian.id,
      relationship: 'uncle',
    })
    await parent.get(`/students/${child.id}`).expect(200)
    const listed = await admin.get(`/students/${child.id}/guardians`).expect(200)
    expect(listed.body.items).toEqual([
      expect.objectContaining({ guardianUserId: guardian.id, relationship: 'uncle' }),
    ])
    const link = `/students/${child.id}/guardians/${guardian.id}`
    await admin.delete(link).expect(204)
    await parent.get(`/students/${child.id}`).expect(404)
    await admin.delete(link).expect(404)
    const events = await school.db.auditEvent.findMany({
      where: { action: { startsWith: 'guardian.' }, subjectIds: { has: child.id } },
      orderBy: { id: 'asc' },
    })
    expect(events.map((event) => event.action)).toEqual([
      'guardian.link',
      'guardian.read',
      'guardian.unlink',
    ])
  })

  it('are linked once to a child, also when five try at once', async () => {
    const child = await buildStudent(school.db)
    const guardian = await buildParent(school.db, [])
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        admin.post(`/students/${child.id}/guardians`).send({ guardianUserId: guardian.id }),
      ),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409, 409])
    expect(answers.find((answer) => answer.status === 409)?.body.code).toBe('already_linked')
  })

  it('are PARENT accounts: 422 not_a_guardian for others, 404 where the student is none', async () => {
    const child = await buildStudent(school.db)
    const teacher = await buildTeacher(school.db)
    const guardian = await buildParent(school.db, [])
    for (const guardianUserId of [teacher.id, child.id, crypto.randomUUID()]) {
      const { body } = await admin
        .post(`/students/${child.id}/guardians`)
        .send({ guardianUserId })
        .expect(422)
      expect(body.code).toBe('not_a_guardian')
    }
    for (const id of [teacher.id, crypto.randomUUID()]) {
      await admin
        .post(`/students/${id}/guardians`)
        .send({ guardianUserId: guardian.id })
        .expect(404)
      await admin.get(`/students/${id}/guardians`).expect(404)
      await admin.delete(`/students/${id}/guardians/${guardian.id}`).expect(404)
      await admin.get(`/guardians/${id}`).expect(404)
    }
  })

  it('return 400 with every fault', async () => {
    const id = crypto.randomUUID()
    const { body } = await admin
      .post('/guardians')
      .send({ firstName: '', studentUserIds: [id, id], relationship: 'x'.repeat(51) })
      .expect(400)
    expect(body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'firstName',
      'relationship',
      'studentUserIds',
      'username',
    ])
    await admin.get('/guardians?role=PARENT').expect(400)
    await admin.get('/guardians/x').expect(400)
    await admin.get('/students/x/guardians').expect(400)
    await admin.post(`/students/${id}/guardians`).send({}).expect(400)
    await admin.delete(`/students/${id}/guardians/x`).expect(400)
  })

  it('are the office’s: 401 without a token, 403 for everybody else', async () => {
    const child = await buildStudent(school.db)
    const parent = await buildParent(school.db, [child.id])
    const link = `/students/${child.id}/guardians`
    for (const [client, status] of [
      [school.anonymous, 401],
      [await school.as(await buildTeacher(school.db)), 403],
      [await school.as(child), 403],
      [await school.as(parent), 403],
    ] as const) {
      await client.get('/guardians').expect(status)
      await client.post('/guardians').send({}).expect(status)
      await client.get(`/guardians/${parent.id}`).expect(status)
      await client.get(link).expect(status)
      await client.post(link).send({ guardianUserId: parent.id }).expect(status)
      await client.delete(`${link}/${parent.id}`).expect(status)
    }
    const owner = await school.as(await buildUser(school.db, 'OWNER'))
    await owner.get('/guardians').expect(200)
  })
})
