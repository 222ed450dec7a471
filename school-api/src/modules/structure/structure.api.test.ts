import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildEnrollment,
  buildGroup,
  buildHomeroom,
  buildStudent,
  buildTeacher,
  buildTeaching,
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

/** As a list answers its items, without the times that the overview leaves out. */
const itemsOf = async (path: string) =>
  (await admin.get(`${path}?limit=200`).expect(200)).body.items.map(
    ({ createdAt: _c, updatedAt: _u, ...item }: Record<string, unknown>) => item,
  )

describe('GET /structure', () => {
  it('answers empty lists in an empty school', async () => {
    expect((await admin.get('/structure').expect(200)).body).toEqual({
      years: [],
      grades: [],
      sections: [],
      subjects: [],
      rooms: [],
      teachers: [],
      teachingCount: 0,
    })
  })

  it('says of years, grades, sections, subjects and rooms what their own lists say', async () => {
    const { db } = school
    const year = await buildYear(db)
    const terms = [
      { name: 'Autumn', startsOn: '2031-09-01', endsOn: '2031-12-20' },
      { name: 'Spring', startsOn: '2032-01-05', endsOn: '2032-03-31' },
    ]
    await admin
      .post('/academic-years')
      .send({ code: 'LATER', name: 'Later', startsOn: '2031-09-01', endsOn: '2032-07-01', terms })
      .expect(201)
    const teacher = await buildTeacher(db)
    const homeroom = await buildHomeroom(db, { capacity: 2, classTeacherId: teacher.id })
    await buildHomeroom(db)
    await buildGroup(db)
    await admin.post('/subjects').send({ code: 'M', name: 'Mathematics' }).expect(201)
    await admin.post('/rooms').send({ code: 'R1', name: 'Room 1', capacity: 30 }).expect(201)
    await buildEnrollment(db, {
      studentId: (await buildStudent(db)).id,
      yearId: year.id,
      sectionId: homeroom.id,
    })
    await buildTeaching(db, { teacherId: teacher.id, sectionId: homeroom.id, yearId: year.id })

    const { body } = await admin.get('/structure').expect(200)
    for (const [list, path] of [
      ['years', '/academic-years'],
      ['grades', '/grades'],
      ['sections', '/sections'],
      ['subjects', '/subjects'],
      ['rooms', '/rooms'],
    ] as const)
      expect(body[list], list).toEqual(await itemsOf(path))
    expect(body.years).toHaveLength(2)
    expect(body.sections[0]).toMatchObject({ id: homeroom.id, enrolledCount: 1 })
    expect(body.teachingCount).toBe(1)
  })

  it('names every teacher, those who left marked', async () => {
    const gone = await buildTeacher(school.db, {
      firstName: 'Zoe',
      lastName: 'Zz',
      isActive: false,
      teacherCode: 'T-GONE',
    })
    const { body } = await admin.get('/structure').expect(200)
    expect(body.teachers.at(-1)).toEqual({
      id: gone.id,
      firstName: 'Zoe',
      lastName: 'Zz',
      preferredName: null,
      teacherCode: 'T-GONE',
      isActive: false,
    })
    expect(body.teachers).toHaveLength(2)
  })

  it('is for the office alone', async () => {
    const teacher = await school.as(await buildTeacher(school.db))
    await teacher.get('/structure').expect(403)
    await school.anonymous.get('/structure').expect(401)
    await admin.get('/structure?year=1').expect(400)
  })
})

describe('If-Match', () => {
  it('lets one of two who read the same version change it, and tells the other', async () => {
    const things = {
      '/grades': { code: 'IM', name: 'Grade', orderNo: 3 },
      '/subjects': { code: 'IM', name: 'Subject' },
      '/rooms': { code: 'IM', name: 'Room' },
      '/sections': { kind: 'GROUP', name: 'IM' },
      '/academic-years': { code: 'IM', name: 'Y', startsOn: '2040-01-01', endsOn: '2040-12-01' },
    }
    for (const [path, body] of Object.entries(things)) {
      const { headers } = await admin.post(path).send(body).expect(201)
      const place = headers.location ?? ''
      const change = (name: string) =>
        admin
          .patch(place)
          .set('If-Match', headers.etag ?? '')
          .send({ name })
      const answers = await Promise.all([change('First'), change('Second')])
      expect(answers.map(({ status }) => status).sort(), path).toEqual([200, 412])
      const lost = answers.find(({ status }) => status === 412)
      expect(lost?.body.code).toBe('version_mismatch')
      const kept = await admin.get(place).expect(200)
      expect(kept.body.version).toBe(2)
      await admin.patch(place).set('If-Match', 'nonsense').send({ name: 'X' }).expect(400)
      await admin.patch(place).set('If-Match', '*').send({ name: 'Third' }).expect(200)
    }
  })

  it('returns 404 for what is not there, whatever the version', async () => {
    for (const path of ['/grades', '/subjects', '/rooms', '/sections', '/academic-years'])
      await admin
        .patch(`${path}/00000000-0000-7000-8000-000000000000`)
        .set('If-Match', '"1"')
        .send({ name: 'X' })
        .expect(404)
  })
})
