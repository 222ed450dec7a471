import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Prisma, User } from '#src/generated/prisma/client.ts'
import {
  buildAdmin,
  buildEnrollment,
  buildGroup,
  buildHomeroom,
  buildParent,
  buildSession,
  buildStudent,
  buildTeacher,
  buildTeaching,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'
import { fromDate } from '@usms/service-kit/http/fields'

/** A Wednesday, noon in Kolkata. */
const NOW = new Date('2025-11-19T06:30:00Z')
const NOBODY = '00000000-0000-7000-8000-000000000000'

let school: TestSchool
let office: User
let admin: Client
let meera: User
let teacher: Client
let ravi: User
let yearId: string
let sixA: string
let sixB: string
let chess: string
let maths: string
let zoe: User
let anna: User
let student: Client
let parent: Client

beforeAll(async () => {
  school = await startSchool()
  const { db } = school
  school.clock.now = NOW
  office = await buildAdmin(db)
  admin = await school.as(office)
  meera = await buildTeacher(db, { firstName: 'Meera', lastName: 'Iyer' })
  teacher = await school.as(meera)
  ravi = await buildTeacher(db)
  yearId = (await buildYear(db, { startsOn: '2025-06-01', endsOn: '2026-03-31' })).id
  maths = (await db.subject.create({ data: { code: 'MA', name: 'Maths' } })).id
  sixA = (await buildHomeroom(db, { name: '6A', classTeacherId: meera.id })).id
  sixB = (await buildHomeroom(db, { name: '6B' })).id
  chess = (await buildGroup(db, { name: 'Chess' })).id
  zoe = await buildStudent(db, { firstName: 'Zoe', lastName: 'Rao' })
  anna = await buildStudent(db, { firstName: 'Anna', lastName: 'Rao' })
  // Zoe changes from 6B to 6A on Wednesday, and is in the group until Thursday.
  const places = { studentId: zoe.id, yearId, joinedOn: '2025-06-01' }
  await buildEnrollment(db, { ...places, sectionId: sixB, leftOn: '2025-11-19' })
  await buildEnrollment(db, { ...places, sectionId: sixA, joinedOn: '2025-11-19' })
  await buildEnrollment(db, { ...places, studentId: anna.id, sectionId: sixB })
  await db.groupMembership.create({
    data: {
      studentUserId: zoe.id,
      academicYearId: yearId,
      sectionId: chess,
      joinedOn: fromDate('2025-06-01'),
      leftOn: fromDate('2025-11-20'),
    },
  })
  student = await school.as(zoe)
  parent = await school.as(await buildParent(db, [zoe.id, anna.id]))
})
afterAll(() => school.stop())

/** At an hour of the school's clock. */
async function lesson(
  sectionId: string,
  date: string,
  hour: number,
  {
    teacherIds = [],
    ...columns
  }: { teacherIds?: string[] } & Prisma.ClassSessionUncheckedUpdateInput = {},
) {
  const at = (time: number) =>
    new Date(Date.parse(`${date}T00:00:00+05:30`) + time * 3_600_000).toISOString()
  const { id } = await buildSession(school.db, {
    sectionId,
    yearId,
    teacherIds,
    createdById: office.id,
    startsAt: at(hour),
    endsAt: at(hour + 1),
    localDate: date,
  })
  await school.db.classSession.update({ where: { id }, data: columns })
  return id
}

const idsOf = async (client: Client, query = '') =>
  (await client.get(`/me/timetable${query}`).expect(200)).body.items.map(
    (item: { id: string }) => item.id,
  )

describe('GET /me/timetable of a teacher', () => {
  it('has the week of today by time, with names, and what is cancelled as such', async () => {
    const room = await school.db.room.create({ data: { code: 'R1', name: 'Room 1' } })
    const taken = new Date('2025-11-17T05:00:00Z')
    const monday = await lesson(sixA, '2025-11-17', 9, {
      teacherIds: [meera.id],
      subjectId: maths,
      roomId: room.id,
      registerTakenAt: taken,
    })
    const sunday = await lesson(sixA, '2025-11-23', 9, {
      teacherIds: [meera.id],
      status: 'CANCELLED',
      cancelReason: 'Ill',
    })
    for (const outside of ['2025-11-16', '2025-11-24'])
      await lesson(sixA, outside, 9, { teacherIds: [meera.id] })
    const { body } = await teacher.get('/me/timetable').expect(200)
    expect(body).toMatchObject({ from: '2025-11-17', to: '2025-11-23', student: null })
    expect(body.items).toEqual([
      {
        id: monday,
        kind: 'LESSON',
        startsAt: '2025-11-17T03:30:00.000Z',
        endsAt: '2025-11-17T04:30:00.000Z',
        localDate: '2025-11-17',
        status: 'SCHEDULED',
        cancelReason: null,
        registerTakenAt: taken.toISOString(),
        section: { id: sixA, name: '6A', kind: 'HOMEROOM' },
        subject: { id: maths, code: 'MA', name: 'Maths' },
        room: { id: room.id, code: 'R1', name: 'Room 1' },
        teachers: [
          {
            teacherUserId: meera.id,
            role: 'MAIN',
            firstName: 'Meera',
            lastName: 'Iyer',
            preferredName: null,
          },
        ],
        mark: null,
      },
      expect.objectContaining({ id: sunday, status: 'CANCELLED', cancelReason: 'Ill' }),
    ])
    await school.db.classSession.deleteMany()
  })

  it('has a session on which nobody is when the section is one’s own, or assigned for its subject', async () => {
    const art = (await school.db.subject.create({ data: { code: 'AR', name: 'Art' } })).id
    const assignment = await buildTeaching(school.db, {
      teacherId: meera.id,
      sectionId: sixB,
      yearId,
      startsOn: '2025-11-18',
    })
    await school.db.teachingAssignment.update({
      where: { id: assignment.id },
      data: { subjectId: maths },
    })
    const registration = await lesson(sixA, '2025-11-17', 8, { kind: 'REGISTRATION' })
    const ofOther = await lesson(sixA, '2025-11-17', 9, { teacherIds: [ravi.id] })
    const before = await lesson(sixB, '2025-11-17', 10, { subjectId: maths })
    const own = await lesson(sixB, '2025-11-18', 10, { subjectId: maths })
    const ofArt = await lesson(sixB, '2025-11-18', 11, { subjectId: art })
    const ofNone = await lesson(sixB, '2025-11-18', 12)
    const elsewhere = await lesson(chess, '2025-11-18', 13)
    const ids = await idsOf(teacher)
    expect(ids).toEqual([registration, own, ofNone])
    for (const id of [ofOther, before, ofArt, elsewhere]) expect(ids).not.toContain(id)
    // Whatever is listed can be opened.
    for (const id of ids) await teacher.get(`/sessions/${id}/register`).expect(200)
    await school.db.teachingAssignment.deleteMany()
    await school.db.classSession.deleteMany()
  })

  it('has no session that a teacher made for a section not taught, nor of anybody else', async () => {
    const made = await lesson(chess, '2025-11-18', 9, { teacherIds: [meera.id], byOffice: false })
    expect(await idsOf(teacher)).toEqual([])
    await teacher.get(`/sessions/${made}`).expect(404)
    await school.db.classSession.deleteMany()
  })
})

describe('GET /me/timetable of a student', () => {
  it('follows sections and groups day by day, and shows the own mark and no reason', async () => {
    const inSixB = await lesson(sixB, '2025-11-18', 9)
    await lesson(sixA, '2025-11-18', 9)
    await lesson(sixB, '2025-11-19', 9)
    const inSixA = await lesson(sixA, '2025-11-19', 9, {
      status: 'CANCELLED',
      cancelReason: 'Ill',
      registerTakenAt: NOW,
    })
    const club = await lesson(chess, '2025-11-19', 15)
    await lesson(chess, '2025-11-20', 15)
    await school.db.attendanceEntry.createMany({
      data: [zoe, anna].map(({ id }, i) => ({
        classSessionId: inSixB,
        studentUserId: id,
        status: i === 0 ? 'LATE' : 'ABSENT',
        minutesLate: i === 0 ? 5 : null,
        markedByUserId: meera.id,
        byOffice: false,
      })),
    })
    const { body } = await student.get('/me/timetable').expect(200)
    expect(body.student).toEqual({
      studentUserId: zoe.id,
      firstName: 'Zoe',
      lastName: 'Rao',
      preferredName: null,
    })
    expect(body.items.map((item: { id: string }) => item.id)).toEqual([inSixB, inSixA, club])
    expect(body.items[0].mark).toEqual({
      status: 'LATE',
      name: 'Late',
      countsPresent: true,
      countsPossible: true,
      minutesLate: 5,
    })
    expect(body.items[1]).toMatchObject({
      status: 'CANCELLED',
      cancelReason: null,
      registerTakenAt: null,
      mark: null,
    })
    // The other child's: the same section, another mark.
    const other = await parent.get(`/me/timetable?studentId=${anna.id}&to=2025-11-18`).expect(200)
    expect(other.body.items).toMatchObject([{ id: inSixB, mark: { status: 'ABSENT' } }])
    await school.db.attendanceEntry.deleteMany()
    await school.db.classSession.deleteMany()
  })

  it('ends with the year for whoever was never taken off', async () => {
    await lesson(sixA, '2026-03-31', 9)
    const last = await idsOf(student, '?from=2026-03-30&to=2026-04-05')
    expect(last).toHaveLength(1)
    const later = await buildYear(school.db, {
      startsOn: '2026-04-01',
      endsOn: '2027-03-31',
      isCurrent: false,
    })
    const first = await lesson(sixA, '2026-04-01', 9, { academicYearId: later.id })
    expect(await idsOf(student, '?from=2026-03-30&to=2026-04-05')).not.toContain(first)
    await school.db.classSession.deleteMany()
  })

  it('is the school’s week, not the server’s', async () => {
    // Monday in Kolkata, Sunday still in UTC.
    school.clock.now = new Date('2025-11-23T19:00:00Z')
    const { body } = await student.get('/me/timetable').expect(200)
    school.clock.now = NOW
    expect(body).toMatchObject({ from: '2025-11-24', to: '2025-11-30' })
  })
})

describe('GET /me/timetable of a parent', () => {
  it('is of the first child by name, or of the one that is named', async () => {
    const first = await parent.get('/me/timetable').expect(200)
    expect(first.body.student).toMatchObject({ studentUserId: anna.id })
    const named = await parent.get(`/me/timetable?studentId=${zoe.id}`).expect(200)
    expect(named.body.student).toMatchObject({ studentUserId: zoe.id })
    const children = [
      { studentUserId: anna.id, firstName: 'Anna', sectionName: '6B' },
      { studentUserId: zoe.id, firstName: 'Zoe', sectionName: '6A' },
    ]
    for (const { body } of [first, named]) expect(body.children).toMatchObject(children)
    for (const client of [student, teacher])
      expect((await client.get('/me/timetable').expect(200)).body.children).toEqual([])
  })

  it('is empty for a parent without a child here', async () => {
    const client = await school.as(await buildParent(school.db, []))
    const { body } = await client.get('/me/timetable').expect(200)
    expect(body).toMatchObject({ student: null, children: [], items: [] })
  })
})

describe('GET /me/timetable', () => {
  it('returns 400 for days in the wrong order, too many of them, and what it does not know', async () => {
    const wrong = [
      'from=2025-11-19&to=2025-11-18',
      'from=2025-11-01&to=2025-12-02',
      'from=yesterday',
      'studentId=zoe',
      'limit=10',
    ]
    for (const query of wrong) await student.get(`/me/timetable?${query}`).expect(400)
    const { body } = await student.get(`/me/timetable?from=2025-11-01&to=2025-12-02`)
    expect(body.errors).toEqual([{ path: 'to', message: 'must be within 31 days of from' }])
    await student.get('/me/timetable?from=2025-11-01&to=2025-12-01').expect(200)
  })

  it('returns 401 without a token and 403 to the office', async () => {
    await school.anonymous.get('/me/timetable').expect(401)
    const { body } = await admin.get('/me/timetable').expect(403)
    expect(body.detail).toContain('GET /sessions')
  })

  it('returns 404 for a student who is neither oneself nor a child', async () => {
    await student.get(`/me/timetable?studentId=${zoe.id}`).expect(200)
    for (const client of [student, teacher])
      await client.get(`/me/timetable?studentId=${anna.id}`).expect(404)
    await parent.get(`/me/timetable?studentId=${NOBODY}`).expect(404)
  })
})
