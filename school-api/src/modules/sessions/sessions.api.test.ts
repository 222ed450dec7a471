import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromDate } from '@usms/service-kit/http/fields'
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
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let teacherId: string
let teacher: Client
let yearId: string
let sectionId: string
let groupId: string
let otherSectionId: string
let studentId: string

const NOBODY = '00000000-0000-7000-8000-000000000000'

// A past year: the tests' dates are behind every real clock, whenever they run.
beforeAll(async () => {
  school = await startSchool()
  const { db } = school
  school.clock.now = new Date('2025-11-17T12:00:00Z')
  admin = await school.as(await buildAdmin(db))
  const user = await buildTeacher(db)
  teacherId = user.id
  teacher = await school.as(user)
  yearId = (await buildYear(db, { startsOn: '2025-06-01', endsOn: '2026-03-31' })).id
  sectionId = (await buildHomeroom(db, { classTeacherId: teacherId })).id
  groupId = (await buildGroup(db)).id
  otherSectionId = (await buildHomeroom(db)).id
  studentId = (await buildStudent(db)).id
  await buildEnrollment(db, { studentId, yearId, sectionId, joinedOn: '2025-06-01' })
  await db.groupMembership.create({
    data: {
      studentUserId: studentId,
      sectionId: groupId,
      academicYearId: yearId,
      joinedOn: fromDate('2025-06-01'),
    },
  })
})
afterAll(() => school.stop())

let day = 0
/** A day of its own for each call, so that nothing clashes by accident. */
const times = (from = '04:30', to = '05:15') => {
  const date = new Date(Date.UTC(2025, 7, 1 + day++)).toISOString().slice(0, 10)
  return { startsAt: `${date}T${from}:00.000Z`, endsAt: `${date}T${to}:00.000Z` }
}
const create = async (body: object, by: Client = admin) =>
  (
    await by
      .post('/sessions')
      .send({ sectionId, ...times(), ...body })
      .expect(201)
  ).body
const paths = (answer: { body: { errors: { path: string }[] } }) =>
  answer.body.errors.map((issue) => issue.path).sort()

describe('creating a session', () => {
  it('answers with it, its Location, ETag and the school’s date of it', async () => {
    const answer = await admin
      .post('/sessions')
      .send({
        sectionId,
        startsAt: '2025-07-01T19:00:00Z',
        endsAt: '2025-07-01T19:45:00+00:00',
        teacherUserIds: [teacherId],
      })
      .expect(201)
    expect(answer.body).toMatchObject({
      sectionId,
      academicYearId: yearId,
      kind: 'LESSON',
      status: 'SCHEDULED',
      startsAt: '2025-07-01T19:00:00.000Z',
      // After midnight in Kolkata.
      localDate: '2025-07-02',
      teachers: [{ teacherUserId: teacherId, role: 'MAIN' }],
      subjectId: null,
      roomId: null,
      registerTakenAt: null,
      warnings: [],
      version: 1,
    })
    expect(answer.headers.location).toBe(`/sessions/${answer.body.id}`)
    expect(answer.headers.etag).toBe('"1"')
    const row = await school.db.classSession.findUniqueOrThrow({ where: { id: answer.body.id } })
    expect(row.byOffice).toBe(true)
    const audited = await school.db.auditEvent.findMany({
      where: { action: 'class-session.create', subjectIds: { has: answer.body.id } },
    })
    expect(audited).toHaveLength(1)
  })

  it('takes MAIN and COVER teachers, a room and a subject', async () => {
    const cover = await buildTeacher(school.db)
    const room = await school.db.room.create({ data: { code: 'R1', name: 'Room 1' } })
    const subject = await school.db.subject.create({ data: { code: 'MA', name: 'Maths' } })
    const session = await create({
      roomId: room.id,
      subjectId: subject.id,
      teachers: [{ teacherUserId: cover.id, role: 'COVER' }, { teacherUserId: teacherId }],
    })
    expect(session).toMatchObject({
      roomId: room.id,
      room: { id: room.id, code: 'R1', name: 'Room 1' },
      subjectId: subject.id,
      subject: { id: subject.id, code: 'MA', name: 'Maths' },
    })
    expect(session.teachers).toMatchObject([
      { teacherUserId: teacherId, role: 'MAIN' },
      { teacherUserId: cover.id, role: 'COVER' },
    ])
  })

  it('puts a teacher who names nobody on it, and does not count as made by the office', async () => {
    const session = await create({}, teacher)
    expect(session.teachers).toMatchObject([{ teacherUserId: teacherId, role: 'MAIN' }])
    const row = await school.db.classSession.findUniqueOrThrow({ where: { id: session.id } })
    expect(row.byOffice).toBe(false)
  })

  it('returns 403 to a teacher for a section not taught, and for naming somebody else', async () => {
    const other = await buildTeacher(school.db)
    await teacher
      .post('/sessions')
      .send({ sectionId: otherSectionId, ...times() })
      .expect(403)
    for (const named of [[other.id], [teacherId, other.id]])
      await teacher
        .post('/sessions')
        .send({ sectionId, ...times(), teacherUserIds: named })
        .expect(403)
  })

  it('does not let a teacher stay in a section by sessions of their own making', async () => {
    const user = await buildTeacher(school.db)
    const client = await school.as(user)
    const section = await buildHomeroom(school.db, { classTeacherId: user.id })
    const own = await create({ sectionId: section.id }, client)
    await school.db.section.update({
      where: { id: section.id },
      data: { classTeacherId: null },
    })
    await client
      .post('/sessions')
      .send({ sectionId: section.id, ...times() })
      .expect(403)
    await client.patch(`/sessions/${own.id}`).send({ roomId: null }).expect(403)
    await client.get(`/sessions/${own.id}`).expect(404)
    await client.get(`/sessions/${own.id}/register`).expect(404)
  })

  it('lets a teacher create where the office has put them on a session', async () => {
    const user = await buildTeacher(school.db)
    const client = await school.as(user)
    await client
      .post('/sessions')
      .send({ sectionId: otherSectionId, ...times() })
      .expect(403)
    await create({ sectionId: otherSectionId, teacherUserIds: [user.id] })
    await create({ sectionId: otherSectionId }, client)
  })

  it('returns 422 naming each reference that leads nowhere', async () => {
    const retired = await buildTeacher(school.db, { isActive: false })
    const answer = await admin
      .post('/sessions')
      .send({
        sectionId: NOBODY,
        subjectId: NOBODY,
        roomId: NOBODY,
        teacherUserIds: [teacherId, retired.id, studentId],
        ...times(),
      })
      .expect(422)
    expect(answer.body.code).toBe('unknown_reference')
    expect(paths(answer)).toEqual([
      'roomId',
      'sectionId',
      'subjectId',
      'teacherUserIds.1',
      'teacherUserIds.2',
    ])
  })

  it('returns 422 outside_year for a time that no year holds, also at the year’s edge in the school’s zone', async () => {
    const outside = async (startsAt: string, endsAt: string) => {
      const answer = await admin.post('/sessions').send({ sectionId, startsAt, endsAt }).expect(422)
      expect(answer.body.code).toBe('outside_year')
    }
    await outside('2024-01-10T04:00:00Z', '2024-01-10T05:00:00Z')
    // 31 March in UTC, 1 April in Kolkata.
    await outside('2026-03-31T19:00:00Z', '2026-03-31T20:00:00Z')
    // Begins inside and ends outside.
    await outside('2026-03-31T18:00:00Z', '2026-03-31T19:00:00Z')
    const body = { sectionId, startsAt: '2026-03-31T18:00:00Z', endsAt: '2026-03-31T18:30:00Z' }
    await admin.post('/sessions').send(body).expect(201)
  })

  it('is kept inside a year that gets shorter at the same time', async () => {
    for (let year = 2010; year < 2015; year++) {
      const { id } = await buildYear(school.db, {
        startsOn: `${year}-06-01`,
        endsOn: `${year + 1}-03-31`,
        isCurrent: false,
      })
      const lastDay = {
        startsAt: `${year + 1}-03-31T05:00:00Z`,
        endsAt: `${year + 1}-03-31T06:00:00Z`,
      }
      const [created, shortened] = await Promise.all([
        admin.post('/sessions').send({ sectionId, ...lastDay }),
        admin.patch(`/academic-years/${id}`).send({ endsOn: `${year + 1}-03-30` }),
      ])
      expect([
        [201, 422],
        [422, 200],
      ]).toContainEqual([created.status, shortened.status])
    }
  })

  it('returns 422 for times out of order, a session longer than a day, a registration of a group', async () => {
    const refuse = async (body: object, code: string) => {
      const answer = await admin
        .post('/sessions')
        .send({ sectionId, ...body })
        .expect(422)
      expect(answer.body.code).toBe(code)
    }
    const at = '2025-09-01T05:00:00Z'
    await refuse({ startsAt: at, endsAt: at }, 'times_out_of_order')
    await refuse({ startsAt: at, endsAt: '2025-09-01T04:00:00Z' }, 'times_out_of_order')
    await refuse({ startsAt: at, endsAt: '2025-09-02T05:00:01Z' }, 'session_too_long')
    await refuse({ ...times(), sectionId: groupId, kind: 'REGISTRATION' }, 'not_a_homeroom')
    await create({ kind: 'REGISTRATION' })
  })

  it('warns of students who are in two places, and creates it all the same', async () => {
    const both = times()
    const lesson = await create({ ...both })
    expect(lesson.warnings).toEqual([])
    const club = await create({ ...both, sectionId: groupId })
    const student = await school.db.user.findUniqueOrThrow({ where: { id: studentId } })
    expect(club.warnings).toEqual([
      {
        code: 'students_double_booked',
        studentUserIds: [studentId],
        students: [
          {
            studentUserId: studentId,
            firstName: student.firstName,
            lastName: student.lastName,
            preferredName: null,
          },
        ],
      },
    ])
    // Half-open: one begins when the other ends.
    const after = await create({
      sectionId: groupId,
      startsAt: both.endsAt,
      endsAt: both.endsAt.replace(':15:', ':45:'),
    })
    expect(after.warnings).toEqual([])
  })

  it('returns 400 naming every fault', async () => {
    const answer = await admin
      .post('/sessions')
      .send({
        sectionId: 'x',
        kind: 'PARTY',
        startsAt: '2025-09-01',
        teacherUserIds: [],
        colour: 'red',
      })
      .expect(400)
    expect(paths(answer)).toEqual([
      'colour',
      'endsAt',
      'kind',
      'sectionId',
      'startsAt',
      'teacherUserIds',
    ])
    const twice = { teacherUserIds: [teacherId, teacherId] }
    await admin
      .post('/sessions')
      .send({ sectionId, ...times(), ...twice })
      .expect(400)
    const both = { teacherUserIds: [teacherId], teachers: [{ teacherUserId: teacherId }] }
    await admin
      .post('/sessions')
      .send({ sectionId, ...times(), ...both })
      .expect(400)
  })
})

describe('reading sessions', () => {
  it('lists by time, page by page, with the filters it names', async () => {
    const room = await school.db.room.create({ data: { code: 'R2', name: 'Room 2' } })
    const user = await buildTeacher(school.db)
    const { id } = await buildHomeroom(school.db)
    const at = (date: string) => ({
      startsAt: `${date}T04:30:00Z`,
      endsAt: `${date}T05:15:00Z`,
      sectionId: id,
    })
    const third = await create({ ...at('2025-10-03'), roomId: room.id })
    const first = await create(at('2025-10-01'))
    const second = await create({ ...at('2025-10-02'), teacherUserIds: [user.id] })
    const ids = async (query: string) =>
      (await admin.get(`/sessions?${query}`).expect(200)).body.items.map(
        (item: { id: string }) => item.id,
      )
    expect(await ids(`sectionId=${id}`)).toEqual([first.id, second.id, third.id])
    expect(await ids(`sectionId=${id}&from=2025-10-02&to=2025-10-02`)).toEqual([second.id])
    expect(await ids(`sectionId=${id}&from=2025-10-02`)).toEqual([second.id, third.id])
    expect(await ids(`teacherId=${user.id}`)).toEqual([second.id])
    expect(await ids(`roomId=${room.id}`)).toEqual([third.id])
    await admin.post(`/sessions/${first.id}/cancel`).send({ reason: 'Strike' }).expect(200)
    expect(await ids(`sectionId=${id}&status=CANCELLED`)).toEqual([first.id])
    expect(await ids(`sectionId=${id}&status=SCHEDULED`)).toEqual([second.id, third.id])
    const takenAt = { registerTakenAt: new Date('2025-10-02T06:00:00Z') }
    await school.db.classSession.update({ where: { id: second.id }, data: takenAt })
    expect(await ids(`sectionId=${id}&taken=true`)).toEqual([second.id])
    expect(await ids(`sectionId=${id}&taken=false`)).toEqual([first.id, third.id])

    const page = await admin.get(`/sessions?sectionId=${id}&limit=2&count=true`).expect(200)
    expect(page.body.total).toBe(3)
    expect(await ids(`sectionId=${id}&limit=2&cursor=${page.body.nextCursor}`)).toEqual([third.id])
  })

  it('has the names that a screen shows, in lists as well as alone', async () => {
    const room = await school.db.room.create({ data: { code: 'R3', name: 'Room 3' } })
    const [zoe, adam] = [
      await buildTeacher(school.db, { firstName: 'Zoe', lastName: null, preferredName: 'Zo' }),
      await buildTeacher(school.db, { firstName: 'Adam', lastName: 'Bede' }),
    ]
    const section = await buildHomeroom(school.db)
    const session = await create({
      sectionId: section.id,
      roomId: room.id,
      teacherUserIds: [zoe.id, adam.id],
    })
    const named = {
      section: { id: section.id, name: section.name, kind: 'HOMEROOM' },
      room: { id: room.id, code: 'R3', name: 'Room 3' },
      subject: null,
      teachers: [
        {
          teacherUserId: adam.id,
          role: 'MAIN',
          firstName: 'Adam',
          lastName: 'Bede',
          preferredName: null,
        },
        {
          teacherUserId: zoe.id,
          role: 'MAIN',
          firstName: 'Zoe',
          lastName: null,
          preferredName: 'Zo',
        },
      ],
    }
    expect(session).toMatchObject(named)
    const { body } = await admin.get(`/sessions?sectionId=${section.id}`).expect(200)
    expect(body.items).toMatchObject([{ id: session.id, ...named }])
    expect((await admin.get(`/sessions/${session.id}`).expect(200)).body).toEqual(body.items[0])
  })

  it('shows a teacher sections taught, a student and a parent the own ones, nobody else’s', async () => {
    const own = await create({})
    const other = await create({ sectionId: otherSectionId })
    const student = await school.as(
      await school.db.user.findUniqueOrThrow({ where: { id: studentId } }),
    )
    const parent = await school.as(await buildParent(school.db, [studentId]))
    const stranger = await school.as(await buildParent(school.db, []))
    for (const client of [teacher, student, parent]) {
      await client.get(`/sessions/${own.id}`).expect(200)
      await client.get(`/sessions/${other.id}`).expect(404)
      const { body } = await client.get('/sessions?limit=200').expect(200)
      const sections = new Set(body.items.map((item: { sectionId: string }) => item.sectionId))
      expect(sections.has(sectionId)).toBe(true)
      expect(sections.has(otherSectionId)).toBe(false)
    }
    await stranger.get(`/sessions/${own.id}`).expect(404)
    expect((await stranger.get('/sessions').expect(200)).body.items).toEqual([])
  })

  it('returns 400 for bad filters and ids, 404 for what is not there, 401 to nobody', async () => {
    const answer = await admin
      .get('/sessions?from=2025-10-02&to=2025-10-01&teacherId=x&colour=red')
      .expect(400)
    expect(paths(answer)).toEqual(expect.arrayContaining(['colour', 'teacherId']))
    await admin.get('/sessions?from=2025-10-02&to=2025-10-01').expect(400)
    await admin.get('/sessions?cursor=bm9wZQ').expect(400)
    await admin.get('/sessions/x').expect(400)
    await admin.get(`/sessions/${NOBODY}`).expect(404)
    await school.anonymous.get('/sessions').expect(401)
    await school.anonymous.get(`/sessions/${NOBODY}`).expect(401)
    await school.anonymous.get(`/sessions/${NOBODY}/register`).expect(401)
  })
})
