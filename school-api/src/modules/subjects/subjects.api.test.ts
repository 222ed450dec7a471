import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildHomeroom,
  buildStudent,
  buildTeacher,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let adminId: string
let teacher: Client

beforeAll(async () => {
  school = await startSchool()
  const user = await buildAdmin(school.db)
  adminId = user.id
  admin = await school.as(user)
  teacher = await school.as(await buildTeacher(school.db))
})
afterAll(() => school.stop())

describe('subjects', () => {
  it('creates a subject and answers with it, its Location and its ETag', async () => {
    const answer = await admin.post('/subjects').send({ code: 'A-1', name: 'One' }).expect(201)
    expect(answer.body).toMatchObject({ code: 'A-1', name: 'One', version: 1 })
    expect(answer.headers.location).toBe(`/subjects/${answer.body.id}`)
    expect(answer.headers.etag).toBe('"1"')
    expect((await teacher.get(`/subjects/${answer.body.id}`).expect(200)).body).toEqual(answer.body)
  })

  it('names every fault of a bad body', async () => {
    const answer = await admin.post('/subjects').send({ code: '', colour: 'red' }).expect(400)
    expect(answer.body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'code',
      'colour',
      'name',
    ])
  })

  it('lets one of several have a code when they race for it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => admin.post('/subjects').send({ code: 'RACE', name: 'Race' })),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409, 409])
    expect(answers.find((answer) => answer.status === 409)?.body.code).toBe('code_taken')
  })

  it('finds by any part of the code or name, taking % and _ as they are', async () => {
    for (const [code, name] of [
      ['Q-1', 'A 100% thing'],
      ['Q-2', 'A 100 thing'],
      ['Q_3', 'Other'],
    ])
      await admin.post('/subjects').send({ code, name }).expect(201)
    const find = async (q: string) => {
      const { body } = await teacher
        .get(`/subjects?count=true&q=${encodeURIComponent(q)}`)
        .expect(200)
      expect(body.total).toBe(body.items.length)
      return body.items.map((item: { code: string }) => item.code)
    }
    expect(await find('100')).toEqual(['Q-1', 'Q-2'])
    expect(await find('0% T')).toEqual(['Q-1'])
    expect(await find('q_')).toEqual(['Q_3'])
    expect(await find('\\')).toEqual([])
  })

  it('lists page by page by code, without losing or repeating one', async () => {
    const seen: string[] = []
    let path = '/subjects?limit=2'
    for (;;) {
      const { body } = await teacher.get(path).expect(200)
      seen.push(...body.items.map((item: { code: string }) => item.code))
      if (!body.nextCursor) break
      path = `/subjects?limit=2&cursor=${body.nextCursor}`
    }
    expect(seen).toEqual([...new Set(seen)].sort())
    expect(seen.length).toBe(await school.db.subject.count())
  })

  it('changes what is named and counts the version up', async () => {
    const { body } = await admin.post('/subjects').send({ code: 'P-1', name: 'One' })
    const answer = await admin.patch(`/subjects/${body.id}`).send({ name: 'Two' }).expect(200)
    expect(answer.body).toMatchObject({ code: 'P-1', name: 'Two', version: 2 })
  })

  it('removes one that nothing refers to, and returns 409 in_use for another', async () => {
    const { body: free } = await admin.post('/subjects').send({ code: 'D-1', name: 'Free' })
    await admin.delete(`/subjects/${free.id}`).expect(204)
    await admin.get(`/subjects/${free.id}`).expect(404)
    await admin.patch(`/subjects/${free.id}`).send({ name: 'X' }).expect(404)
    await admin.delete(`/subjects/${free.id}`).expect(404)
    const { body: used } = await admin.post('/subjects').send({ code: 'D-2', name: 'Used' })
    const year = await buildYear(school.db)
    await school.db.classSession.create({
      data: {
        sectionId: (await buildHomeroom(school.db)).id,
        academicYearId: year.id,
        createdById: adminId,
        byOffice: true,
        startsAt: new Date('2026-11-16T04:30:00Z'),
        endsAt: new Date('2026-11-16T05:15:00Z'),
        localDate: new Date('2026-11-16'),
        subjectId: used.id,
      },
    })
    const answer = await admin.delete(`/subjects/${used.id}`).expect(409)
    expect(answer.body).toMatchObject({
      code: 'in_use',
      detail: 'Class sessions are of the subject',
    })
  })

  it('returns 400 for an id that is none', async () => {
    await admin.get('/subjects/1').expect(400)
    await admin.patch('/subjects/1').send({}).expect(400)
    await admin.delete('/subjects/1').expect(400)
  })

  it('returns 401 without a token, and 403 to whom it is not allowed', async () => {
    const { body } = await admin.post('/subjects').send({ code: 'Z-1', name: 'Z' }).expect(201)
    const student = await school.as(await buildStudent(school.db))
    const routes = [
      ['get', '/subjects'],
      ['post', '/subjects'],
      ['get', `/subjects/${body.id}`],
      ['patch', `/subjects/${body.id}`],
      ['delete', `/subjects/${body.id}`],
    ] as const
    for (const [method, path] of routes) {
      await school.anonymous[method](path).expect(401)
      await student[method](path).expect(403)
      if (method !== 'get') await teacher[method](path).expect(403)
    }
  })
})
