import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildEnrollment,
  buildGrade,
  buildHomeroom,
  buildParent,
  buildStudent,
  buildTeacher,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

const DAY_MS = 86_400_000
const START_MS = Date.now()
/** Days from the real one, so that the tests hold in any year. */
const at = (offset: number) => new Date(START_MS + offset * DAY_MS).toISOString()
const day = (offset: number) => at(offset).slice(0, 10)
const NOWHERE = '01890000-0000-7000-8000-000000000000'

let school: TestSchool
let admin: Client
let teacher: Client
let otherTeacher: Client
let student: Client
let otherStudent: Client
let parent: Client
let sectionId: string
let gradeId: string
let teacherId: string
let otherSectionId: string

beforeAll(async () => {
  school = await startSchool()
  const { db } = school
  const staff = await buildTeacher(db)
  teacherId = staff.id
  const otherStaff = await buildTeacher(db)
  const yearId = (await buildYear(db, { startsOn: day(-200), endsOn: day(100) })).id
  gradeId = (await buildGrade(db)).id
  sectionId = (await buildHomeroom(db, { gradeId, classTeacherId: staff.id })).id
  otherSectionId = (await buildHomeroom(db, { classTeacherId: otherStaff.id })).id
  const pupil = await buildStudent(db)
  const otherPupil = await buildStudent(db)
  for (const [studentId, section] of [
    [pupil.id, sectionId],
    [otherPupil.id, otherSectionId],
  ] as const)
    await buildEnrollment(db, { studentId, yearId, sectionId: section, joinedOn: day(-100) })
  admin = await school.as(await buildAdmin(db))
  teacher = await school.as(staff)
  otherTeacher = await school.as(otherStaff)
  student = await school.as(pupil)
  otherStudent = await school.as(otherPupil)
  parent = await school.as(await buildParent(db, [pupil.id]))
})
beforeEach(() => {
  school.clock.now = null
})
afterAll(() => school.stop())

const announce = async (body: object = {}, client: Client = admin) =>
  (
    await client
      .post('/announcements')
      .send({ title: 'Sports day', body: 'On the field', ...body })
      .expect(201)
  ).body

/** Whether each sees it, both in the list and by its address. */
async function seenBy(id: string, clients: Record<string, Client>): Promise<string[]> {
  const seen: string[] = []
  for (const [name, client] of Object.entries(clients)) {
    const { body } = await client.get('/announcements?limit=200').expect(200)
    const isListed = body.items.some((item: { id: string }) => item.id === id)
    await client.get(`/announcements/${id}`).expect(isListed ? 200 : 404)
    if (isListed) seen.push(name)
  }
  return seen
}
const everybody = () => ({ admin, teacher, otherTeacher, student, otherStudent, parent })

describe('who sees an announcement', () => {
  it.each([
    ['all', () => ({ kind: 'all' }), Object.keys(everybody())],
    ['a role', () => ({ kind: 'role', value: 'PARENT' }), ['admin', 'parent']],
    [
      'a grade',
      () => ({ kind: 'grade', value: gradeId }),
      ['admin', 'teacher', 'student', 'parent'],
    ],
    [
      'a section',
      () => ({ kind: 'section', value: otherSectionId }),
      ['admin', 'otherTeacher', 'otherStudent'],
    ],
  ])('addressed to %s: those in it, and the office', async (_, audience, expected) => {
    const { id } = await announce({ audience: audience() })
    expect(await seenBy(id, everybody())).toEqual(expected)
  })

  it('only between publishAt and expiresAt; the author and the office at any time', async () => {
    const { id } = await announce(
      {
        audience: { kind: 'section', value: sectionId },
        publishAt: at(-2),
        expiresAt: at(-1),
      },
      teacher,
    )
    expect(await seenBy(id, everybody())).toEqual(['admin', 'teacher'])
    school.clock.now = new Date(Date.now() - 1.5 * DAY_MS)
    expect(await seenBy(id, everybody())).toEqual(['admin', 'teacher', 'student', 'parent'])
    school.clock.now = new Date(Date.now() - 3 * DAY_MS)
    expect(await seenBy(id, everybody())).toEqual(['admin', 'teacher'])
  })

  it('is seen from publishAt on, and from expiresAt on no more, to the millisecond', async () => {
    const from = new Date(Date.now() - 20 * DAY_MS)
    const to = new Date(from.getTime() + 1_000)
    const { id } = await announce({ publishAt: from.toISOString(), expiresAt: to.toISOString() })
    for (const [now, status] of [
      [from.getTime() - 1, 404],
      [from.getTime(), 200],
      [to.getTime() - 1, 200],
      [to.getTime(), 404],
    ] as const) {
      school.clock.now = new Date(now)
      await student.get(`/announcements/${id}`).expect(status)
    }
  })
})

describe('POST /announcements', () => {
  it('announces to all at once unless told otherwise', async () => {
    const answer = await admin
      .post('/announcements')
      .send({ title: 'Holiday', body: 'Monday is off.\nEnjoy.' })
      .expect(201)
    expect(answer.body).toMatchObject({
      title: 'Holiday',
      body: 'Monday is off.\nEnjoy.',
      audience: { kind: 'all', value: null },
      expiresAt: null,
      version: 1,
    })
    expect(answer.headers.location).toBe(`/announcements/${answer.body.id}`)
    const trace = await school.db.auditEvent.findFirst({
      where: { action: 'announcement.create', subjectIds: { has: answer.body.id } },
    })
    expect(trace).not.toBeNull()
  })

  it('lets a teacher address sections taught and nobody else', async () => {
    await announce({ audience: { kind: 'section', value: sectionId } }, teacher)
    for (const audience of [
      undefined,
      { kind: 'all' },
      { kind: 'role', value: 'STUDENT' },
      { kind: 'grade', value: gradeId },
      { kind: 'section', value: otherSectionId },
      { kind: 'section', value: NOWHERE },
    ])
      await teacher.post('/announcements').send({ title: 'X', body: 'Y', audience }).expect(403)
  })

  it('returns 422 for a grade or section that is not there and for times out of order', async () => {
    for (const kind of ['grade', 'section']) {
      const answer = await admin
        .post('/announcements')
        .send({ title: 'X', body: 'Y', audience: { kind, value: NOWHERE } })
        .expect(422)
      expect(answer.body).toMatchObject({
        code: 'unknown_audience',
        errors: [{ path: 'audience.value' }],
      })
    }
    for (const times of [
      { publishAt: at(2), expiresAt: at(1) },
      { publishAt: at(1), expiresAt: at(1) },
      { expiresAt: at(-1) },
    ]) {
      const answer = await admin
        .post('/announcements')
        .send({ title: 'X', body: 'Y', ...times })
        .expect(422)
      expect(answer.body.code).toBe('dates_out_of_order')
    }
  })

  it('returns 400 for faults, each with its path', async () => {
    const answer = await admin
      .post('/announcements')
      .send({ title: '', audience: { kind: 'role', value: 'COOK' }, publishAt: 'now', pin: true })
      .expect(400)
    expect(new Set(answer.body.errors.map((issue: { path: string }) => issue.path))).toEqual(
      new Set(['title', 'body', 'audience.value', 'publishAt', 'pin']),
    )
    for (const audience of [
      { kind: 'all', value: 'x' },
      { kind: 'section' },
      { kind: 'section', value: 'x' },
      { kind: 'planet', value: NOWHERE },
    ])
      await admin.post('/announcements').send({ title: 'X', body: 'Y', audience }).expect(400)
  })

  it('returns 401 without a token and 403 to students and parents', async () => {
    const body = { title: 'X', body: 'Y' }
    await school.anonymous.post('/announcements').send(body).expect(401)
    await student.post('/announcements').send(body).expect(403)
    await parent.post('/announcements').send(body).expect(403)
  })
})

describe('PATCH and DELETE /announcements/:id', () => {
  const mine = () => announce({ audience: { kind: 'section', value: sectionId } }, teacher)

  it('are for the author and the office', async () => {
    const { id } = await mine()
    const changed = await teacher.patch(`/announcements/${id}`).send({ title: 'Moved' }).expect(200)
    expect(changed.body).toMatchObject({ title: 'Moved', body: 'On the field', version: 2 })
    await otherTeacher.patch(`/announcements/${id}`).send({ title: 'X' }).expect(403)
    await otherTeacher.delete(`/announcements/${id}`).expect(403)
    await student.delete(`/announcements/${id}`).expect(403)
    await admin.patch(`/announcements/${id}`).send({ body: 'In the hall' }).expect(200)
    await teacher.delete(`/announcements/${id}`).expect(204)
    await admin.get(`/announcements/${id}`).expect(404)
    await admin.delete(`/announcements/${id}`).expect(404)
  })

  it('let a teacher widen no audience, nor speak to a section no longer taught', async () => {
    const { id } = await mine()
    const widen = { audience: { kind: 'all' } }
    await teacher.patch(`/announcements/${id}`).send(widen).expect(403)
    await school.db.section.update({ where: { id: sectionId }, data: { classTeacherId: null } })
    await teacher.patch(`/announcements/${id}`).send({ title: 'Still here' }).expect(403)
    await teacher.delete(`/announcements/${id}`).expect(204)
    await school.db.section.update({
      where: { id: sectionId },
      data: { classTeacherId: teacherId },
    })
  })

  it('keep publishAt before expiresAt, also when each is changed by somebody else at once', async () => {
    for (let round = 0; round < 10; round++) {
      const { id } = await announce({ publishAt: at(-10), expiresAt: at(10) })
      const answers = await Promise.all([
        admin.patch(`/announcements/${id}`).send({ publishAt: at(5) }),
        admin.patch(`/announcements/${id}`).send({ expiresAt: at(1) }),
      ])
      expect(answers.map((answer) => answer.status).sort()).toEqual([200, 422])
    }
    const { id } = await announce({ publishAt: at(-10), expiresAt: at(10) })
    const refused = await admin
      .patch(`/announcements/${id}`)
      .send({ publishAt: at(11) })
      .expect(422)
    expect(refused.body.code).toBe('dates_out_of_order')
    await admin.patch(`/announcements/${id}`).send({ expiresAt: null }).expect(200)
  })

  it('return 400, 401 and 404', async () => {
    const { id } = await mine()
    await admin.patch(`/announcements/${id}`).send({ title: null }).expect(400)
    await admin.patch('/announcements/1').send({ title: 'X' }).expect(400)
    await admin.delete('/announcements/1').expect(400)
    await school.anonymous.patch(`/announcements/${id}`).send({ title: 'X' }).expect(401)
    await school.anonymous.delete(`/announcements/${id}`).expect(401)
    await admin.patch(`/announcements/${NOWHERE}`).send({ title: 'X' }).expect(404)
  })
})

describe('GET /announcements', () => {
  it('lists newest first, page by page, and with ?mine only one’s own', async () => {
    const author = await school.as(await buildAdmin(school.db))
    const publishAt = at(-5)
    const ids: string[] = []
    for (let i = 0; i < 5; i++) ids.push((await announce({ publishAt }, author)).id)
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await author
        .get(`/announcements?mine=true&limit=2&count=true${cursor}`)
        .expect(200)
      expect(body.total).toBe(5)
      seen.push(...body.items.map((item: { id: string }) => item.id))
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
    } while (cursor)
    expect(seen).toEqual(ids.sort().reverse())
  })

  it('lists with ?order=unread what is out and not read before the rest, page by page', async () => {
    const reader = await school.as(await buildTeacher(school.db))
    const mine = { audience: { kind: 'role', value: 'TEACHER' } }
    const made: string[] = []
    for (const days of [4, 3, 2, 1])
      made.push((await announce({ ...mine, publishAt: at(-days) })).id)
    const [first, second, third, fourth] = made
    for (const id of [second, fourth]) await reader.post(`/announcements/${id}/read`).expect(204)
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await reader.get(`/announcements?order=unread&limit=2${cursor}`).expect(200)
      seen.push(...body.items.map((item: { id: string }) => item.id))
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
    } while (cursor)
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen.filter((id) => made.includes(id))).toEqual([third, first, fourth, second])
    // Neither what one wrote oneself nor what is not out yet waits to be read.
    const author = await school.as(await buildAdmin(school.db))
    const own = (await announce({ publishAt: at(-1) }, author)).id
    const later = (await announce({ publishAt: at(1) })).id
    const { body } = await author.get('/announcements?order=unread&limit=200').expect(200)
    const order = body.items.map((item: { id: string }) => item.id)
    expect(order.indexOf(own)).toBeGreaterThan(order.indexOf(first))
    expect(order.indexOf(later)).toBeGreaterThan(order.indexOf(first))
  })

  it('names the author and the grade or section', async () => {
    const { db } = school
    const { name } = await db.section.findUniqueOrThrow({ where: { id: sectionId } })
    const { id } = await announce({ audience: { kind: 'section', value: sectionId } }, teacher)
    const { body } = await student.get(`/announcements/${id}`).expect(200)
    const { firstName, lastName } = await db.user.findUniqueOrThrow({ where: { id: teacherId } })
    expect(body).toMatchObject({
      author: { userId: teacherId, firstName, lastName },
      audience: { kind: 'section', value: sectionId, name },
    })
    const grade = await announce({ audience: { kind: 'grade', value: gradeId } })
    expect(grade.audience.name).toEqual(expect.any(String))
    const toAll = await announce()
    expect(toAll.audience).toEqual({ kind: 'all', value: null, name: null })
  })

  it('returns 400 for a query it does not know, 401 without a token', async () => {
    await admin.get('/announcements?order=oldest').expect(400)
    await admin.get('/announcements?mine=perhaps').expect(400)
    await admin.get('/announcements/1').expect(400)
    await school.anonymous.get('/announcements').expect(401)
    await school.anonymous.get(`/announcements/${NOWHERE}`).expect(401)
  })
})

describe('GET /announcements/audiences', () => {
  it('offers the office everything, and a teacher the sections taught, each of which can be addressed', async () => {
    const { body: all } = await admin.get('/announcements/audiences').expect(200)
    expect(all.everybody).toBe(true)
    expect(all.grades.map((grade: { id: string }) => grade.id)).toContain(gradeId)
    const offered = all.sections.map((section: { id: string }) => section.id)
    expect(offered).toEqual(expect.arrayContaining([sectionId, otherSectionId]))
    const { body } = await teacher.get('/announcements/audiences').expect(200)
    expect(body).toEqual({
      everybody: false,
      grades: [],
      sections: [{ id: sectionId, name: expect.any(String) }],
    })
    await announce({ audience: { kind: 'section', value: body.sections[0].id } }, teacher)
  })

  it('returns 403 to students and parents and 401 without a token', async () => {
    for (const client of [student, parent]) await client.get('/announcements/audiences').expect(403)
    await school.anonymous.get('/announcements/audiences').expect(401)
  })
})
