import { fromDate } from '@usms/service-kit/http/fields'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Prisma, User } from '#src/generated/prisma/client.ts'
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

const NOW = new Date('2025-11-19T06:30:00Z')

let school: TestSchool
let office: User
let admin: Client
let teacher: Client
let yearId: string
let sixA: string
let sixB: string
let chess: string
let zoe: User
let anna: User
let bela: User
let student: Client
let parent: Client

beforeAll(async () => {
  school = await startSchool()
  const { db } = school
  school.clock.now = NOW
  office = await buildAdmin(db)
  admin = await school.as(office)
  const meera = await buildTeacher(db)
  teacher = await school.as(meera)
  yearId = (await buildYear(db, { startsOn: '2025-06-01', endsOn: '2026-03-31' })).id
  sixA = (await buildHomeroom(db, { name: '6A', classTeacherId: meera.id })).id
  sixB = (await buildHomeroom(db, { name: '6B' })).id
  chess = (await buildGroup(db, { name: 'Chess' })).id
  await buildTeaching(db, { teacherId: meera.id, sectionId: chess, yearId, startsOn: '2025-06-01' })
  zoe = await buildStudent(db, { firstName: 'Zoe', lastName: 'Rao' })
  anna = await buildStudent(db, { firstName: 'Anna', lastName: 'Rao' })
  bela = await buildStudent(db, { firstName: 'Bela', lastName: 'Bose' })
  const gone = await buildStudent(db, { firstName: 'Gone', lastName: 'Away' })
  const places = { yearId, joinedOn: '2025-06-01' }
  await buildEnrollment(db, { ...places, studentId: zoe.id, sectionId: sixA })
  await buildEnrollment(db, { ...places, studentId: bela.id, sectionId: sixB })
  await buildEnrollment(db, { ...places, studentId: anna.id, sectionId: sixB })
  await buildEnrollment(db, {
    ...places,
    studentId: gone.id,
    sectionId: sixA,
    leftOn: '2025-11-19',
  })
  await db.studentEnrollment.updateMany({ where: { studentUserId: zoe.id }, data: { rollNo: 7 } })
  for (const { id } of [zoe, anna])
    await db.groupMembership.create({
      data: {
        studentUserId: id,
        academicYearId: yearId,
        sectionId: chess,
        joinedOn: fromDate('2025-06-01'),
      },
    })
  student = await school.as(zoe)
  const mother = await buildParent(db, [zoe.id, anna.id])
  await db.guardianLink.updateMany({
    where: { studentUserId: zoe.id },
    data: { relationship: 'mother' },
  })
  parent = await school.as(mother)
})
afterAll(() => school.stop())

const read = async (client: Client, path: string) => (await client.get(path).expect(200)).body
const firstNames = (body: { items: { firstName: string }[] }) =>
  body.items.map((item) => item.firstName)
const titles = (body: { items: { title: string }[] }) => body.items.map((item) => item.title)

describe('GET /me/students of a teacher', () => {
  it('has whoever is in a section taught today, with those sections and roll numbers', async () => {
    const body = await read(teacher, '/me/students?count=true')
    expect(body.total).toBe(2)
    expect(body.sections).toEqual([
      { id: sixA, name: '6A', kind: 'HOMEROOM' },
      { id: chess, name: 'Chess', kind: 'GROUP' },
    ])
    expect(body.items).toEqual([
      expect.objectContaining({
        studentUserId: anna.id,
        relationship: null,
        // 6B is not taught.
        currentEnrollment: expect.objectContaining({ sectionId: sixB, sectionName: '6B' }),
        sections: [{ id: chess, name: 'Chess', kind: 'GROUP', rollNo: null }],
      }),
      expect.objectContaining({
        studentUserId: zoe.id,
        admissionNo: expect.any(String),
        sections: [
          { id: sixA, name: '6A', kind: 'HOMEROOM', rollNo: 7 },
          { id: chess, name: 'Chess', kind: 'GROUP', rollNo: null },
        ],
      }),
    ])
    // Whom it lists can be opened, and nothing of the account is told.
    for (const { studentUserId } of body.items)
      await teacher.get(`/students/${studentUserId}`).expect(200)
    expect(body.items[0]).not.toHaveProperty('email')
    expect(body.items[0]).not.toHaveProperty('username')
  })

  it('comes in pages, by section and by name; of a section not taught there is nobody', async () => {
    const first = await read(teacher, '/me/students?limit=1')
    const second = await read(teacher, `/me/students?limit=1&cursor=${first.nextCursor}`)
    expect([...firstNames(first), ...firstNames(second)]).toEqual(['Anna', 'Zoe'])
    expect(second.nextCursor).toBeNull()
    expect(firstNames(await read(teacher, `/me/students?sectionId=${sixA}`))).toEqual(['Zoe'])
    expect(firstNames(await read(teacher, '/me/students?q=zo'))).toEqual(['Zoe'])
    expect(firstNames(await read(teacher, `/me/students?sectionId=${sixB}`))).toEqual([])
  })

  it('is empty for a teacher who teaches nothing', async () => {
    const client = await school.as(await buildTeacher(school.db))
    expect((await read(client, '/me/students')).items).toEqual([])
  })
})

describe('GET /me/students', () => {
  it('has a parent’s children with where they are', async () => {
    const { items } = await read(parent, '/me/students')
    expect(items).toMatchObject([
      { studentUserId: anna.id, sections: [{ id: sixB }, { id: chess }] },
      {
        studentUserId: zoe.id,
        relationship: 'mother',
        currentEnrollment: { sectionName: '6A', rollNo: 7 },
        sections: [{ id: sixA, rollNo: 7 }, { id: chess }],
      },
    ])
    expect(firstNames(await read(parent, `/me/students?sectionId=${sixA}`))).toEqual(['Zoe'])
  })

  it('returns 400, 401, and 403 to students and the office', async () => {
    await teacher.get('/me/students?sectionId=6A').expect(400)
    await teacher.get('/me/students?cursor=WyJhIl0').expect(400)
    await school.anonymous.get('/me/students').expect(401)
    await student.get('/me/students').expect(403)
    await admin.get('/me/students').expect(403)
  })
})

const give = async (
  title: string,
  columns: Partial<Prisma.AssignmentUncheckedCreateInput> = {},
): Promise<string> => {
  const { id } = await school.db.assignment.create({
    data: {
      sectionId: sixA,
      academicYearId: yearId,
      title,
      createdById: office.id,
      createdAt: new Date('2025-11-01T06:00:00Z'),
      ...columns,
    },
  })
  return id
}

const due = (date: string) => ({ dueAt: new Date(`${date}T12:00:00Z`) })

const submit = (
  assignmentId: string,
  { id }: User,
  grade?: { marksObtained: number; feedback: string },
) =>
  school.db.assignmentSubmission.create({
    data: {
      assignmentId,
      studentUserId: id,
      text: 'Done',
      late: false,
      submittedAt: NOW,
      ...(grade && { ...grade, status: 'GRADED', gradedAt: NOW }),
    },
  })

describe('GET /me/assignments', () => {
  let graded: string

  beforeAll(async () => {
    const past = await buildYear(school.db, {
      startsOn: '2024-06-01',
      endsOn: '2025-03-31',
      isCurrent: false,
    })
    await give('Poem')
    await give('Map', due('2025-11-25'))
    await give('Overdue', due('2025-11-18'))
    graded = await give('Essay', { ...due('2025-11-17'), maxMarks: 20 })
    await give('Shut', { ...due('2025-11-20'), status: 'CLOSED' })
    await give('Openings', { ...due('2025-11-21'), sectionId: chess })
    await give('Long ago', { ...due('2025-03-01'), academicYearId: past.id })
    await give('Elsewhere', { ...due('2025-11-22'), sectionId: sixB })
    await submit(graded, zoe, { marksObtained: 17.5, feedback: 'Good' })
  })

  it('shows students what they have not handed in, soonest due first', async () => {
    const body = await read(student, '/me/assignments?count=true')
    expect(titles(body)).toEqual(['Overdue', 'Openings', 'Map', 'Poem'])
    expect(body).toMatchObject({ total: 4, student: { studentUserId: zoe.id } })
    expect(body.items[0]).toEqual({
      id: expect.any(String),
      title: 'Overdue',
      description: null,
      dueAt: '2025-11-18T12:00:00.000Z',
      maxMarks: 100,
      status: 'OPEN',
      section: { id: sixA, name: '6A', kind: 'HOMEROOM' },
      subject: null,
      submission: null,
      progress: null,
    })
  })

  it('shows them all, latest due first, each with the own submission', async () => {
    const body = await read(student, '/me/assignments?show=all')
    expect(titles(body)).toEqual(['Poem', 'Map', 'Openings', 'Shut', 'Overdue', 'Essay'])
    expect(body.items.at(-1).submission).toEqual({
      id: expect.any(String),
      submittedAt: NOW.toISOString(),
      late: false,
      status: 'GRADED',
      marksObtained: 17.5,
      feedback: 'Good',
      gradedAt: NOW.toISOString(),
    })
    // No more and no less than the general list.
    const general = await read(student, '/assignments')
    expect(titles(general).sort()).toEqual(titles(body).sort())
  })

  it.each(['open', 'all'])('comes in pages without a gap: %s', async (show) => {
    const whole = titles(await read(student, `/me/assignments?show=${show}`))
    const paged: string[] = []
    let cursor = ''
    do {
      const page = await read(student, `/me/assignments?show=${show}&limit=1${cursor}`)
      paged.push(...titles(page))
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`
    } while (cursor !== '')
    expect(paged).toEqual(whole)
  })

  it('shows a parent one child’s at a time, and never the other’s submission', async () => {
    const first = await read(parent, '/me/assignments')
    expect(first.student).toMatchObject({ studentUserId: anna.id })
    expect(titles(first)).toEqual(['Openings', 'Elsewhere'])
    const zoes = await read(parent, `/me/assignments?show=all&studentId=${zoe.id}`)
    expect(zoes.items.at(-1).submission).toMatchObject({ marksObtained: 17.5 })
    expect(titles(zoes)).not.toContain('Elsewhere')
    const childless = await school.as(await buildParent(school.db, []))
    expect(await read(childless, '/me/assignments?count=true')).toEqual({
      student: null,
      items: [],
      nextCursor: null,
      total: 0,
    })
  })

  it('shows a teacher those of sections taught with how far they are', async () => {
    // Openings waits for its day; Overdue and Essay, with nothing to grade, wait for nobody.
    expect(titles(await read(teacher, '/me/assignments'))).toEqual(['Openings', 'Map', 'Poem'])
    const { id } = await school.db.assignment.findFirstOrThrow({ where: { title: 'Overdue' } })
    const { id: submissionId } = await submit(id, zoe)
    const body = await read(teacher, '/me/assignments')
    await school.db.assignmentSubmission.delete({ where: { id: submissionId } })
    expect(titles(body)).toEqual(['Overdue', 'Openings', 'Map', 'Poem'])
    expect(body.student).toBeNull()
    expect(body.items[0]).toMatchObject({
      submission: null,
      progress: { students: 1, submitted: 1, graded: 0 },
    })
    const all = await read(teacher, '/me/assignments?show=all')
    expect(titles(all)).not.toContain('Elsewhere')
    const essay = all.items.find((item: { id: string }) => item.id === graded)
    expect(essay.progress).toEqual({ students: 1, submitted: 1, graded: 1 })
  })

  it('returns 400, 401, 403 to the office and 404 for somebody else’s', async () => {
    await student.get('/me/assignments?show=some').expect(400)
    await student.get('/me/assignments?cursor=nonsense').expect(400)
    await school.anonymous.get('/me/assignments').expect(401)
    await admin.get('/me/assignments').expect(403)
    for (const client of [student, parent, teacher])
      await client.get(`/me/assignments?studentId=${bela.id}`).expect(404)
  })
})
