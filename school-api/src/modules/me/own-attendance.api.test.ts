import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
const STATUSES = ['PRESENT', 'LATE', 'ABSENT', 'PRESENT', 'EXCUSED'] as const
const DAYS = ['2025-10-01', '2025-11-03', '2025-11-17', '2025-11-18', '2025-11-19']

let school: TestSchool
let anna: User
let zoe: User
let admin: Client
let teacher: Client
let student: Client
let parent: Client

beforeAll(async () => {
  school = await startSchool()
  const { db } = school
  school.clock.now = NOW
  const office = await buildAdmin(db)
  admin = await school.as(office)
  const meera = await buildTeacher(db)
  teacher = await school.as(meera)
  const yearId = (await buildYear(db, { startsOn: '2025-06-01', endsOn: '2026-03-31' })).id
  const subjectId = (await db.subject.create({ data: { code: 'MA', name: 'Maths' } })).id
  const sectionId = (await buildHomeroom(db, { name: '6A' })).id
  anna = await buildStudent(db, { firstName: 'Anna', lastName: 'Rao' })
  zoe = await buildStudent(db, { firstName: 'Zoe', lastName: 'Rao' })
  for (const studentId of [anna.id, zoe.id])
    await buildEnrollment(db, { studentId, yearId, sectionId, joinedOn: '2025-06-01' })
  for (const [i, localDate] of DAYS.entries()) {
    const { id } = await buildSession(db, {
      sectionId,
      yearId,
      teacherIds: [meera.id],
      createdById: office.id,
      startsAt: `${localDate}T03:30:00.000Z`,
      endsAt: `${localDate}T04:15:00.000Z`,
      localDate,
    })
    await db.classSession.update({ where: { id }, data: { subjectId } })
    const base = { classSessionId: id, markedByUserId: meera.id, byOffice: false }
    const status = STATUSES[i] ?? 'PRESENT'
    const note = status === 'EXCUSED' ? 'Wedding' : null
    const minutesLate = status === 'LATE' ? 7 : null
    await db.attendanceEntry.create({
      data: { ...base, studentUserId: zoe.id, status, note, minutesLate },
    })
    await db.attendanceEntry.create({
      data: { ...base, studentUserId: anna.id, status: 'PRESENT' },
    })
  }
  student = await school.as(zoe)
  parent = await school.as(await buildParent(db, [zoe.id, anna.id]))
})
afterAll(() => school.stop())

const read = async (client: Client, query = '') =>
  (await client.get(`/me/attendance${query}`).expect(200)).body

const datesOf = (body: { items: { localDate: string }[] }) =>
  body.items.map((item) => item.localDate)

describe('GET /me/attendance', () => {
  it('counts the current year as GET /students/:id/attendance does, with the entries named', async () => {
    const body = await read(student)
    const { body: counted } = await student.get(`/students/${zoe.id}/attendance`).expect(200)
    for (const field of ['from', 'to', 'present', 'late', 'absent', 'excused', 'percentage'])
      expect(body[field]).toEqual(counted[field])
    expect(body).toMatchObject({
      student: { studentUserId: zoe.id, firstName: 'Zoe' },
      children: [],
      from: '2025-06-01',
      to: '2025-11-19',
    })
    expect(datesOf(body)).toEqual(DAYS.toReversed())
    expect(body.items[0]).toMatchObject({
      status: 'EXCUSED',
      name: 'Excused',
      countsPresent: false,
      countsPossible: false,
      note: 'Wedding',
      kind: 'LESSON',
      startsAt: '2025-11-19T03:30:00.000Z',
      section: { name: '6A' },
      subject: { name: 'Maths' },
    })
    expect(body.items[3]).toMatchObject({ status: 'LATE', minutesLate: 7 })
  })

  it('keeps to the dates, and leaves out the plainly present where that is asked, not their count', async () => {
    const month = await read(student, '?from=2025-11-01&to=2025-11-18&show=notable')
    expect(month).toMatchObject({ present: 1, late: 1, absent: 1, excused: 0, percentage: 66.67 })
    expect(datesOf(month)).toEqual(['2025-11-17', '2025-11-03'])
  })

  it('gives page after page without losing or repeating one', async () => {
    const seen: string[] = []
    let cursor = ''
    do {
      const body = await read(student, `?limit=2${cursor}`)
      expect(body.present).toBe(2)
      seen.push(...datesOf(body))
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
    } while (cursor)
    expect(seen).toEqual(DAYS.toReversed())
  })

  it('is of a parent’s first child by name, or of the one that is named', async () => {
    const first = await read(parent)
    expect(first).toMatchObject({
      student: { studentUserId: anna.id },
      present: 5,
      percentage: 100,
    })
    expect(first.children).toMatchObject([
      { studentUserId: anna.id, sectionName: '6A' },
      { studentUserId: zoe.id, sectionName: '6A' },
    ])
    const named = await read(parent, `?studentId=${zoe.id}`)
    expect(named).toMatchObject({ student: { studentUserId: zoe.id }, absent: 1 })
    expect(named.children).toEqual(first.children)
  })

  it('is empty for a parent without a child here', async () => {
    const client = await school.as(await buildParent(school.db, []))
    expect(await read(client)).toMatchObject({
      student: null,
      children: [],
      percentage: null,
      items: [],
      nextCursor: null,
    })
  })

  it('returns 400, 401, 403 to staff, and 404 for somebody else’s child', async () => {
    for (const query of ['from=2025-11-19&to=2025-11-18', 'show=some', 'studentId=zoe', 'cursor=x'])
      await student.get(`/me/attendance?${query}`).expect(400)
    await school.anonymous.get('/me/attendance').expect(401)
    for (const client of [admin, teacher]) {
      const { body } = await client.get('/me/attendance').expect(403)
      expect(body.detail).toContain('GET /students/:id/attendance')
    }
    await student.get(`/me/attendance?studentId=${anna.id}`).expect(404)
    await student.get(`/me/attendance?studentId=${zoe.id}`).expect(200)
  })
})
