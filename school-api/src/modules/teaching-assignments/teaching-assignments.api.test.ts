import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildHomeroom,
  buildStudent,
  buildTeacher,
  buildYear,
} from '#src/testing/builders.ts'
import { AROUND_TODAY, day } from '#src/testing/days.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let academicYearId: string

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  academicYearId = (await buildYear(school.db, AROUND_TODAY)).id
})
afterAll(() => school.stop())

const NOBODY = '00000000-0000-7000-8000-000000000000'
const pathsOf = (body: { errors: { path: string }[] }) => body.errors.map((issue) => issue.path)
const anAssignment = async () => ({
  teacherUserId: (await buildTeacher(school.db)).id,
  sectionId: (await buildHomeroom(school.db)).id,
  academicYearId,
})

describe('teaching assignments', () => {
  it('assigns a teacher for the whole year unless told otherwise', async () => {
    const body = await anAssignment()
    const answer = await admin.post('/teaching-assignments').send(body).expect(201)
    expect(answer.body).toMatchObject({
      ...body,
      subjectId: null,
      from: AROUND_TODAY.startsOn,
      to: AROUND_TODAY.endsOn,
      version: 1,
    })
    expect(answer.headers.location).toBe(`/teaching-assignments/${answer.body.id}`)
    const read = await admin.get(`/teaching-assignments/${answer.body.id}`).expect(200)
    expect(read.body).toEqual(answer.body)
  })

  it('lets a teacher into the section while it lasts, and out at once when it is removed', async () => {
    const user = await buildTeacher(school.db)
    const teacher = await school.as(user)
    const { sectionId } = await anAssignment()
    const roster = `/sections/${sectionId}/roster`
    const assign = async (dates: { from?: string; to?: string }) =>
      (
        await admin
          .post('/teaching-assignments')
          .send({ teacherUserId: user.id, sectionId, academicYearId, ...dates })
          .expect(201)
      ).body.id
    await assign({ to: day(-1) })
    await assign({ from: day(1) })
    await teacher.get(roster).expect(404)
    const id = await assign({ from: day(0), to: day(0) })
    await teacher.get(roster).expect(200)
    await admin.delete(`/teaching-assignments/${id}`).expect(204)
    await teacher.get(roster).expect(404)
    await admin.delete(`/teaching-assignments/${id}`).expect(404)
    await admin.get(`/teaching-assignments/${id}`).expect(404)
  })

  it('names every fault of a bad body', async () => {
    const answer = await admin
      .post('/teaching-assignments')
      .send({ teacherUserId: 'x', from: 'x', colour: 'red' })
      .expect(400)
    expect(new Set(pathsOf(answer.body))).toEqual(
      new Set(['teacherUserId', 'sectionId', 'academicYearId', 'from', 'colour']),
    )
  })

  it('returns 422 for what is not there, naming each', async () => {
    const body = await anAssignment()
    const answer = await admin
      .post('/teaching-assignments')
      .send({ ...body, sectionId: NOBODY, academicYearId: NOBODY, subjectId: NOBODY })
      .expect(422)
    expect(answer.body.code).toBe('unknown_reference')
    expect(pathsOf(answer.body)).toEqual(['sectionId', 'academicYearId', 'subjectId'])
  })

  it('returns 422 for somebody who is no active teacher', async () => {
    const body = await anAssignment()
    const inactive = await buildTeacher(school.db, { isActive: false })
    const student = await buildStudent(school.db)
    for (const teacherUserId of [inactive.id, student.id, NOBODY]) {
      const answer = await admin
        .post('/teaching-assignments')
        .send({ ...body, teacherUserId })
        .expect(422)
      expect(answer.body.code).toBe('not_an_active_teacher')
    }
  })

  it('returns 422 for dates outside the year or out of order', async () => {
    const body = await anAssignment()
    const outside = await admin
      .post('/teaching-assignments')
      .send({ ...body, from: day(-151), to: day(151) })
      .expect(422)
    expect(outside.body.code).toBe('date_outside_year')
    expect(pathsOf(outside.body)).toEqual(['from', 'to'])
    const order = await admin
      .post('/teaching-assignments')
      .send({ ...body, from: day(1), to: day(0) })
      .expect(422)
    expect(order.body.code).toBe('dates_out_of_order')
  })

  it('assigns once for a section and subject in the same time when it races', async () => {
    const body = await anAssignment()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => admin.post('/teaching-assignments').send(body)),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409, 409])
    expect(answers.find((answer) => answer.status === 409)?.body.code).toBe('already_assigned')
    const { body: subject } = await admin.post('/subjects').send({ code: 'MA', name: 'Maths' })
    await admin
      .post('/teaching-assignments')
      .send({ ...body, subjectId: subject.id })
      .expect(201)
  })

  it('lists page by page and filters by teacher, section and year', async () => {
    const teacherUserId = (await buildTeacher(school.db)).id
    const made = []
    for (let i = 0; i < 5; i++) {
      const body = { ...(await anAssignment()), teacherUserId }
      made.push((await admin.post('/teaching-assignments').send(body).expect(201)).body)
    }
    const seen: { id: string }[] = []
    let path = `/teaching-assignments?limit=2&count=true&teacherUserId=${teacherUserId}`
    let cursor = ''
    for (;;) {
      const { body } = await admin.get(path + cursor).expect(200)
      seen.push(...body.items)
      expect(body.total).toBe(5)
      if (!body.nextCursor) break
      cursor = `&cursor=${body.nextCursor}`
    }
    expect(seen.map(({ id }) => id).toSorted()).toEqual(made.map(({ id }) => id).toSorted())
    path = `/teaching-assignments?academicYearId=${academicYearId}&sectionId=${made[0].sectionId}`
    const { body } = await admin.get(path).expect(200)
    expect(body.items).toEqual([made[0]])
    await admin.get('/teaching-assignments?teacherUserId=x').expect(400)
  })

  it('returns 401 without a token, and 403 to whom it is not allowed', async () => {
    const teacher = await school.as(await buildTeacher(school.db))
    const student = await school.as(await buildStudent(school.db))
    const routes = [
      ['get', '/teaching-assignments'],
      ['post', '/teaching-assignments'],
      ['get', `/teaching-assignments/${NOBODY}`],
      ['delete', `/teaching-assignments/${NOBODY}`],
    ] as const
    for (const [method, path] of routes) {
      await school.anonymous[method](path).expect(401)
      await student[method](path).expect(403)
      if (method !== 'get') await teacher[method](path).expect(403)
    }
    await teacher.get('/teaching-assignments').expect(200)
    await admin.delete('/teaching-assignments/1').expect(400)
  })
})
