import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildEnrollment,
  buildGroup,
  buildHomeroom,
  buildParent,
  buildStudent,
  buildTeacher,
  buildYear,
} from '#src/testing/builders.ts'
import { fromDate } from '@usms/service-kit/http/fields'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

const DAY_MS = 86_400_000
const START_MS = Date.now()
/** Days from the real one, so that the tests hold in any year. */
const day = (offset: number) => new Date(START_MS + offset * DAY_MS).toISOString().slice(0, 10)
const noonOf = (offset: number) => `${day(offset)}T12:00:00.000Z`
const NOWHERE = '01890000-0000-7000-8000-000000000000'

let school: TestSchool
let admin: Client
let teacher: Client
let yearId: string
let sectionId: string
let otherSectionId: string

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  const user = await buildTeacher(school.db)
  teacher = await school.as(user)
  yearId = (await buildYear(school.db, { startsOn: day(-200), endsOn: day(100) })).id
  sectionId = (await buildHomeroom(school.db, { classTeacherId: user.id })).id
  otherSectionId = (await buildHomeroom(school.db)).id
})
afterAll(() => school.stop())

const create = async (body: object = {}) =>
  (
    await admin
      .post('/assignments')
      .send({ sectionId, title: 'Fractions', ...body })
      .expect(201)
  ).body

async function pupilOf(section: string, joinedOn = day(-100), leftOn?: string) {
  const student = await buildStudent(school.db)
  await buildEnrollment(school.db, {
    studentId: student.id,
    yearId,
    sectionId: section,
    joinedOn,
    ...(leftOn && { leftOn }),
  })
  return student
}

describe('POST /assignments', () => {
  it('creates one with 100 marks unless told otherwise, and answers with its Location', async () => {
    const answer = await teacher
      .post('/assignments')
      .send({ sectionId, title: ' Essay ', dueAt: noonOf(7) })
      .expect(201)
    expect(answer.body).toMatchObject({
      sectionId,
      academicYearId: yearId,
      title: 'Essay',
      description: null,
      dueAt: noonOf(7),
      maxMarks: 100,
      subjectId: null,
      status: 'OPEN',
      version: 1,
    })
    expect(answer.headers.location).toBe(`/assignments/${answer.body.id}`)
    const trace = await school.db.auditEvent.findFirst({
      where: { action: 'assignment.create', subjectIds: { has: answer.body.id } },
    })
    expect(trace).not.toBeNull()
  })

  it('takes whole and half marks above 0, up to 10000', async () => {
    expect((await create({ maxMarks: 12.5 })).maxMarks).toBe(12.5)
    expect((await create({ maxMarks: 10_000 })).maxMarks).toBe(10_000)
    for (const maxMarks of [0, -1, 10.25, 10_000.5, '10']) {
      const answer = await admin
        .post('/assignments')
        .send({ sectionId, title: 'X', maxMarks })
        .expect(400)
      expect(answer.body.errors[0].path).toBe('maxMarks')
    }
  })

  it('names every fault of a bad body', async () => {
    const answer = await admin
      .post('/assignments')
      .send({ sectionId: 'here', title: '', dueAt: 'soon', status: 'OPEN' })
      .expect(400)
    expect(new Set(answer.body.errors.map((issue: { path: string }) => issue.path))).toEqual(
      new Set(['sectionId', 'title', 'dueAt', 'status']),
    )
  })

  it('returns 422 outside_year for a due date in no year', async () => {
    const answer = await admin
      .post('/assignments')
      .send({ sectionId, title: 'Late', dueAt: noonOf(150) })
      .expect(422)
    expect(answer.body).toMatchObject({ code: 'outside_year', errors: [{ path: 'dueAt' }] })
  })

  it('takes the last minute of the year by the school’s clock, and not the next one', async () => {
    // 23:59 and 00:00 in Kolkata, five and a half hours ahead.
    await create({ dueAt: `${day(100)}T18:29:59.999Z` })
    await admin
      .post('/assignments')
      .send({ sectionId, title: 'Late', dueAt: `${day(100)}T18:30:00Z` })
      .expect(422)
  })

  it('returns 422 for a section and for a subject that are not there', async () => {
    const noSection = await admin
      .post('/assignments')
      .send({ sectionId: NOWHERE, title: 'X' })
      .expect(422)
    expect(noSection.body.code).toBe('unknown_reference')
    const noSubject = await admin
      .post('/assignments')
      .send({ sectionId, title: 'X', subjectId: NOWHERE })
      .expect(422)
    expect(noSubject.body.code).toBe('unknown_reference')
  })

  it('returns 401 without a token, 403 to a student and to a teacher of other sections', async () => {
    const body = { sectionId: otherSectionId, title: 'Mine' }
    await school.anonymous.post('/assignments').send(body).expect(401)
    await teacher.post('/assignments').send(body).expect(403)
    const student = await school.as(await pupilOf(otherSectionId))
    await student.post('/assignments').send(body).expect(403)
  })
})

describe('PATCH /assignments/:id', () => {
  it('changes, closes, reopens and clears what is named', async () => {
    const { id } = await create({ dueAt: noonOf(3), description: 'Do it' })
    const closed = await teacher
      .patch(`/assignments/${id}`)
      .send({ status: 'CLOSED', dueAt: null, description: null })
      .expect(200)
    expect(closed.body).toMatchObject({
      status: 'CLOSED',
      dueAt: null,
      description: null,
      title: 'Fractions',
      version: 2,
    })
    const open = await teacher.patch(`/assignments/${id}`).send({ status: 'OPEN' }).expect(200)
    expect(open.body.status).toBe('OPEN')
  })

  it('returns 409 marks_given when a mark given is above the new maximum', async () => {
    const { id } = await create({ maxMarks: 20 })
    await school.db.assignmentSubmission.create({
      data: {
        assignmentId: id,
        studentUserId: (await pupilOf(sectionId)).id,
        late: false,
        text: 'Here',
        status: 'GRADED',
        marksObtained: 15.5,
      },
    })
    const answer = await admin.patch(`/assignments/${id}`).send({ maxMarks: 15 }).expect(409)
    expect(answer.body).toMatchObject({ code: 'marks_given', details: { highestMark: 15.5 } })
    await admin.patch(`/assignments/${id}`).send({ maxMarks: 15.5 }).expect(200)
  })

  it('returns 422 outside_year for a due date outside its own year', async () => {
    const { id } = await create()
    const next = await buildYear(school.db, {
      startsOn: day(101),
      endsOn: day(300),
      isCurrent: false,
    })
    const answer = await admin
      .patch(`/assignments/${id}`)
      .send({ dueAt: noonOf(150) })
      .expect(422)
    expect(answer.body.code).toBe('outside_year')
    await school.db.academicYear.delete({ where: { id: next.id } })
  })

  it('returns 400 for the section, 401, 403 and 404', async () => {
    const { id } = await create({ sectionId: otherSectionId })
    const moved = await admin.patch(`/assignments/${id}`).send({ sectionId }).expect(400)
    expect(moved.body.errors[0].path).toBe('sectionId')
    await school.anonymous.patch(`/assignments/${id}`).send({ title: 'X' }).expect(401)
    await teacher.patch(`/assignments/${id}`).send({ title: 'X' }).expect(403)
    await admin.patch(`/assignments/${NOWHERE}`).send({ title: 'X' }).expect(404)
  })
})

describe('who sees an assignment', () => {
  it('the pupils there while it was open, however they stand now', async () => {
    school.clock.now = new Date(noonOf(-10))
    const { id } = await create({ dueAt: noonOf(-5) })
    school.clock.now = null
    const throughout = await pupilOf(sectionId)
    const leftInBetween = await pupilOf(sectionId, day(-100), day(-7))
    const cameInBetween = await pupilOf(sectionId, day(-6))
    const leftBefore = await pupilOf(sectionId, day(-100), day(-11))
    const cameAfter = await pupilOf(sectionId, day(-3))
    const elsewhere = await pupilOf(otherSectionId)
    for (const [student, status] of [
      [throughout, 200],
      [leftInBetween, 200],
      [cameInBetween, 200],
      [leftBefore, 404],
      [cameAfter, 404],
      [elsewhere, 404],
    ] as const) {
      const client = await school.as(student)
      await client.get(`/assignments/${id}`).expect(status)
      const { body } = await client.get('/assignments?limit=200').expect(200)
      const ids = body.items.map((item: { id: string }) => item.id)
      expect(ids.includes(id)).toBe(status === 200)
    }
  })

  it('the members of a group, and parents for their children only', async () => {
    const group = await buildGroup(school.db)
    const member = await buildStudent(school.db)
    await school.db.groupMembership.create({
      data: {
        studentUserId: member.id,
        sectionId: group.id,
        academicYearId: yearId,
        joinedOn: fromDate(day(-20)),
      },
    })
    const { id } = await create({ sectionId: group.id })
    await (await school.as(member)).get(`/assignments/${id}`).expect(200)
    const parent = await school.as(await buildParent(school.db, [member.id]))
    expect((await parent.get('/assignments').expect(200)).body.items).toMatchObject([{ id }])
    const stranger = await school.as(
      await buildParent(school.db, [(await pupilOf(otherSectionId)).id]),
    )
    await stranger.get(`/assignments/${id}`).expect(404)
  })

  it('nobody through an enrollment of another year', async () => {
    const last = await buildYear(school.db, {
      startsOn: day(-500),
      endsOn: day(-201),
      isCurrent: false,
    })
    const student = await buildStudent(school.db)
    await buildEnrollment(school.db, {
      studentId: student.id,
      yearId: last.id,
      sectionId,
      joinedOn: day(-400),
    })
    const { id } = await create()
    await (await school.as(student)).get(`/assignments/${id}`).expect(404)
  })

  it('teachers where they teach, the office everywhere', async () => {
    const { id } = await create({ sectionId: otherSectionId })
    await teacher.get(`/assignments/${id}`).expect(404)
    await admin.get(`/assignments/${id}`).expect(200)
    const { body } = await teacher.get(`/assignments?sectionId=${otherSectionId}`).expect(200)
    expect(body.items).toEqual([])
  })
})

describe('GET /assignments', () => {
  it('filters, and lists newest first page by page without losing or repeating one', async () => {
    const section = await buildHomeroom(school.db)
    school.clock.now = new Date(noonOf(-1))
    for (let i = 0; i < 5; i++) await create({ sectionId: section.id, title: `At once ${i}` })
    school.clock.now = null
    const newest = await create({ sectionId: section.id })
    await admin.patch(`/assignments/${newest.id}`).send({ status: 'CLOSED' }).expect(200)

    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await admin
        .get(`/assignments?sectionId=${section.id}&limit=2&count=true${cursor}`)
        .expect(200)
      expect(body.total).toBe(6)
      seen.push(...body.items.map((item: { id: string }) => item.id))
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
    } while (cursor)
    expect(seen[0]).toBe(newest.id)
    expect(seen).toHaveLength(6)
    expect(new Set(seen).size).toBe(6)

    const closed = await admin.get(`/assignments?sectionId=${section.id}&status=CLOSED`)
    expect(closed.body.items).toMatchObject([{ id: newest.id }])
  })

  it('returns 400 for filters and cursors it does not know, 401 without a token', async () => {
    await admin.get('/assignments?status=DONE').expect(400)
    const forged = Buffer.from(JSON.stringify(['2026', 'x'])).toString('base64url')
    await admin.get(`/assignments?cursor=${forged}`).expect(400)
    await admin.get('/assignments/1').expect(400)
    await school.anonymous.get('/assignments').expect(401)
    await school.anonymous.get(`/assignments/${NOWHERE}`).expect(401)
  })
})
