import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { User } from '#src/generated/prisma/client.ts'
import {
  buildAdmin,
  buildEnrollment,
  buildHomeroom,
  buildParent,
  buildSession,
  buildStudent,
  buildTeacher,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

/** A Wednesday, noon in Kolkata. */
const NOW = new Date('2025-11-19T06:30:00Z')
const TODAY = '2025-11-19'

let school: TestSchool
let office: User
let admin: Client
let meera: User
let teacher: Client
let yearId: string
let sixA: string
let sixB: string
let anna: User
let zoe: User
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
  yearId = (await buildYear(db, { startsOn: '2025-06-01', endsOn: '2026-03-31' })).id
  sixA = (await buildHomeroom(db, { name: '6A', classTeacherId: meera.id })).id
  sixB = (await buildHomeroom(db, { name: '6B' })).id
  anna = await buildStudent(db, { firstName: 'Anna', lastName: 'Rao' })
  zoe = await buildStudent(db, { firstName: 'Zoe', lastName: 'Rao' })
  for (const studentId of [anna.id, zoe.id])
    await buildEnrollment(db, { studentId, yearId, sectionId: sixA, joinedOn: '2025-06-01' })
  student = await school.as(zoe)
  parent = await school.as(await buildParent(db, [zoe.id, anna.id]))
})
afterEach(async () => {
  const { db } = school
  await db.attendanceEntry.deleteMany()
  await db.classSession.deleteMany()
  await db.assignmentSubmission.deleteMany()
  await db.assignment.deleteMany()
  await db.announcement.deleteMany()
})
afterAll(() => school.stop())

const read = async (client: Client, query = '') =>
  (await client.get(`/me/dashboard${query}`).expect(200)).body

/** At an hour of the school's clock, with the statuses of Anna and Zoe. */
async function lesson(
  date: string,
  hour: number,
  marks: (string | null)[] = [],
  { sectionId = sixA, cancelled = false } = {},
): Promise<string> {
  const at = (time: number) =>
    new Date(Date.parse(`${date}T00:00:00+05:30`) + time * 3_600_000).toISOString()
  const { id } = await buildSession(school.db, {
    sectionId,
    yearId,
    teacherIds: sectionId === sixA ? [meera.id] : [],
    createdById: office.id,
    startsAt: at(hour),
    endsAt: at(hour + 1),
    localDate: date,
  })
  if (cancelled)
    await school.db.classSession.update({ where: { id }, data: { status: 'CANCELLED' } })
  await school.db.attendanceEntry.createMany({
    data: [anna, zoe].flatMap((user, i) => {
      const status = marks[i]
      const base = { classSessionId: id, studentUserId: user.id, markedByUserId: meera.id }
      return status ? [{ ...base, status, byOffice: false }] : []
    }),
  })
  return id
}

const announce = (title: string, publishAt: string, columns: object = {}) =>
  school.db.announcement.create({
    data: {
      title,
      body: 'Text',
      publishAt: new Date(publishAt),
      authorId: office.id,
      ...columns,
    },
  })

const idsOf = (items: { id: string }[]) => items.map((item) => item.id)
const titles = (items: { title: string }[]) => items.map((item) => item.title)

describe('GET /me/dashboard of a teacher', () => {
  it('has today’s sessions with what stands in their registers', async () => {
    const done = await lesson(TODAY, 8, ['LATE', 'ABSENT'])
    const begun = await lesson(TODAY, 9, ['PRESENT', null])
    const later = await lesson(TODAY, 15)
    const off = await lesson(TODAY, 16, [], { cancelled: true })
    await lesson('2025-11-20', 9)
    await lesson(TODAY, 9, [], { sectionId: sixB })
    const body = await read(teacher)
    expect(body).toMatchObject({ role: 'TEACHER', today: TODAY })
    expect(idsOf(body.sessions)).toEqual([done, begun, later, off])
    const nothing = { marked: 0, present: 0, absent: 0, late: 0, excused: 0 }
    expect(body.sessions.map((session: { register: object }) => session.register)).toEqual([
      { rosterSize: 2, ...nothing, marked: 2, late: 1, absent: 1 },
      { rosterSize: 2, ...nothing, marked: 1, present: 1 },
      { rosterSize: 2, ...nothing },
      { rosterSize: 2, ...nothing },
    ])
    expect(body.sessions[3].status).toBe('CANCELLED')
  })

  it('has the registers not taken of today and seven days, the newest first, as the office’s list has them', async () => {
    const now = await lesson(TODAY, 8, ['PRESENT'])
    await lesson(TODAY, 12)
    await lesson('2025-11-18', 9, ['PRESENT', 'ABSENT'])
    await lesson('2025-11-18', 10, [], { cancelled: true })
    const monday = await lesson('2025-11-17', 9)
    const week = await lesson('2025-11-12', 9, [null, 'PRESENT'])
    await lesson('2025-11-11', 9)
    const { missing } = await read(teacher)
    expect(idsOf(missing)).toEqual([now, monday, week])
    for (const session of missing) {
      const { body } = await teacher
        .get(`/attendance/missing?date=${session.localDate}`)
        .expect(200)
      const { rosterSize, marked } = session.register
      expect(body.items).toMatchObject([
        { classSessionId: session.id, rosterSize, unmarked: rosterSize - marked },
      ])
    }
    const { body } = await teacher.get('/attendance/missing?date=2025-11-18').expect(200)
    expect(body.items).toEqual([])
  })
})

describe('GET /me/dashboard of a student', () => {
  it('counts attendance exactly as GET /students/:id/attendance does, weeks too', async () => {
    await school.db.attendanceCode.create({
      data: { code: 'HALF', name: 'Half', countsPresent: true, countsPossible: true },
    })
    await lesson('2025-06-02', 9, [null, 'ABSENT'])
    await lesson('2025-10-03', 9, [null, 'PRESENT'])
    await lesson('2025-11-10', 9, ['ABSENT', 'PRESENT'])
    await lesson('2025-11-16', 9, ['ABSENT', 'HALF'])
    await lesson('2025-11-17', 9, ['PRESENT', 'LATE'])
    await lesson('2025-11-18', 9, ['PRESENT', 'ABSENT'])
    await lesson('2025-11-18', 11, ['PRESENT', 'EXCUSED'])
    const { attendance } = await read(student)
    const counted = async (query = '') => {
      const { body } = await student.get(`/students/${zoe.id}/attendance${query}`).expect(200)
      const { from, to, present, absent, late, excused, percentage } = body
      return { from, to, present, absent, late, excused, percentage }
    }
    const { weeks, ...total } = attendance
    expect(total).toEqual(await counted())
    expect(total).toMatchObject({ present: 3, absent: 2, late: 1, excused: 1, percentage: 66.67 })
    expect(weeks.map((week: { from: string }) => week.from)).toEqual([
      '2025-09-29',
      '2025-10-06',
      '2025-10-13',
      '2025-10-20',
      '2025-10-27',
      '2025-11-03',
      '2025-11-10',
      '2025-11-17',
    ])
    for (const { from, ...counts } of weeks) {
      const sunday = new Date(Date.parse(from) + 6 * 86_400_000).toISOString().slice(0, 10)
      const to = sunday < TODAY ? sunday : TODAY
      expect({ ...counts, from, to }).toEqual(await counted(`?from=${from}&to=${to}`))
    }
    await school.db.attendanceEntry.deleteMany()
    await school.db.attendanceCode.delete({ where: { code: 'HALF' } })
  })

  it('begins the weeks with the year, and stands without any year at all', async () => {
    school.clock.now = new Date('2025-06-11T06:30:00Z')
    const early = await read(student)
    expect(early.attendance).toMatchObject({ from: '2025-06-01', to: '2025-06-11' })
    expect(early.attendance.weeks.map((week: { from: string }) => week.from)).toEqual([
      '2025-05-26',
      '2025-06-02',
      '2025-06-09',
    ])
    await school.db.academicYear.updateMany({ data: { isCurrent: false } })
    const { attendance } = await read(student)
    await school.db.academicYear.updateMany({ data: { isCurrent: true } })
    school.clock.now = NOW
    expect(attendance).toMatchObject({ from: '2025-06-11', to: '2025-06-11', percentage: null })
    expect(attendance.weeks).toHaveLength(1)
  })

  it('has today’s sessions with the own mark, and five of what is due', async () => {
    const first = await lesson(TODAY, 8, ['ABSENT', 'LATE'])
    const second = await lesson(TODAY, 13)
    for (const [i, title] of ['f', 'e', 'd', 'c', 'b', 'a'].entries())
      await school.db.assignment.create({
        data: {
          sectionId: sixA,
          academicYearId: yearId,
          title,
          createdById: office.id,
          createdAt: new Date('2025-11-01T06:00:00Z'),
          dueAt: new Date(`2025-11-2${9 - i}T12:00:00Z`),
        },
      })
    const body = await read(student)
    expect(idsOf(body.sessions)).toEqual([first, second])
    expect(body.sessions[0].mark).toMatchObject({ status: 'LATE' })
    expect(body.sessions[0]).not.toHaveProperty('register')
    expect(titles(body.assignments)).toEqual(['a', 'b', 'c', 'd', 'e'])
    const { body: list } = await student.get('/me/assignments?limit=5').expect(200)
    expect(body.assignments).toEqual(list.items)
  })
})

describe('GET /me/dashboard of a parent', () => {
  it('has the children to switch between, and one of them', async () => {
    await lesson(TODAY, 8, ['ABSENT', 'PRESENT'])
    const body = await read(parent)
    expect(body).toMatchObject({ role: 'PARENT', child: { studentUserId: anna.id } })
    expect(body.children).toEqual([
      {
        studentUserId: anna.id,
        firstName: 'Anna',
        lastName: 'Rao',
        preferredName: null,
        sectionName: '6A',
      },
      expect.objectContaining({ studentUserId: zoe.id }),
    ])
    expect(body.child.attendance).toMatchObject({ absent: 1, percentage: 0 })
    const other = await read(parent, `?studentId=${zoe.id}`)
    expect(other.child).toMatchObject({
      studentUserId: zoe.id,
      attendance: { present: 1, percentage: 100 },
      sessions: [{ mark: { status: 'PRESENT' } }],
    })
  })

  it('shows what is announced where there is no child', async () => {
    await announce('To all', '2025-11-18T08:00:00Z')
    const body = await read(await school.as(await buildParent(school.db, [])))
    expect(body).toMatchObject({ role: 'PARENT', children: [], child: null })
    expect(titles(body.announcements.items)).toEqual(['To all'])
  })
})

describe('GET /me/dashboard of the office', () => {
  it('counts people, sections, sessions, missing registers and absentees of today', async () => {
    const gone = await buildTeacher(school.db, { isActive: false })
    await lesson(TODAY, 8, ['ABSENT', 'LATE'])
    await lesson(TODAY, 9, ['ABSENT', 'EXCUSED'])
    const taken = await lesson(TODAY, 10, ['PRESENT', 'ABSENT'])
    await school.db.classSession.update({ where: { id: taken }, data: { registerTakenAt: NOW } })
    await lesson(TODAY, 7, ['PRESENT'])
    await lesson(TODAY, 15, [], { cancelled: true })
    await lesson('2025-11-18', 9, ['ABSENT', 'ABSENT'])
    const body = await read(admin)
    expect(body).toMatchObject({
      role: 'ADMIN',
      today: TODAY,
      counts: { students: 2, teachers: 1, sections: 2 },
      sessions: { scheduled: 4, cancelled: 1, taken: 1, missing: 1 },
      absentees: {
        count: 2,
        items: [
          { studentUserId: anna.id, firstName: 'Anna', sectionName: '6A', sessions: 2 },
          { studentUserId: zoe.id, sessions: 1 },
        ],
      },
    })
    const { body: missing } = await admin.get('/attendance/missing?count=true').expect(200)
    expect(missing.total).toBe(body.sessions.missing)
    await school.db.teacherProfile.delete({ where: { userId: gone.id } })
    await school.db.user.delete({ where: { id: gone.id } })
  })

  it('is not confused by a day without anything', async () => {
    expect(await read(admin)).toMatchObject({
      sessions: { scheduled: 0, cancelled: 0, taken: 0, missing: 0 },
      absentees: { count: 0, items: [] },
      announcements: { unread: 0, items: [] },
    })
  })
})

describe('what is announced', () => {
  it('comes unread first, then the newest, five at most, and only what is addressed and out', async () => {
    const days = ['10', '11', '12', '13', '14', '15', '16']
    for (const day of days) await announce(day, `2025-11-${day}T08:00:00Z`)
    await announce('tomorrow', '2025-11-20T08:00:00Z')
    await announce('over', '2025-11-01T08:00:00Z', { expiresAt: NOW })
    await announce('6B', '2025-11-17T08:00:00Z', { audienceKind: 'section', audienceValue: sixB })
    await announce('own', '2025-11-17T09:00:00Z', {
      authorId: meera.id,
      audienceKind: 'role',
      audienceValue: 'TEACHER',
    })
    for (const title of ['15', '16']) {
      const { id } = await school.db.announcement.findFirstOrThrow({ where: { title } })
      await student.post(`/announcements/${id}/read`).expect(204)
    }
    const { announcements } = await read(student)
    expect(titles(announcements.items)).toEqual(['14', '13', '12', '11', '10'])
    expect(announcements.unread).toBe(5)
    // What one wrote oneself is not unread.
    const ofTeacher = (await read(teacher)).announcements
    expect(ofTeacher.unread).toBe(7)
    expect(titles(ofTeacher.items)).toEqual(['16', '15', '14', '13', '12'])
    await school.db.announcement.deleteMany({ where: { title: { in: ['10', '11', '12', '13'] } } })
    const fewer = (await read(student)).announcements
    expect(fewer.items).toMatchObject([
      { title: '14', readAt: null, author: { userId: office.id, firstName: 'Asha' } },
      { title: '16', readAt: NOW.toISOString() },
      { title: '15', readAt: NOW.toISOString() },
    ])
  })

  it('is what GET /announcements lists, for everybody', async () => {
    const { gradeId } = await school.db.section.findUniqueOrThrow({ where: { id: sixA } })
    const audiences = { all: null, role: 'PARENT', grade: gradeId, section: sixB }
    for (const [audienceKind, audienceValue] of Object.entries(audiences))
      await announce(audienceKind, '2025-11-18T08:00:00Z', { audienceKind, audienceValue })
    const seen = async (client: Client) => {
      const { body } = await client.get('/announcements').expect(200)
      const { announcements } = await read(client)
      expect(titles(announcements.items).sort()).toEqual(titles(body.items).sort())
      return titles(body.items).sort()
    }
    expect(await seen(student)).toEqual(['all', 'grade'])
    expect(await seen(parent)).toEqual(['all', 'grade', 'role'])
    expect(await seen(teacher)).toEqual(['all', 'grade'])
    expect(await seen(admin)).toEqual(['all', 'grade', 'role', 'section'])
  })
})

describe('GET /me/dashboard', () => {
  it('takes as many statements with much to show as with nothing', async () => {
    const clients = { teacher, student, parent, admin }
    const count = async () => {
      const counts: Record<string, number> = {}
      for (const [name, client] of Object.entries(clients)) {
        const query = vi.spyOn(pg.Client.prototype, 'query')
        await read(client)
        counts[name] = query.mock.calls.length
        query.mockRestore()
      }
      return counts
    }
    // The first is the session's own look-up; then the reach, the screen, and what is announced.
    const expected = { teacher: 4, student: 4, parent: 4, admin: 3 }
    expect(await count()).toEqual(expected)
    for (const date of ['2025-11-14', '2025-11-17', '2025-11-18', TODAY])
      for (const hour of [8, 9, 10, 11]) await lesson(date, hour, ['PRESENT', null])
    for (let i = 0; i < 10; i++) await announce(`${i}`, '2025-11-18T08:00:00Z')
    expect(await count()).toEqual(expected)
  })

  it('returns 400, 401, and 404 for a student who is neither oneself nor a child', async () => {
    await student.get('/me/dashboard?studentId=zoe').expect(400)
    await student.get('/me/dashboard?date=2025-11-19').expect(400)
    await school.anonymous.get('/me/dashboard').expect(401)
    const stranger = await buildStudent(school.db)
    for (const client of [student, parent, teacher, admin])
      await client.get(`/me/dashboard?studentId=${stranger.id}`).expect(404)
  })
})
