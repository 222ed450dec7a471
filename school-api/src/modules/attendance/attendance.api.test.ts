import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fromDate } from '@usms/service-kit/http/fields'
import type { User } from '#src/generated/prisma/client.ts'
import {
  buildAdmin,
  buildHomeroom,
  buildParent,
  buildSession,
  buildStudent,
  buildTeacher,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let office: User
let admin: Client
let teacherUser: User
let teacher: Client
let stranger: Client
let yearId: string
let sectionId: string
let otherSectionId: string
let students: User[]

const NOBODY = '00000000-0000-7000-8000-000000000000'

beforeAll(async () => {
  school = await startSchool()
  const { db } = school
  school.clock.now = new Date('2025-11-17T12:00:00Z')
  office = await buildAdmin(db)
  admin = await school.as(office)
  teacherUser = await buildTeacher(db)
  teacher = await school.as(teacherUser)
  stranger = await school.as(await buildTeacher(db))
  yearId = (await buildYear(db, { startsOn: '2025-06-01', endsOn: '2026-03-31' })).id
  sectionId = (await buildHomeroom(db, { classTeacherId: teacherUser.id })).id
  otherSectionId = (await buildHomeroom(db)).id
  students = []
  for (const [i, lastName] of ['Zutshi', 'Ämter', 'Bose'].entries())
    students.push(await enroll({ lastName, rollNo: i === 0 ? 1 : null }))
})
afterAll(() => school.stop())

async function enroll({ lastName, rollNo = null }: { lastName: string; rollNo?: number | null }) {
  const student = await buildStudent(school.db, { lastName, preferredName: 'Ash' })
  await school.db.studentEnrollment.create({
    data: {
      studentUserId: student.id,
      academicYearId: yearId,
      sectionId,
      rollNo,
      joinedOn: fromDate('2025-06-01'),
    },
  })
  return student
}

const session = (date: string, time = '04:30', overrides: { sectionId?: string } = {}) =>
  buildSession(school.db, {
    sectionId,
    yearId,
    teacherIds: [teacherUser.id],
    createdById: office.id,
    startsAt: `${date}T${time}:00Z`,
    endsAt: `${date}T${time.slice(0, 3)}59:00Z`,
    localDate: date,
    ...overrides,
  })
const mark = (classSessionId: string, statuses: (string | null)[], by: Client = teacher) =>
  by
    .post('/attendance/mark')
    .send({
      classSessionId,
      entries: statuses.flatMap((status, i) =>
        status ? [{ studentUserId: students[i]?.id, status }] : [],
      ),
    })
    .expect(200)

describe('the register of a session', () => {
  it('has session, section, subject, codes, and the roster by roll number and name', async () => {
    const subject = await school.db.subject.create({ data: { code: 'MA', name: 'Maths' } })
    const { id } = await session('2025-11-10')
    await school.db.classSession.update({ where: { id }, data: { subjectId: subject.id } })
    await mark(id, ['LATE', null, null])
    const { body } = await teacher.get(`/sessions/${id}/register`).expect(200)
    expect(body.session).toMatchObject({
      id,
      sectionId,
      localDate: '2025-11-10',
      startsAt: '2025-11-10T04:30:00.000Z',
      teachers: [{ teacherUserId: teacherUser.id, role: 'MAIN' }],
    })
    expect(body.section).toMatchObject({ id: sectionId, kind: 'HOMEROOM' })
    expect(body.subject).toEqual({ id: subject.id, code: 'MA', name: 'Maths' })
    expect(body.room).toBeNull()
    const names = { firstName: teacherUser.firstName, lastName: teacherUser.lastName }
    expect(body.people).toEqual([expect.objectContaining({ userId: teacherUser.id, ...names })])
    expect(body.codes.map((code: { code: string }) => code.code)).toEqual([
      'PRESENT',
      'ABSENT',
      'LATE',
      'EXCUSED',
    ])
    expect(body.roster.map((row: { lastName: string }) => row.lastName)).toEqual([
      'Zutshi',
      'Ämter',
      'Bose',
    ])
    expect(body.roster[0]).toEqual({
      studentUserId: students[0]?.id,
      firstName: 'Asha',
      lastName: 'Zutshi',
      preferredName: 'Ash',
      rollNo: 1,
      entry: {
        id: expect.any(String),
        status: 'LATE',
        minutesLate: null,
        note: null,
        markedByUserId: teacherUser.id,
        markedAt: '2025-11-17T12:00:00.000Z',
        byOffice: false,
      },
    })
    expect(body.roster[1].entry).toBeNull()
  })

  it('has a retired code as long as an entry has it', async () => {
    const retired = await school.db.attendanceCode.create({
      data: { code: 'GONE', name: 'Gone', countsPresent: false, countsPossible: true },
    })
    const { id } = await session('2025-11-11', '07:00')
    const other = await session('2025-11-11', '08:00')
    await mark(id, ['GONE', null, null])
    await school.db.attendanceCode.update({
      where: { code: retired.code },
      data: { isActive: false },
    })
    const codesOf = async (sessionId: string) =>
      (await teacher.get(`/sessions/${sessionId}/register`).expect(200)).body.codes.map(
        ({ code, isActive }: { code: string; isActive: boolean }) => [code, isActive],
      )
    expect(await codesOf(id)).toContainEqual(['GONE', false])
    expect(await codesOf(other.id)).not.toContainEqual(['GONE', false])
  })

  it('says whether the reader may mark and may correct', async () => {
    const may = async (by: Client, id: string) => {
      const { body } = await by.get(`/sessions/${id}/register`).expect(200)
      return [
        ...(body.markable ? ['mark'] : []),
        ...(body.correctable ? ['correct'] : []),
        ...(body.readOnlyBecause ? [body.readOnlyBecause] : []),
      ]
    }
    const { id } = await session('2025-11-10', '05:00')
    expect(await may(teacher, id)).toEqual(['mark', 'correct'])
    const old = await session('2025-11-09', '05:00')
    expect(await may(teacher, old.id)).toEqual(['mark'])
    expect(await may(admin, old.id)).toEqual(['mark', 'correct'])
    const ahead = await session('2025-11-18', '05:00')
    expect(await may(admin, ahead.id)).toEqual(['future'])
    const cancelled = await session('2025-11-10', '06:00')
    await admin.post(`/sessions/${cancelled.id}/cancel`).send({ reason: 'x' }).expect(200)
    expect(await may(admin, cancelled.id)).toEqual(['cancelled'])
    const theirs = await session('2025-11-10', '08:00')
    await school.db.sessionTeacher.update({
      where: {
        classSessionId_teacherUserId: { classSessionId: theirs.id, teacherUserId: teacherUser.id },
      },
      data: { teacherUserId: (await buildTeacher(school.db)).id },
    })
    expect(await may(teacher, theirs.id)).toEqual(['not_theirs'])
  })

  it('returns 404 outside the sections taught, 403 to pupils, 400 for no id', async () => {
    const { id } = await session('2025-11-10', '07:00')
    await stranger.get(`/sessions/${id}/register`).expect(404)
    await admin.get(`/sessions/${NOBODY}/register`).expect(404)
    await admin.get('/sessions/x/register').expect(400)
    const student = await school.as(students[0] ?? office)
    await student.get(`/sessions/${id}/register`).expect(403)
  })
})

describe('lists of entries', () => {
  it('lists a section on a date, or one session, page by page', async () => {
    const [one, two] = [await session('2025-10-06'), await session('2025-10-06', '06:00')]
    await mark(one.id, ['PRESENT', 'PRESENT', 'ABSENT'])
    await mark(two.id, ['PRESENT', 'LATE', null])
    const list = async (query: string, by: Client = teacher) =>
      (await by.get(`/attendance?${query}`).expect(200)).body
    const ofDate = await list(`sectionId=${sectionId}&date=2025-10-06&count=true`)
    expect(ofDate.total).toBe(5)
    expect(ofDate.items).toHaveLength(5)
    expect((await list(`sectionId=${sectionId}&date=2025-10-07`)).items).toEqual([])
    const ofSession = await list(`classSessionId=${two.id}`, admin)
    expect(ofSession.items).toHaveLength(2)
    expect(ofSession.items).toContainEqual({
      id: expect.any(String),
      classSessionId: two.id,
      studentUserId: students[0]?.id,
      status: 'PRESENT',
      minutesLate: null,
      note: null,
      markedByUserId: teacherUser.id,
      markedAt: '2025-11-17T12:00:00.000Z',
      byOffice: false,
    })
    const page = await list(`sectionId=${sectionId}&date=2025-10-06&limit=3`)
    const rest = await list(
      `sectionId=${sectionId}&date=2025-10-06&limit=3&cursor=${page.nextCursor}`,
    )
    expect(rest.nextCursor).toBeNull()
    expect([...page.items, ...rest.items]).toEqual(ofDate.items)
  })

  it('returns 400 unless asked for one or the other, 401, 403, and 404 outside the sections taught', async () => {
    const { id } = await session('2025-10-07')
    for (const query of [
      '',
      `sectionId=${sectionId}`,
      'date=2025-10-07',
      `sectionId=${sectionId}&date=2025-10-07&classSessionId=${id}`,
      `sectionId=${sectionId}&date=today`,
    ])
      await admin.get(`/attendance?${query}`).expect(400)
    await school.anonymous.get(`/attendance?classSessionId=${id}`).expect(401)
    const student = await school.as(students[0] ?? office)
    await student.get(`/attendance?classSessionId=${id}`).expect(403)
    await stranger.get(`/attendance?classSessionId=${id}`).expect(404)
    await stranger.get(`/attendance?sectionId=${sectionId}&date=2025-10-07`).expect(404)
    await admin.get(`/attendance?classSessionId=${NOBODY}`).expect(404)
    await admin.get(`/attendance?sectionId=${NOBODY}&date=2025-10-07`).expect(404)
  })
})

describe('a student’s attendance', () => {
  it('counts the whole range, by what codes mean, and pages the entries newest first', async () => {
    await school.db.attendanceCode.createMany({
      data: [
        { code: 'TRIP', name: 'Trip', countsPresent: true, countsPossible: true },
        { code: 'SENT_HOME', name: 'Sent home', countsPresent: false, countsPossible: true },
      ],
    })
    const student = await enroll({ lastName: 'Counted' })
    const given = ['PRESENT', 'PRESENT', 'LATE', 'ABSENT', 'EXCUSED', 'TRIP', 'SENT_HOME']
    for (const [i, status] of given.entries()) {
      const { id } = await session(`2025-09-0${i + 1}`)
      await admin
        .post('/attendance/mark')
        .send({ classSessionId: id, entries: [{ studentUserId: student.id, status }] })
        .expect(200)
    }
    const path = `/students/${student.id}/attendance`
    const first = await admin.get(`${path}?limit=4&count=true`).expect(200)
    expect(first.body).toMatchObject({
      studentUserId: student.id,
      from: '2025-06-01',
      to: '2025-11-17',
      present: 3,
      late: 1,
      absent: 2,
      excused: 1,
      // 4 of 6.
      percentage: 66.67,
      total: 7,
    })
    const second = await admin.get(`${path}?limit=4&cursor=${first.body.nextCursor}`).expect(200)
    expect(second.body).toMatchObject({ present: 3, percentage: 66.67, nextCursor: null })
    const items = [...first.body.items, ...second.body.items]
    expect(items.map((item: { status: string }) => item.status)).toEqual(given.toReversed())
    expect(items[0]).toMatchObject({
      studentUserId: student.id,
      code: { name: expect.any(String), countsPresent: expect.any(Boolean) },
      session: {
        sectionId,
        kind: 'LESSON',
        startsAt: '2025-09-07T04:30:00.000Z',
        localDate: '2025-09-07',
        subject: null,
      },
    })

    const part = await admin.get(`${path}?from=2025-09-03&to=2025-09-04`).expect(200)
    expect(part.body).toMatchObject({ present: 0, late: 1, absent: 1, percentage: 50 })
    const excused = await admin.get(`${path}?from=2025-09-05&to=2025-09-05`).expect(200)
    expect(excused.body).toMatchObject({ excused: 1, percentage: null })
  })

  it('lets the student, a parent, the teacher and the office read it, and audits staff', async () => {
    const student = await enroll({ lastName: 'Read' })
    const path = `/students/${student.id}/attendance`
    const reads = () =>
      school.db.auditEvent.count({
        where: { action: 'student-attendance.read', subjectIds: { has: student.id } },
      })
    const parent = await buildParent(school.db, [student.id])
    for (const user of [student, parent]) await (await school.as(user)).get(path).expect(200)
    expect(await reads()).toBe(0)
    for (const client of [teacher, admin]) await client.get(path).expect(200)
    expect(await reads()).toBe(2)
  })

  it('returns 404 to everybody else, 401 to nobody, 400 for bad dates', async () => {
    const path = `/students/${students[0]?.id}/attendance`
    const others = [
      students[1] ?? office,
      await buildParent(school.db, [students[1]?.id ?? NOBODY]),
      await buildTeacher(school.db),
    ]
    for (const user of others) await (await school.as(user)).get(path).expect(404)
    await admin.get(`/students/${NOBODY}/attendance`).expect(404)
    await school.anonymous.get(path).expect(401)
    await admin.get(`${path}?from=2025-09-02&to=2025-09-01`).expect(400)
    await admin.get(`${path}?from=yesterday`).expect(400)
    await admin.get('/students/x/attendance').expect(400)
  })
})

describe('missing registers', () => {
  it('lists sessions that are over with somebody on the roster unmarked, in the reader’s reach', async () => {
    const date = '2025-11-14'
    const part = await session(date, '04:00')
    const none = await session(date, '05:00')
    const whole = await session(date, '06:00')
    const cancelled = await session(date, '07:00')
    const empty = await session(date, '08:00', { sectionId: otherSectionId })
    await mark(part.id, ['PRESENT', null, 'ABSENT'])
    const roster = await school.db.studentEnrollment.findMany({ where: { sectionId } })
    const entries = roster.map(({ studentUserId }) => ({ studentUserId, status: 'PRESENT' }))
    await teacher.post('/attendance/mark').send({ classSessionId: whole.id, entries }).expect(200)
    await admin.post(`/sessions/${cancelled.id}/cancel`).send({ reason: 'x' }).expect(200)

    const { body } = await teacher.get(`/attendance/missing?date=${date}&count=true`).expect(200)
    expect(body.total).toBe(2)
    expect(body.items).toMatchObject([
      {
        classSessionId: part.id,
        sectionId,
        localDate: date,
        subject: null,
        room: null,
        teachers: [
          {
            teacherUserId: teacherUser.id,
            role: 'MAIN',
            firstName: teacherUser.firstName,
            lastName: teacherUser.lastName,
          },
        ],
        rosterSize: roster.length,
        unmarked: roster.length - 2,
      },
      { classSessionId: none.id, unmarked: roster.length },
    ])
    expect(body.items.map((item: { classSessionId: string }) => item.classSessionId)).not.toContain(
      empty.id,
    )

    const page = await admin.get(`/attendance/missing?date=${date}&limit=1`).expect(200)
    const rest = await admin
      .get(`/attendance/missing?date=${date}&limit=1&cursor=${page.body.nextCursor}`)
      .expect(200)
    expect(rest.body.items[0].classSessionId).toBe(none.id)
    expect(rest.body.nextCursor).toBeNull()
    expect((await stranger.get(`/attendance/missing?date=${date}`).expect(200)).body.items).toEqual(
      [],
    )
  })

  it('is about today in the school’s zone, and only about what is over', async () => {
    const before = school.clock.now
    // Still the 12th in UTC, already the 13th in Kolkata.
    const early = await buildSession(school.db, {
      sectionId,
      yearId,
      teacherIds: [],
      createdById: office.id,
      startsAt: '2025-11-12T19:00:00Z',
      endsAt: '2025-11-12T20:00:00Z',
      localDate: '2025-11-13',
    })
    const list = async () => (await admin.get('/attendance/missing').expect(200)).body.items
    school.clock.now = new Date('2025-11-12T19:59:59Z')
    expect(await list()).toEqual([])
    school.clock.now = new Date('2025-11-12T20:00:00Z')
    expect(await list()).toMatchObject([{ classSessionId: early.id }])
    school.clock.now = before
  })

  it('returns 400 for a bad date, 401 and 403 to others', async () => {
    await admin.get('/attendance/missing?date=x').expect(400)
    await school.anonymous.get('/attendance/missing').expect(401)
    const parent = await school.as(await buildParent(school.db, []))
    await parent.get('/attendance/missing').expect(403)
  })
})

describe('the history of an entry', () => {
  it('lists corrections newest first, page by page, and audits the read', async () => {
    const { id } = await session('2025-11-11')
    await mark(id, ['ABSENT', null, null])
    await mark(id, ['LATE', null, null])
    school.clock.now = new Date('2025-11-17T12:30:00Z')
    await admin
      .post('/attendance/mark')
      .send({
        classSessionId: id,
        entries: [{ studentUserId: students[0]?.id, status: 'EXCUSED', note: 'letter' }],
        reason: 'letter came',
      })
      .expect(200)
    const entry = await school.db.attendanceEntry.findFirstOrThrow({
      where: { classSessionId: id },
    })
    const path = `/attendance/${entry.id}/history`
    const { body } = await teacher.get(`${path}?count=true`).expect(200)
    expect(body.total).toBe(2)
    expect(body.items[0]).toEqual({
      id: expect.any(String),
      changedAt: '2025-11-17T12:30:00.000Z',
      changedByUserId: office.id,
      fromMarkedByUserId: expect.any(String),
      fromMarkedAt: '2025-11-17T12:00:00.000Z',
      fromStatus: 'LATE',
      toStatus: 'EXCUSED',
      fromMinutesLate: null,
      toMinutesLate: null,
      fromNote: null,
      toNote: 'letter',
      reason: 'letter came',
    })
    expect(body.items[1]).toMatchObject({ fromStatus: 'ABSENT', toStatus: 'LATE', reason: null })
    const page = await admin.get(`${path}?limit=1`).expect(200)
    const rest = await admin.get(`${path}?limit=1&cursor=${page.body.nextCursor}`).expect(200)
    expect(rest.body.items[0].id).toBe(body.items[1].id)
    const reads = await school.db.auditEvent.count({
      where: { action: 'attendance-history.read', subjectIds: { has: students[0]?.id ?? '' } },
    })
    expect(reads).toBe(3)

    await stranger.get(path).expect(404)
    await school.anonymous.get(path).expect(401)
    await (await school.as(students[0] ?? office)).get(path).expect(403)
    await admin.get(`/attendance/${NOBODY}/history`).expect(404)
    await admin.get('/attendance/x/history').expect(400)
  })
})
