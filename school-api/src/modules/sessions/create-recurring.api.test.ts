import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { fromDate } from '@usms/service-kit/http/fields'
import {
  buildAdmin,
  buildEnrollment,
  buildGroup,
  buildHomeroom,
  buildParent,
  buildStudent,
  buildTeacher,
  buildTeaching,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

const NOBODY = '00000000-0000-7000-8000-000000000000'

let school: TestSchool
let admin: Client
let teacher: Client
let student: Client
let parent: Client
let teacherId: string
let yearId: string
let sectionId: string
let roomId: string

// A past year in a zone with summer time, from 30 March to 26 October.
beforeAll(async () => {
  school = await startSchool({ timezone: 'Europe/Berlin' })
  const { db } = school
  school.clock.now = new Date('2025-03-03T12:00:00Z')
  admin = await school.as(await buildAdmin(db))
  const user = await buildTeacher(db)
  teacherId = user.id
  teacher = await school.as(user)
  const pupil = await buildStudent(db)
  student = await school.as(pupil)
  parent = await school.as(await buildParent(db, [pupil.id]))
  yearId = (await buildYear(db, { startsOn: '2024-08-01', endsOn: '2025-07-31' })).id
  roomId = (await db.room.create({ data: { code: 'R1', name: 'Room 1' } })).id
})
beforeEach(async () => {
  await school.db.classSession.deleteMany()
  sectionId = (await buildHomeroom(school.db)).id
  await buildTeaching(school.db, { teacherId, sectionId, yearId, startsOn: '2024-08-01' })
})
afterAll(() => school.stop())

/** Mondays and Wednesdays of two weeks in March, 9:00 to 9:45. */
const pattern = (overrides: object = {}) => ({
  sectionId,
  weekdays: [1, 3],
  startTime: '09:00',
  endTime: '09:45',
  from: '2025-03-03',
  until: '2025-03-14',
  ...overrides,
})
const DATES = ['2025-03-03', '2025-03-05', '2025-03-10', '2025-03-12']
const post = (overrides: object = {}, by: Client = admin) =>
  by.post('/sessions/recurring').send(pattern(overrides))
const datesOf = (sessions: { localDate: string }[]) => sessions.map(({ localDate }) => localDate)
const paths = (answer: { body: { errors: { path: string }[] } }) =>
  answer.body.errors.map((issue) => issue.path).sort()

describe('POST /sessions/recurring', () => {
  it('creates a session on each date, with teachers, room and subject, and audits them once', async () => {
    const subject = await school.db.subject.create({ data: { code: 'MA', name: 'Maths' } })
    const cover = await buildTeacher(school.db)
    const teachers = [
      { teacherUserId: teacherId, role: 'MAIN' },
      { teacherUserId: cover.id, role: 'COVER' },
    ]
    const { body } = await post({ roomId, subjectId: subject.id, teachers }).expect(201)
    expect(body.refused).toEqual([])
    expect(datesOf(body.created)).toEqual(DATES)
    expect(body.created[0]).toMatchObject({
      sectionId,
      academicYearId: yearId,
      kind: 'LESSON',
      status: 'SCHEDULED',
      startsAt: '2025-03-03T08:00:00.000Z',
      endsAt: '2025-03-03T08:45:00.000Z',
      roomId,
      subjectId: subject.id,
      teachers,
      warnings: [],
      version: 1,
    })
    for (const session of body.created) {
      const { warnings: _, ...stored } = session
      expect((await admin.get(`/sessions/${session.id}`).expect(200)).body).toEqual(stored)
    }
    const audited = await school.db.auditEvent.findMany({
      where: { action: 'class-session.create-recurring', subjectIds: { has: body.created[0].id } },
    })
    expect(audited).toHaveLength(1)
    expect(audited[0]?.subjectIds).toHaveLength(4)
  })

  it('keeps the time on the wall, and refuses the date on which it does not exist alone', async () => {
    const sundays = { weekdays: [7], from: '2025-03-23', until: '2025-04-06' }
    const { body } = await post({ ...sundays, startTime: '02:30', endTime: '03:30' }).expect(201)
    expect(body.created.map(({ startsAt }: { startsAt: string }) => startsAt)).toEqual([
      '2025-03-23T01:30:00.000Z',
      '2025-04-06T00:30:00.000Z',
    ])
    expect(body.refused).toEqual([
      {
        date: '2025-03-30',
        code: 'local_time_skipped',
        detail: expect.any(String),
        details: null,
      },
    ])
  })

  it('refuses the dates that clash alone, and names the session in the way of each', async () => {
    const elsewhere = async (localDate: string, body: object) =>
      (
        await admin
          .post('/sessions')
          .send({
            sectionId: (await buildHomeroom(school.db)).id,
            startsAt: `${localDate}T08:30:00Z`,
            endsAt: `${localDate}T09:30:00Z`,
            ...body,
          })
          .expect(201)
      ).body
    const own = await elsewhere('2025-03-03', { sectionId })
    const room = await elsewhere('2025-03-05', { roomId })
    const taught = await elsewhere('2025-03-10', { teacherUserIds: [teacherId] })
    // Begins when ours ends, and one that was cancelled: neither is in the way.
    await elsewhere('2025-03-12', { sectionId, startsAt: '2025-03-12T08:45:00Z' })
    const off = await elsewhere('2025-03-12', {
      sectionId,
      startsAt: '2025-03-12T08:00:00Z',
      endsAt: '2025-03-12T08:45:00Z',
    })
    await admin.post(`/sessions/${off.id}/cancel`).send({ reason: 'Ill' }).expect(200)

    const { body } = await post({ roomId, teacherUserIds: [teacherId] }).expect(201)
    expect(datesOf(body.created)).toEqual(['2025-03-12'])
    expect(body.refused).toMatchObject(
      [
        ['2025-03-03', own, 'section'],
        ['2025-03-05', room, 'room'],
        ['2025-03-10', taught, 'teacher'],
      ].map(([date, session, withWhat]) => ({
        date,
        code: 'session_clash',
        detail: expect.any(String),
        details: {
          sessionId: session.id,
          sectionId: session.sectionId,
          startsAt: session.startsAt,
          endsAt: session.endsAt,
          localDate: date,
          with: withWhat,
          section: { id: session.sectionId, kind: 'HOMEROOM' },
        },
      })),
    )
  })

  it('may create nothing, when every date clashes', async () => {
    await post().expect(201)
    const { body } = await post().expect(201)
    expect(body.created).toEqual([])
    expect(body.refused.map(({ date }: { date: string }) => date)).toEqual(DATES)
    expect(await school.db.classSession.count({ where: { sectionId } })).toBe(4)
  })

  it('gives each date to one of two patterns that race', async () => {
    const answers = await Promise.all([
      post({ weekdays: [1, 3] }),
      post({ weekdays: [3, 5] }),
      post({ weekdays: [1, 5], startTime: '09:30', endTime: '10:15' }),
    ])
    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201])
    const dates = answers.flatMap(({ body }) => datesOf(body.created))
    expect(dates.sort()).toEqual([...DATES, '2025-03-07', '2025-03-14'].sort())
    expect(answers.flatMap(({ body }) => body.refused)).toHaveLength(6)
  })

  it('warns of students who are elsewhere at that time, on those dates', async () => {
    const pupil = (await buildStudent(school.db)).id
    const group = (await buildGroup(school.db)).id
    await buildEnrollment(school.db, {
      studentId: pupil,
      yearId,
      sectionId,
      joinedOn: '2024-08-01',
    })
    await school.db.groupMembership.create({
      data: {
        studentUserId: pupil,
        sectionId: group,
        academicYearId: yearId,
        joinedOn: fromDate('2025-03-10'),
      },
    })
    await post({ sectionId: group, weekdays: [1] }).expect(201)
    const { body } = await post().expect(201)
    const warned = body.created.filter(({ warnings }: { warnings: unknown[] }) => warnings.length)
    expect(datesOf(warned)).toEqual(['2025-03-10'])
    expect(warned[0].warnings).toMatchObject([
      {
        code: 'students_double_booked',
        studentUserIds: [pupil],
        students: [{ studentUserId: pupil, firstName: 'Asha' }],
      },
    ])
  })

  it('makes a whole year of every day at once', async () => {
    const { body } = await post({
      weekdays: [1, 2, 3, 4, 5, 6, 7],
      from: '2024-08-01',
      until: '2025-07-31',
      teacherUserIds: [teacherId],
    }).expect(201)
    expect(body.created).toHaveLength(365)
    const mornings = body.created.map(({ startsAt }: { startsAt: string }) => startsAt.slice(11))
    expect(new Set(mornings)).toEqual(new Set(['07:00:00.000Z', '08:00:00.000Z']))
  })
})

describe('who may', () => {
  it('a teacher for sections taught, being on them, and naming nobody else', async () => {
    const { body } = await post({}, teacher).expect(201)
    expect(body.created[0].teachers).toMatchObject([{ teacherUserId: teacherId, role: 'MAIN' }])
    const row = await school.db.classSession.findFirstOrThrow({ where: { sectionId } })
    expect(row.byOffice).toBe(false)
    await post({ teacherUserIds: [(await buildTeacher(school.db)).id] }, teacher).expect(403)
    await post({ sectionId: (await buildHomeroom(school.db)).id }, teacher).expect(403)
  })

  it('returns 403 to students and parents, 401 without a token', async () => {
    await post({}, student).expect(403)
    await post({}, parent).expect(403)
    await post({}, school.anonymous).expect(401)
  })
})

describe('a pattern that cannot be', () => {
  it('returns 400 for faults, each with its path', async () => {
    const answer = await admin
      .post('/sessions/recurring')
      .send({
        weekdays: [0, 8],
        startTime: '9:00',
        endTime: '24:00',
        from: '2025-02-30',
        until: 'x',
        every: 2,
      })
      .expect(400)
    expect(paths(answer)).toEqual(
      [
        'sectionId',
        'weekdays.0',
        'weekdays.1',
        'startTime',
        'endTime',
        'from',
        'until',
        'every',
      ].sort(),
    )
    for (const [overrides, path] of [
      [{ weekdays: [] }, 'weekdays'],
      [{ weekdays: [1, 1] }, 'weekdays'],
      [{ endTime: '09:00' }, 'endTime'],
      [{ until: '2025-03-02' }, 'until'],
      [{ from: '2024-08-01', until: '2025-08-02' }, 'until'],
      [{ teacherUserIds: [teacherId], teachers: [{ teacherUserId: teacherId }] }, 'teachers'],
    ] as const)
      expect(paths(await post(overrides).expect(400))).toEqual([path])
  })

  it('returns 422 outside one year, without any date, for a group’s registration and for what is not there', async () => {
    const refused = async (overrides: object, code: string, path?: string) => {
      const answer = await post(overrides).expect(422)
      expect(answer.body.code).toBe(code)
      if (path) expect(paths(answer)).toEqual([path])
    }
    await refused({ from: '2025-07-01', until: '2025-08-01' }, 'outside_year', 'until')
    await refused({ from: '2024-07-31', until: '2024-08-31' }, 'outside_year', 'from')
    await refused({ weekdays: [6], until: '2025-03-07' }, 'no_dates', 'weekdays')
    const group = (await buildGroup(school.db)).id
    await refused({ sectionId: group, kind: 'REGISTRATION' }, 'not_a_homeroom')
    await refused({ sectionId: NOBODY }, 'unknown_reference', 'sectionId')
    await refused({ roomId: NOBODY }, 'unknown_reference', 'roomId')
    await refused({ subjectId: NOBODY }, 'unknown_reference', 'subjectId')
    await refused({ teacherUserIds: [NOBODY] }, 'unknown_reference', 'teacherUserIds.0')
    expect(await school.db.classSession.count({ where: { sectionId } })).toBe(0)
  })
})
