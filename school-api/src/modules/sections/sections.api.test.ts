import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildEnrollment,
  buildGrade,
  buildGroup,
  buildHomeroom,
  buildStudent,
  buildTeacher,
  buildTeaching,
  buildYear,
} from '#src/testing/builders.ts'
import { AROUND_TODAY, day } from '#src/testing/days.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let teacher: Client
let teacherId: string
let yearId: string
let gradeId: string

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  const user = await buildTeacher(school.db)
  teacherId = user.id
  teacher = await school.as(user)
  yearId = (await buildYear(school.db, AROUND_TODAY)).id
  gradeId = (await buildGrade(school.db)).id
})
afterAll(() => school.stop())

const NOBODY = '00000000-0000-7000-8000-000000000000'
let count = 0
const aName = () => `Name ${++count}`
const pathsOf = (body: { errors: { path: string }[] }) => body.errors.map((issue) => issue.path)
const enroll = async (sectionId: string, dates: { joinedOn?: string; leftOn?: string } = {}) => {
  const student = await buildStudent(school.db)
  await buildEnrollment(school.db, {
    studentId: student.id,
    yearId,
    sectionId,
    joinedOn: day(-100),
    ...dates,
  })
  return student
}

describe('sections', () => {
  it('creates a homeroom and answers with it, its Location and its ETag', async () => {
    const body = { gradeId, name: aName(), capacity: 30, classTeacherId: teacherId }
    const answer = await admin.post('/sections').send(body).expect(201)
    expect(answer.body).toMatchObject({
      ...body,
      kind: 'HOMEROOM',
      subjectId: null,
      enrolledCount: 0,
      version: 1,
    })
    expect(answer.headers.location).toBe(`/sections/${answer.body.id}`)
    expect(answer.headers.etag).toBe('"1"')
    expect((await teacher.get(`/sections/${answer.body.id}`).expect(200)).body).toEqual(answer.body)
  })

  it('creates a group of a subject without a grade', async () => {
    const { body: subject } = await admin.post('/subjects').send({ code: 'ART', name: 'Art' })
    const answer = await admin
      .post('/sections')
      .send({ kind: 'GROUP', name: aName(), subjectId: subject.id })
      .expect(201)
    expect(answer.body).toMatchObject({ kind: 'GROUP', gradeId: null, subjectId: subject.id })
  })

  it('names every fault of a bad body, a homeroom without a grade among them', async () => {
    const answer = await admin
      .post('/sections')
      .send({ name: '', capacity: 0, colour: 'red' })
      .expect(400)
    expect(pathsOf(answer.body).sort()).toEqual(['capacity', 'colour', 'gradeId', 'name'])
    const empty = await admin.post('/sections').send({}).expect(400)
    expect(pathsOf(empty.body).sort()).toEqual(['gradeId', 'name'])
  })

  it('returns 422 for a grade and a subject that are not there, naming both', async () => {
    const answer = await admin
      .post('/sections')
      .send({ gradeId: NOBODY, subjectId: NOBODY, name: 'A' })
      .expect(422)
    expect(answer.body.code).toBe('unknown_reference')
    expect(pathsOf(answer.body)).toEqual(['gradeId', 'subjectId'])
  })

  it('returns 422 for a class teacher who is no teacher, or not active', async () => {
    const inactive = await buildTeacher(school.db, { isActive: false })
    const student = await buildStudent(school.db)
    for (const classTeacherId of [inactive.id, student.id, NOBODY]) {
      const answer = await admin
        .post('/sections')
        .send({ gradeId, name: aName(), classTeacherId })
        .expect(422)
      expect(answer.body.code).toBe('not_an_active_teacher')
    }
  })

  it('lets one of several have a name in a grade when they race, whatever its case', async () => {
    const name = aName()
    const answers = await Promise.all(
      [name, name.toUpperCase(), name.toLowerCase()].map((name) =>
        admin.post('/sections').send({ gradeId, name }),
      ),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409])
    const other = await buildGrade(school.db)
    await admin.post('/sections').send({ gradeId: other.id, name }).expect(201)
    await admin.post('/sections').send({ kind: 'GROUP', name }).expect(201)
    const group = await admin.post('/sections').send({ kind: 'GROUP', name }).expect(409)
    expect(group.body.code).toBe('section_name_taken')
  })

  it('counts the seats taken in the current year, future ones too, past ones not', async () => {
    const section = await buildHomeroom(school.db, { gradeId })
    await enroll(section.id)
    await enroll(section.id, { joinedOn: day(5) })
    await enroll(section.id, { leftOn: day(5) })
    await enroll(section.id, { leftOn: day(0) })
    const { body } = await teacher.get(`/sections/${section.id}`).expect(200)
    expect(body.enrolledCount).toBe(3)
  })

  it('returns 409 capacity_exceeded for fewer seats than are taken', async () => {
    const section = await buildHomeroom(school.db, { gradeId, capacity: 5 })
    for (let i = 0; i < 3; i++) await enroll(section.id)
    const answer = await admin.patch(`/sections/${section.id}`).send({ capacity: 2 }).expect(409)
    expect(answer.body).toMatchObject({
      code: 'capacity_exceeded',
      details: { sectionId: section.id, capacity: 2, enrolled: 3 },
    })
    const exact = await admin.patch(`/sections/${section.id}`).send({ capacity: 3 }).expect(200)
    expect(exact.body).toMatchObject({ capacity: 3, enrolledCount: 3, version: 2 })
    const none = await admin.patch(`/sections/${section.id}`).send({ capacity: null }).expect(200)
    expect(none.body.capacity).toBeNull()
    await admin.patch(`/sections/${section.id}`).send({ capacity: 2 }).expect(409)
  })

  it('never has fewer seats than students when lowering races with enrolling', async () => {
    const section = await buildHomeroom(school.db, { gradeId, capacity: 3 })
    await enroll(section.id)
    const students = await Promise.all(Array.from({ length: 2 }, () => buildStudent(school.db)))
    await Promise.all([
      ...students.map(({ id }) =>
        admin
          .post('/enrollments')
          .send({ studentUserId: id, academicYearId: yearId, sectionId: section.id }),
      ),
      admin.patch(`/sections/${section.id}`).send({ capacity: 2 }),
    ])
    const { body } = await admin.get(`/sections/${section.id}`).expect(200)
    expect(body.enrolledCount).toBeLessThanOrEqual(body.capacity)
  })

  it('changes what is named, takes off a class teacher, and keeps the kind', async () => {
    const section = await buildHomeroom(school.db, { gradeId, classTeacherId: teacherId })
    const answer = await admin
      .patch(`/sections/${section.id}`)
      .send({ name: 'Renamed', classTeacherId: null })
      .expect(200)
    expect(answer.body).toMatchObject({ name: 'Renamed', classTeacherId: null, gradeId })
    await admin.patch(`/sections/${section.id}`).send({ kind: 'GROUP' }).expect(400)
    const grade = await admin.patch(`/sections/${section.id}`).send({ gradeId: null }).expect(422)
    expect(grade.body.code).toBe('homeroom_needs_grade')
    await admin.patch(`/sections/${NOBODY}`).send({ name: 'X' }).expect(404)
  })

  it('lists by grade and name, page by page, and filters', async () => {
    const [low, high] = [
      await school.db.grade.create({ data: { code: 'L', name: 'Low', orderNo: 900 } }),
      await school.db.grade.create({ data: { code: 'H', name: 'High', orderNo: 901 } }),
    ]
    for (const [grade, name] of [
      [high, 'Listed A'],
      [low, 'Listed B'],
      [low, 'Listed A'],
    ] as const)
      await buildHomeroom(school.db, { gradeId: grade.id, name })
    await buildGroup(school.db, { name: 'Listed % group' })
    const seen: { id: string; name: string; gradeId: string | null }[] = []
    let path = '/sections?limit=2&count=true'
    for (;;) {
      const { body } = await teacher.get(path).expect(200)
      seen.push(...body.items)
      if (!body.nextCursor) {
        expect(body.total).toBe(seen.length)
        break
      }
      path = `/sections?limit=2&count=true&cursor=${body.nextCursor}`
    }
    expect(new Set(seen.map((section) => section.id)).size).toBe(seen.length)
    expect(
      seen
        .filter(({ name }) => name.startsWith('Listed'))
        .map(({ name, gradeId }) => [name, gradeId]),
    ).toEqual([
      ['Listed A', low.id],
      ['Listed B', low.id],
      ['Listed A', high.id],
      ['Listed % group', null],
    ])
    const names = async (query: string) =>
      (await teacher.get(`/sections?${query}`).expect(200)).body.items.map(
        (section: { name: string }) => section.name,
      )
    expect(await names(`gradeId=${low.id}`)).toEqual(['Listed A', 'Listed B'])
    expect(await names('kind=GROUP&q=listed')).toEqual(['Listed % group'])
    expect(await names('q=%25 GROUP')).toEqual(['Listed % group'])
    await teacher.get('/sections?kind=CLUB').expect(400)
    await teacher.get('/sections?cursor=bm9uZQ').expect(400)
  })

  it('answers whole to a client that has the version: who is enrolled changes without it', async () => {
    const section = await buildHomeroom(school.db, { gradeId })
    const before = await admin.get(`/sections/${section.id}`).expect(200)
    await enroll(section.id)
    const after = await admin
      .get(`/sections/${section.id}`)
      .set('If-None-Match', before.headers.etag ?? '')
      .expect(200)
    expect([before.body.enrolledCount, after.body.enrolledCount]).toEqual([0, 1])
  })

  it('removes an unused section, and returns 409 in_use for one with students', async () => {
    const section = await buildHomeroom(school.db, { gradeId })
    await admin.delete(`/sections/${section.id}`).expect(204)
    await admin.delete(`/sections/${section.id}`).expect(404)
    const used = await buildHomeroom(school.db, { gradeId })
    await enroll(used.id)
    const answer = await admin.delete(`/sections/${used.id}`).expect(409)
    expect(answer.body).toMatchObject({
      code: 'in_use',
      detail: 'Students are or were enrolled in the section',
    })
  })

  it('returns 401 without a token, and 403 to whom it is not allowed', async () => {
    const section = await buildHomeroom(school.db, { gradeId })
    const student = await school.as(await buildStudent(school.db))
    const routes = [
      ['get', '/sections'],
      ['post', '/sections'],
      ['get', `/sections/${section.id}`],
      ['patch', `/sections/${section.id}`],
      ['delete', `/sections/${section.id}`],
      ['get', `/sections/${section.id}/roster`],
    ] as const
    for (const [method, path] of routes) {
      await school.anonymous[method](path).expect(401)
      await student[method](path).expect(403)
      if (method !== 'get') await teacher[method](path).expect(403)
    }
  })
})

describe('roster', () => {
  it('lists by roll number, then by name, with preferred names', async () => {
    const section = await buildHomeroom(school.db, { gradeId })
    const place = { academicYearId: yearId, sectionId: section.id, joinedOn: new Date(day(-50)) }
    const add = async (
      person: { firstName: string; lastName: string | null; preferredName?: string },
      rollNo: number | null,
    ) => {
      const student = await buildStudent(school.db, person)
      const { id } = await school.db.studentEnrollment.create({
        data: { ...place, studentUserId: student.id, rollNo },
      })
      const stays = { joinedOn: day(-50), leftOn: null }
      return {
        studentUserId: student.id,
        enrollmentId: id,
        rollNo,
        preferredName: null,
        ...person,
        ...stays,
      }
    }
    const zoe = await add({ firstName: 'Zoe', lastName: 'Ümit' }, null)
    const umar = await add({ firstName: 'Umar', lastName: null }, null)
    const second = await add({ firstName: 'Asha', lastName: 'Bose', preferredName: 'Ash' }, 2)
    const first = await add({ firstName: 'Ravi', lastName: 'Zaveri' }, 1)
    const { body } = await admin.get(`/sections/${section.id}/roster`).expect(200)
    expect(body).toEqual({
      sectionId: section.id,
      date: day(0),
      items: [first, second, umar, zoe],
    })
  })

  it('is on a past date what it was then, the last day being exclusive', async () => {
    const section = await buildHomeroom(school.db, { gradeId })
    const left = await enroll(section.id, { joinedOn: day(-50), leftOn: day(-10) })
    const came = await enroll(section.id, { joinedOn: day(-20) })
    const on = async (date: string) =>
      (await admin.get(`/sections/${section.id}/roster?date=${date}`).expect(200)).body.items.map(
        (student: { studentUserId: string }) => student.studentUserId,
      )
    expect(await on(day(-51))).toEqual([])
    expect(await on(day(-50))).toEqual([left.id])
    expect((await on(day(-11))).toSorted()).toEqual([left.id, came.id].toSorted())
    expect(await on(day(-10))).toEqual([came.id])
    // Nobody is taken off when the year ends, and yet nobody is there the day after.
    expect(await on(AROUND_TODAY.endsOn)).toEqual([came.id])
    expect(await on(day(151))).toEqual([])
  })

  it('is for a group its members on that date', async () => {
    const group = await buildGroup(school.db)
    const student = await buildStudent(school.db)
    const membership = await school.db.groupMembership.create({
      data: {
        studentUserId: student.id,
        sectionId: group.id,
        academicYearId: yearId,
        joinedOn: new Date(day(-5)),
      },
    })
    const { body } = await admin.get(`/sections/${group.id}/roster?date=${day(-5)}`).expect(200)
    expect(body.items).toMatchObject([
      { studentUserId: student.id, membershipId: membership.id, rollNo: null },
    ])
    const before = await admin.get(`/sections/${group.id}/roster?date=${day(-6)}`).expect(200)
    expect(before.body.items).toEqual([])
  })

  it('is for teachers of the section only, and 404 to the others', async () => {
    const section = await buildHomeroom(school.db, { gradeId })
    await teacher.get(`/sections/${section.id}/roster`).expect(404)
    await buildTeaching(school.db, { teacherId, sectionId: section.id, yearId })
    await teacher.get(`/sections/${section.id}/roster`).expect(200)
    await admin.get(`/sections/${NOBODY}/roster`).expect(404)
    await admin.get(`/sections/${section.id}/roster?date=today`).expect(400)
  })
})
