import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildEnrollment,
  buildGroup,
  buildHomeroom,
  buildSession,
  buildStudent,
  buildTeacher,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let adminId: string
let admin: Client
let teacherId: string
let teacher: Client
let yearId: string
let sectionId: string
let students: string[]
/** A session of the section, held on 2025-11-17, of which the teacher is one. */
let sessionId: string

const NOBODY = '00000000-0000-7000-8000-000000000000'
const ON = '2025-11-17'

beforeAll(async () => {
  school = await startSchool()
  const { db } = school
  const office = await buildAdmin(db)
  adminId = office.id
  admin = await school.as(office)
  const user = await buildTeacher(db)
  teacherId = user.id
  teacher = await school.as(user)
  // A past year: the tests' dates are behind every real clock, whenever they run.
  yearId = (await buildYear(db, { startsOn: '2025-06-01', endsOn: '2026-03-31' })).id
})
afterAll(() => school.stop())

beforeEach(async () => {
  school.clock.now = new Date('2025-11-17T12:00:00Z')
  sectionId = (await buildHomeroom(school.db)).id
  students = []
  for (let i = 0; i < 3; i++) students.push(await enroll())
  sessionId = (await session()).id
})

async function enroll(dates: { joinedOn?: string; leftOn?: string } = {}) {
  const { id } = await buildStudent(school.db)
  await buildEnrollment(school.db, {
    studentId: id,
    yearId,
    sectionId,
    joinedOn: '2025-06-01',
    ...dates,
  })
  return id
}

let slot = 0
/** One of the many ten minutes of that day, so that the teacher is never in two places. */
function session({ on = sectionId, teacherIds = [teacherId], startsAt = '' } = {}) {
  const start = startsAt ? Date.parse(startsAt) : Date.parse(`${ON}T00:00:00Z`) + slot++ * 600_000
  return buildSession(school.db, {
    sectionId: on,
    yearId,
    teacherIds,
    createdById: adminId,
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + 600_000).toISOString(),
    localDate: ON,
  })
}

const mark = (by: Client, entries: object[], more: object = {}) =>
  by.post('/attendance/mark').send({ classSessionId: sessionId, entries, ...more })
const all = (status: string) => students.map((studentUserId) => ({ studentUserId, status }))
const entryOf = (studentUserId: string | undefined) =>
  school.db.attendanceEntry.findFirst({
    where: { classSessionId: sessionId, studentUserId: studentUserId ?? NOBODY },
  })
const changes = () =>
  school.db.attendanceChange.findMany({
    where: { entry: { classSessionId: sessionId } },
    orderBy: { id: 'asc' },
  })
const takenAt = async () =>
  (await school.db.classSession.findUniqueOrThrow({ where: { id: sessionId } })).registerTakenAt

describe('marking a register', () => {
  it('marks all of it, says that it is taken, and audits it once', async () => {
    const { body } = await mark(teacher, all('PRESENT')).expect(200)
    expect(body).toEqual({
      classSessionId: sessionId,
      marked: 3,
      kept: 0,
      registerTaken: true,
      markedAt: '2025-11-17T12:00:00.000Z',
    })
    expect((await takenAt())?.toISOString()).toBe('2025-11-17T12:00:00.000Z')
    expect(await entryOf(students[0])).toMatchObject({
      status: 'PRESENT',
      minutesLate: null,
      note: null,
      markedByUserId: teacherId,
      byOffice: false,
      markedAt: school.clock.now,
    })
    const audited = await school.db.auditEvent.findMany({
      where: { action: 'register.mark', subjectIds: { has: sessionId } },
    })
    expect(audited).toHaveLength(1)
  })

  it('is not taken before the last student has an entry', async () => {
    const [first, ...rest] = all('PRESENT')
    const part = await mark(teacher, rest).expect(200)
    expect(part.body).toMatchObject({ marked: 2, registerTaken: false })
    expect(await takenAt()).toBeNull()
    const whole = await mark(teacher, [first ?? {}]).expect(200)
    expect(whole.body).toMatchObject({ marked: 1, registerTaken: true })
  })

  it('changes nothing and keeps no history when the same is marked again', async () => {
    const entries = all('LATE').map((entry) => ({ ...entry, minutesLate: 5, note: 'bus' }))
    await mark(teacher, entries).expect(200)
    const before = await entryOf(students[0])
    school.clock.now = new Date('2025-11-17T13:00:00Z')
    const again = await mark(teacher, entries).expect(200)
    expect(again.body).toMatchObject({ marked: 3, registerTaken: true })
    expect(await entryOf(students[0])).toEqual(before)
    // Left out is not emptied.
    await mark(teacher, all('LATE')).expect(200)
    expect(await entryOf(students[0])).toEqual(before)
    expect(await changes()).toEqual([])
  })

  it('keeps who, when, from, to and why of every correction', async () => {
    await mark(teacher, all('ABSENT')).expect(200)
    school.clock.now = new Date('2025-11-18T04:00:00Z')
    const late = { studentUserId: students[0], status: 'LATE', minutesLate: 12, note: 'bus' }
    const entries = [late, ...all('ABSENT').slice(1)]
    await mark(admin, entries, { reason: 'came later' }).expect(200)
    expect(await changes()).toMatchObject([
      {
        entryId: (await entryOf(students[0]))?.id,
        changedByUserId: adminId,
        changedAt: school.clock.now,
        fromMarkedByUserId: teacherId,
        fromStatus: 'ABSENT',
        toStatus: 'LATE',
        fromMinutesLate: null,
        toMinutesLate: 12,
        fromNote: null,
        toNote: 'bus',
        reason: 'came later',
      },
    ])
    expect(await entryOf(students[0])).toMatchObject({ markedByUserId: adminId, byOffice: true })
    expect(await entryOf(students[1])).toMatchObject({ markedByUserId: teacherId, byOffice: false })
  })

  it('leaves an office mark as it is when a teacher marks otherwise, and counts it as kept', async () => {
    await mark(admin, [{ studentUserId: students[0], status: 'EXCUSED' }]).expect(200)
    const { body } = await mark(teacher, all('PRESENT')).expect(200)
    expect(body).toMatchObject({ marked: 2, kept: 1, registerTaken: true })
    expect(await entryOf(students[0])).toMatchObject({ status: 'EXCUSED', byOffice: true })
    await mark(admin, [{ studentUserId: students[0], status: 'ABSENT' }]).expect(200)
    expect(await entryOf(students[0])).toMatchObject({ status: 'ABSENT' })
  })

  it('answers 409 naming whoever was marked otherwise meanwhile, and writes nothing', async () => {
    const [first, second, third] = students
    const other = await buildTeacher(school.db)
    sessionId = (await session({ teacherIds: [teacherId, other.id] })).id
    const colleague = await school.as(other)
    const asSeen = (status: string, ifMarkedAt: string | null) =>
      students.map((studentUserId) => ({ studentUserId, status, ifMarkedAt }))
    const seen = (await mark(teacher, asSeen('PRESENT', null)).expect(200)).body.markedAt
    school.clock.now = new Date('2025-11-17T12:05:00Z')
    await mark(admin, [{ studentUserId: second, status: 'LATE', ifMarkedAt: seen }]).expect(200)
    await mark(colleague, [{ studentUserId: third, status: 'ABSENT', ifMarkedAt: seen }]).expect(
      200,
    )
    const refused = await mark(teacher, asSeen('EXCUSED', seen)).expect(409)
    expect(refused.body).toMatchObject({
      code: 'marked_meanwhile',
      errors: [{ path: 'entries.2.status' }],
    })
    expect(await entryOf(first)).toMatchObject({ status: 'PRESENT' })
    // Whoever has seen it may.
    const now = '2025-11-17T17:35:00+05:30'
    await mark(teacher, [{ studentUserId: third, status: 'EXCUSED', ifMarkedAt: now }]).expect(200)
    expect(await entryOf(third)).toMatchObject({ status: 'EXCUSED' })
  })

  it('is for everybody who teaches the section where the office put nobody on the session', async () => {
    sessionId = (await session({ teacherIds: [] })).id
    const stranger = await school.as(await buildTeacher(school.db))
    await mark(stranger, all('PRESENT')).expect(403)
    const { body } = await mark(teacher, all('PRESENT')).expect(200)
    expect(body).toMatchObject({ marked: 3, registerTaken: true })
  })

  it('takes the roster of the session’s own date', async () => {
    const left = await enroll({ joinedOn: '2025-06-01', leftOn: ON })
    const stays = await enroll({ joinedOn: ON, leftOn: '2025-11-18' })
    const comes = await enroll({ joinedOn: '2025-11-18' })
    const refused = await mark(
      teacher,
      [left, stays, comes].map((studentUserId) => ({ studentUserId, status: 'PRESENT' })),
    ).expect(422)
    expect(refused.body.code).toBe('not_on_roster')
    expect(refused.body.errors.map((issue: { path: string }) => issue.path)).toEqual([
      'entries.0.studentUserId',
      'entries.2.studentUserId',
    ])
    const { body } = await mark(teacher, [
      ...all('PRESENT'),
      { studentUserId: stays, status: 'PRESENT' },
    ]).expect(200)
    expect(body.registerTaken).toBe(true)
  })

  it('takes the memberships of a group', async () => {
    const group = await buildGroup(school.db)
    await school.db.groupMembership.create({
      data: {
        studentUserId: students[0] ?? NOBODY,
        sectionId: group.id,
        academicYearId: yearId,
        joinedOn: new Date('2025-06-01'),
      },
    })
    sessionId = (await session({ on: group.id })).id
    const refused = await mark(teacher, all('PRESENT')).expect(422)
    expect(refused.body.errors).toHaveLength(2)
    const { body } = await mark(teacher, all('PRESENT').slice(0, 1)).expect(200)
    expect(body).toMatchObject({ marked: 1, registerTaken: true })
  })

  it('refuses the whole call for one bad entry, and names every bad one', async () => {
    const stranger = (await buildStudent(school.db)).id
    const { body } = await mark(teacher, [
      { studentUserId: students[0], status: 'PRESENT' },
      { studentUserId: stranger, status: 'NOPE' },
      { studentUserId: students[1], status: 'present' },
      { studentUserId: students[2], status: 'PRESENT', minutesLate: 5 },
    ]).expect(422)
    expect(body.code).toBe('not_on_roster')
    expect(body.errors.map((issue: { path: string }) => issue.path)).toEqual([
      'entries.1.studentUserId',
      'entries.1.status',
      'entries.2.status',
      'entries.3.minutesLate',
    ])
    expect(await entryOf(students[0])).toBeNull()
    const unknown = await mark(teacher, [{ studentUserId: students[0], status: 'NOPE' }])
    expect(unknown.body).toMatchObject({ status: 422, code: 'unknown_code' })
  })

  it('returns 400 for half a character, which no database keeps', async () => {
    const [studentUserId] = students
    const { body } = await mark(teacher, [{ studentUserId, status: '\ud800', note: 'a\udc00' }])
    expect(body).toMatchObject({ status: 400, code: 'invalid_input' })
    expect(body.errors.map((issue: { path: string }) => issue.path)).toEqual([
      'entries.0.status',
      'entries.0.note',
    ])
  })

  it('takes a code of the school’s own until it is retired', async () => {
    const data = { code: 'TRIP', name: 'Trip', countsPresent: true, countsPossible: true }
    await school.db.attendanceCode.create({ data })
    await mark(teacher, all('TRIP').slice(0, 1)).expect(200)
    await school.db.attendanceCode.update({ where: { code: 'TRIP' }, data: { isActive: false } })
    const { body } = await mark(teacher, all('TRIP')).expect(422)
    expect(body.errors.map((issue: { path: string }) => issue.path)).toEqual([
      'entries.1.status',
      'entries.2.status',
    ])
  })

  it('marks 500 entries in one call', async () => {
    const { db } = school
    const ids = Array.from({ length: 497 }, (_, i) => `${NOBODY.slice(0, -8)}${1e7 + i}`)
    await db.user.createMany({
      data: ids.map((id, i) => ({
        id,
        username: `many${i}`,
        usernameKey: `many${i}`,
        firstName: 'Many',
        role: 'STUDENT' as const,
      })),
    })
    await db.studentProfile.createMany({ data: ids.map((userId) => ({ userId })) })
    await db.studentEnrollment.createMany({
      data: ids.map((studentUserId) => ({
        studentUserId,
        academicYearId: yearId,
        sectionId,
        joinedOn: new Date('2025-06-01'),
      })),
    })
    students.push(...ids)
    const { body } = await mark(teacher, all('PRESENT')).expect(200)
    expect(body).toMatchObject({ marked: 500, registerTaken: true })
    await mark(teacher, [...all('PRESENT'), ...all('ABSENT')]).expect(400)
  })
})

describe('when and by whom a register is marked', () => {
  it('returns 422 session_in_future until it has begun', async () => {
    sessionId = (await session({ startsAt: '2025-11-17T12:00:00.001Z' })).id
    for (const client of [teacher, admin]) {
      const { body } = await mark(client, all('PRESENT')).expect(422)
      expect(body.code).toBe('session_in_future')
    }
    school.clock.now = new Date('2025-11-17T12:00:00.001Z')
    await mark(teacher, all('PRESENT')).expect(200)
  })

  it('returns 409 session_cancelled', async () => {
    await school.db.classSession.update({
      where: { id: sessionId },
      data: { status: 'CANCELLED' },
    })
    const { body } = await mark(admin, all('PRESENT')).expect(409)
    expect(body.code).toBe('session_cancelled')
  })

  it('lets a teacher correct for seven of the school’s days, and the office always', async () => {
    await mark(teacher, all('PRESENT').slice(0, 2)).expect(200)
    // The last minute of the seventh day in Kolkata.
    school.clock.now = new Date('2025-11-24T18:29:59Z')
    await mark(teacher, all('ABSENT').slice(0, 1)).expect(200)
    school.clock.now = new Date('2025-11-24T18:30:00Z')
    const refused = await mark(teacher, all('LATE')).expect(403)
    expect(refused.body.code).toBe('correction_window_closed')
    expect(refused.body.errors.map((issue: { path: string }) => issue.path)).toEqual([
      'entries.0.status',
      'entries.1.status',
    ])
    expect(await entryOf(students[2])).toBeNull()
    // First marking has no deadline, and saying the same is no correction.
    await mark(teacher, [
      { studentUserId: students[1], status: 'PRESENT' },
      { studentUserId: students[2], status: 'LATE' },
    ]).expect(200)
    await mark(admin, all('EXCUSED')).expect(200)
  })

  it('takes the number of days from the settings', async () => {
    await mark(teacher, all('PRESENT')).expect(200)
    await school.db.schoolSettings.updateMany({ data: { correctionDays: 0 } })
    await mark(teacher, all('ABSENT')).expect(200)
    school.clock.now = new Date('2025-11-18T00:00:00Z')
    await mark(teacher, all('LATE')).expect(403)
    await school.db.schoolSettings.updateMany({ data: { correctionDays: 7 } })
    await mark(teacher, all('LATE')).expect(200)
  })

  it('lets a cover teacher mark, and no other teacher of the section', async () => {
    const [cover, classTeacher] = [await buildTeacher(school.db), await buildTeacher(school.db)]
    await school.db.section.update({
      where: { id: sectionId },
      data: { classTeacherId: classTeacher.id },
    })
    const { startsAt, endsAt } = await school.db.classSession.findUniqueOrThrow({
      where: { id: sessionId },
    })
    await school.db.sessionTeacher.create({
      data: {
        classSessionId: sessionId,
        teacherUserId: cover.id,
        duty: 'COVER',
        startsAt,
        endsAt,
        status: 'SCHEDULED',
      },
    })
    await mark(await school.as(cover), all('PRESENT')).expect(200)
    await mark(await school.as(classTeacher), all('PRESENT')).expect(403)
    await mark(await school.as(await buildTeacher(school.db)), all('PRESENT')).expect(403)
  })

  it('refuses the teacher of a session of own making once the section is not theirs', async () => {
    await school.db.classSession.update({ where: { id: sessionId }, data: { byOffice: false } })
    await school.db.classSession.updateMany({
      where: { sectionId },
      data: { byOffice: false },
    })
    await mark(teacher, all('PRESENT')).expect(403)
  })

  it('returns 400, 401, 403 and 404 where they belong', async () => {
    const twice = await mark(teacher, [...all('PRESENT'), ...all('ABSENT').slice(1, 2)]).expect(400)
    expect(twice.body.errors).toEqual([
      { path: 'entries.3.studentUserId', message: 'is named twice' },
    ])
    const bad = await teacher
      .post('/attendance/mark')
      .send({
        classSessionId: 'x',
        entries: [{ studentUserId: students[0], status: '', minutesLate: -1, mood: 'good' }],
      })
      .expect(400)
    expect(bad.body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'classSessionId',
      'entries.0.minutesLate',
      'entries.0.mood',
      'entries.0.status',
    ])
    await mark(teacher, []).expect(400)
    await mark(school.anonymous, all('PRESENT')).expect(401)
    const student = await school.as(await buildStudent(school.db))
    await mark(student, all('PRESENT')).expect(403)
    await mark(admin, all('PRESENT'), { classSessionId: NOBODY }).expect(404)
  })
})

describe('marks that race', () => {
  it('leaves one entry a student and a history without gaps, whoever comes last', async () => {
    const statuses = [
      'PRESENT',
      'ABSENT',
      'LATE',
      'EXCUSED',
      'PRESENT',
      'ABSENT',
      'LATE',
      'EXCUSED',
    ]
    const answers = await Promise.all(statuses.map((status) => mark(admin, all(status))))
    expect(answers.map(({ status }) => status)).toEqual(statuses.map(() => 200))
    const entries = await school.db.attendanceEntry.findMany({
      where: { classSessionId: sessionId },
      include: { changes: true },
    })
    expect(entries).toHaveLength(3)
    for (const { status, changes: history } of entries) {
      // Each correction began where another one ended, but for one: the first mark's. The last one is what stands.
      const reached = history.map(({ toStatus }) => toStatus)
      const begun = [...history.map(({ fromStatus }) => fromStatus), status]
      const first = begun.filter((from) => {
        const at = reached.indexOf(from)
        if (at >= 0) reached.splice(at, 1)
        return at < 0
      })
      expect(first).toHaveLength(1)
      expect(reached).toEqual([])
    }
  })

  it('marks it or cancels it, never both', async () => {
    for (let round = 0; round < 5; round++) {
      sessionId = (await session()).id
      const [marked, cancelled] = await Promise.all([
        mark(admin, all('PRESENT')),
        admin.post(`/sessions/${sessionId}/cancel`).send({ reason: 'x' }),
      ])
      expect([marked.status, cancelled.status].sort()).toEqual([200, 409])
      const entries = await school.db.attendanceEntry.count({
        where: { classSessionId: sessionId },
      })
      expect(entries).toBe(marked.status === 200 ? 3 : 0)
    }
  })
})
