import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { User } from '#src/generated/prisma/client.ts'
import {
  buildAdmin,
  buildEnrollment,
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
const day = (offset: number) => new Date(START_MS + offset * DAY_MS).toISOString().slice(0, 10)
const NOWHERE = '01890000-0000-7000-8000-000000000000'

let school: TestSchool
let admin: Client
let teacher: Client
let stranger: Client
let yearId: string
let sectionId: string
let student: User
let pupil: Client
let assignmentId: string

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  stranger = await school.as(await buildTeacher(school.db))
  const user = await buildTeacher(school.db)
  teacher = await school.as(user)
  yearId = (await buildYear(school.db, { startsOn: day(-200), endsOn: day(100) })).id
  sectionId = (await buildHomeroom(school.db, { classTeacherId: user.id })).id
})
beforeEach(async () => {
  school.clock.now = null
  student = await pupilOf()
  pupil = await school.as(student)
  assignmentId = await give()
})
afterAll(() => school.stop())

async function pupilOf({ leftOn, ...names }: { leftOn?: string; lastName?: string } = {}) {
  const user = await buildStudent(school.db, names)
  await buildEnrollment(school.db, {
    studentId: user.id,
    yearId,
    sectionId,
    joinedOn: day(-100),
    ...(leftOn && { leftOn }),
  })
  return user
}

const give = async (body: object = {}): Promise<string> =>
  (
    await admin
      .post('/assignments')
      .send({ sectionId, title: 'Essay', maxMarks: 20, ...body })
      .expect(201)
  ).body.id

const submit = (client: Client, body: object = { text: 'My essay' }) =>
  client.post(`/assignments/${assignmentId}/submissions`).send(body)

const grade = (client: Client, id: string, body: object) =>
  client.patch(`/submissions/${id}`).send(body)

describe('POST /assignments/:id/submissions', () => {
  it('returns 201 the first time and 200 after that, with one row whose content is the last one', async () => {
    const first = await submit(pupil, { text: 'Draft' }).expect(201)
    expect(first.body).toMatchObject({
      assignmentId,
      studentUserId: student.id,
      text: 'Draft',
      contentUrl: null,
      late: false,
      status: 'SUBMITTED',
      marksObtained: null,
      feedback: null,
      gradedAt: null,
      version: 1,
    })
    const again = await submit(pupil, { contentUrl: 'https://example.org/a?b=c#d' }).expect(200)
    expect(again.body).toMatchObject({
      id: first.body.id,
      text: null,
      contentUrl: 'https://example.org/a?b=c#d',
      version: 2,
    })
    expect(again.headers.etag).toBe('"2"')
    expect(await school.db.assignmentSubmission.count({ where: { assignmentId } })).toBe(1)
  })

  it('keeps one row of twenty submitted at once: one 201, the others 200', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) => submit(pupil, { text: `Version ${i}` })),
    )
    const statuses = answers.map((answer) => answer.status).sort()
    expect(statuses).toEqual([...Array<number>(19).fill(200), 201])
    const rows = await school.db.assignmentSubmission.findMany({ where: { assignmentId } })
    expect(rows).toMatchObject([{ version: 20 }])
  })

  it('is late by the server’s clock, to the millisecond', async () => {
    const dueAt = new Date(Date.now() - 60_000)
    assignmentId = await give({ dueAt: dueAt.toISOString() })
    school.clock.now = dueAt
    expect((await submit(pupil).expect(201)).body.late).toBe(false)
    school.clock.now = new Date(dueAt.getTime() + 1)
    expect((await submit(pupil).expect(200)).body).toMatchObject({
      late: true,
      submittedAt: school.clock.now.toISOString(),
    })
  })

  it('returns 409 assignment_closed while it is closed', async () => {
    await admin.patch(`/assignments/${assignmentId}`).send({ status: 'CLOSED' }).expect(200)
    expect((await submit(pupil).expect(409)).body.code).toBe('assignment_closed')
    await admin.patch(`/assignments/${assignmentId}`).send({ status: 'OPEN' }).expect(200)
    await submit(pupil).expect(201)
  })

  it('returns 409 already_graded after it was graded, and keeps what was graded', async () => {
    const { body } = await submit(pupil).expect(201)
    await grade(teacher, body.id, { marksObtained: 12 }).expect(200)
    expect((await submit(pupil, { text: 'Better' }).expect(409)).body.code).toBe('already_graded')
    const row = await school.db.assignmentSubmission.findUnique({ where: { id: body.id } })
    expect(row?.text).toBe('My essay')
  })

  it('never changes what was graded, when grading and submitting again race', async () => {
    const { body } = await submit(pupil).expect(201)
    const [graded, ...again] = await Promise.all([
      grade(teacher, body.id, { marksObtained: 12 }),
      ...Array.from({ length: 10 }, (_, i) => submit(pupil, { text: `Again ${i}` })),
    ])
    expect(graded.status).toBe(200)
    for (const answer of again) expect([200, 409]).toContain(answer.status)
    const row = await school.db.assignmentSubmission.findUnique({ where: { id: body.id } })
    expect(row).toMatchObject({ status: 'GRADED', text: graded.body.text })
  })

  it.each([
    'javascript:alert(1)',
    'data:text/html,x',
    'ftp://example.org/a',
    '//example.org/a',
    'https:example.org',
    'https://',
    'https://user:secret@example.org/',
    'https://example.org/a b',
    'https://example.org\\@evil.example/',
    `https://example.org/${'a'.repeat(2_000)}`,
  ])('returns 400 for the link %s', async (contentUrl) => {
    const answer = await submit(pupil, { contentUrl }).expect(400)
    expect(answer.body.errors[0].path).toBe('contentUrl')
  })

  it('takes 64 KiB of text, counted in bytes, and no more', async () => {
    await submit(pupil, { text: 'é'.repeat(32 * 1024) }).expect(201)
    const answer = await submit(pupil, { text: `${'é'.repeat(32 * 1024)}a` }).expect(400)
    expect(answer.body.errors).toMatchObject([{ path: 'text' }])
  })

  it('returns 400 for neither link nor text, and for fields it does not know', async () => {
    await submit(pupil, {}).expect(400)
    const nothing = await submit(pupil, { text: null, contentUrl: null }).expect(400)
    expect(nothing.body.errors[0].path).toBe('contentUrl')
    const answer = await submit(pupil, { text: 'x', late: false, marksObtained: 20 }).expect(400)
    expect(answer.body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'late',
      'marksObtained',
    ])
  })

  it('returns 404 to pupils of other sections and 403 not_in_section to those who left', async () => {
    const other = await school.as(await buildStudent(school.db))
    await submit(other).expect(404)
    school.clock.now = new Date(Date.now() - 10 * DAY_MS)
    assignmentId = await give()
    school.clock.now = null
    const left = await school.as(await pupilOf({ leftOn: day(-2) }))
    expect((await submit(left).expect(403)).body.code).toBe('not_in_section')
  })

  it('returns 401 without a token and 403 to staff and parents', async () => {
    await submit(school.anonymous).expect(401)
    await submit(teacher).expect(403)
    await submit(admin).expect(403)
    await submit(await school.as(await buildParent(school.db, [student.id]))).expect(403)
  })
})

describe('PATCH /submissions/:id', () => {
  it('gives marks and feedback, and keeps every mark given', async () => {
    const { body } = await submit(pupil).expect(201)
    const first = await grade(teacher, body.id, { marksObtained: 12.5, feedback: 'Good' })
    expect(first.body).toMatchObject({ status: 'GRADED', marksObtained: 12.5, feedback: 'Good' })
    expect(first.body.gradedAt).toEqual(expect.any(String))
    const second = await grade(admin, body.id, { marksObtained: 14 }).expect(200)
    expect(second.body).toMatchObject({ marksObtained: 14, feedback: 'Good' })
    await grade(admin, body.id, { marksObtained: 14, feedback: null }).expect(200)
    const history = await school.db.gradeChange.findMany({
      where: { submissionId: body.id },
      orderBy: { id: 'asc' },
    })
    expect(
      history.map((row) => [
        row.fromMarks?.toNumber() ?? null,
        row.toMarks.toNumber(),
        row.feedback,
      ]),
    ).toEqual([
      [null, 12.5, 'Good'],
      [12.5, 14, 'Good'],
      [14, 14, null],
    ])
    expect(history[0]?.changedByUserId).not.toBe(history[1]?.changedByUserId)
  })

  it('changes nothing when the same is given again', async () => {
    const { body } = await submit(pupil).expect(201)
    const first = await grade(teacher, body.id, { marksObtained: 5, feedback: 'Hm' }).expect(200)
    const again = await grade(teacher, body.id, { marksObtained: 5, feedback: 'Hm' }).expect(200)
    expect(again.body).toEqual(first.body)
    expect(await school.db.gradeChange.count({ where: { submissionId: body.id } })).toBe(1)
  })

  it('keeps an unbroken history of marks given at once', async () => {
    const { body } = await submit(pupil).expect(201)
    const marks = [1, 2, 3, 4, 5, 6, 7, 8]
    await Promise.all(marks.map((marksObtained) => grade(teacher, body.id, { marksObtained })))
    const history = await school.db.gradeChange.findMany({ where: { submissionId: body.id } })
    const to = new Map(
      history.map((row) => [row.fromMarks?.toNumber() ?? 0, row.toMarks.toNumber()]),
    )
    const row = await school.db.assignmentSubmission.findUnique({ where: { id: body.id } })
    let mark = 0
    for (let i = 0; i < marks.length; i++) mark = to.get(mark) ?? NaN
    expect(mark).toBe(row?.marksObtained?.toNumber())
  })

  it('returns 422 marks_above_max, and 400 for marks that are negative, quarters or missing', async () => {
    const { body } = await submit(pupil).expect(201)
    const answer = await grade(teacher, body.id, { marksObtained: 20.5 }).expect(422)
    expect(answer.body).toMatchObject({
      code: 'marks_above_max',
      errors: [{ path: 'marksObtained', message: 'must be at most 20' }],
    })
    for (const marksObtained of [-0.5, 1.25, '5', null])
      await grade(teacher, body.id, { marksObtained }).expect(400)
    await grade(teacher, body.id, { feedback: 'Good' }).expect(400)
    await grade(teacher, body.id, { marksObtained: 20 }).expect(200)
    await grade(teacher, body.id, { marksObtained: 0 }).expect(200)
  })

  it('leaves no mark above the maximum when both change at once', async () => {
    for (let round = 0; round < 5; round++) {
      assignmentId = await give()
      const { body } = await submit(pupil).expect(201)
      const [graded, lowered] = await Promise.all([
        grade(teacher, body.id, { marksObtained: 18 }),
        admin.patch(`/assignments/${assignmentId}`).send({ maxMarks: 10 }),
      ])
      expect([
        [200, 409],
        [422, 200],
      ]).toContainEqual([graded.status, lowered.status])
    }
  })

  it('returns 401 without a token, 403 to students and to other teachers, 404 for none', async () => {
    const { body } = await submit(pupil).expect(201)
    await grade(school.anonymous, body.id, { marksObtained: 20 }).expect(401)
    await grade(pupil, body.id, { marksObtained: 20 }).expect(403)
    await grade(stranger, body.id, { marksObtained: 20 }).expect(403)
    await grade(admin, NOWHERE, { marksObtained: 20 }).expect(404)
  })
})

describe('GET /assignments/:id/submissions', () => {
  const list = (client: Client, query = '') =>
    client.get(`/assignments/${assignmentId}/submissions${query}`)

  it('shows a student the own one, a parent the children’s, teachers and the office all', async () => {
    const other = await pupilOf()
    await submit(pupil).expect(201)
    await submit(await school.as(other)).expect(201)
    const idsSeenBy = async (client: Client) =>
      (await list(client).expect(200)).body.items
        .map((item: { studentUserId: string }) => item.studentUserId)
        .sort()
    expect(await idsSeenBy(pupil)).toEqual([student.id])
    expect(await idsSeenBy(await school.as(await buildParent(school.db, [other.id])))).toEqual([
      other.id,
    ])
    const both = [student.id, other.id].sort()
    expect(await idsSeenBy(teacher)).toEqual(both)
    expect(await idsSeenBy(admin)).toEqual(both)
  })

  it('lists by name the way people do, page by page, with namesakes', async () => {
    for (const lastName of ['Östlund', 'Zimmer', 'olsen', 'Zimmer', 'Abel'])
      await submit(await school.as(await pupilOf({ lastName }))).expect(201)
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await list(teacher, `?limit=2&count=true${cursor}`).expect(200)
      expect(body.total).toBe(5)
      seen.push(...body.items.map((item: { lastName: string }) => item.lastName))
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
    } while (cursor)
    expect(seen).toEqual(['Abel', 'olsen', 'Östlund', 'Zimmer', 'Zimmer'])
  })

  it('returns 400, 401, and 404 to whom the assignment is not for', async () => {
    await list(admin, '?limit=0').expect(400)
    await list(school.anonymous).expect(401)
    await list(stranger).expect(404)
    await list(await school.as(await buildStudent(school.db))).expect(404)
  })
})
