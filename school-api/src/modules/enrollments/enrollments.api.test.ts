import { afterAll, beforeAll, describe, expect, it } from 'vitest'
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
import { AROUND_TODAY, day } from '#src/testing/days.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let adminId: string
let academicYearId: string

beforeAll(async () => {
  school = await startSchool()
  const user = await buildAdmin(school.db)
  adminId = user.id
  admin = await school.as(user)
  academicYearId = (await buildYear(school.db, AROUND_TODAY)).id
})
afterAll(() => school.stop())

const NOBODY = '00000000-0000-7000-8000-000000000000'
const pathsOf = (body: { errors: { path: string }[] }) => body.errors.map((issue) => issue.path)
const aSection = async (capacity: number | null = null) =>
  (await buildHomeroom(school.db, { capacity })).id
const aStudent = async () => (await buildStudent(school.db)).id
const students = (n: number) => Promise.all(Array.from({ length: n }, aStudent))
const anEnrollment = async (overrides: Record<string, unknown> = {}) => ({
  studentUserId: await aStudent(),
  academicYearId,
  sectionId: await aSection(),
  ...overrides,
})
const enroll = async (overrides: Record<string, unknown> = {}) =>
  (
    await admin
      .post('/enrollments')
      .send(await anEnrollment(overrides))
      .expect(201)
  ).body
const statusesOf = (answers: { status: number }[]) => answers.map((answer) => answer.status).sort()

describe('enrolling', () => {
  it('enrolls from today on with the first roll number, and answers with Location and ETag', async () => {
    const body = await anEnrollment()
    const answer = await admin.post('/enrollments').send(body).expect(201)
    expect(answer.body).toMatchObject({
      ...body,
      rollNo: 1,
      status: 'ACTIVE',
      joinedOn: day(0),
      leftOn: null,
      reason: null,
      version: 1,
    })
    expect(answer.headers.location).toBe(`/enrollments/${answer.body.id}`)
    expect(answer.headers.etag).toBe('"1"')
    expect((await admin.get(`/enrollments/${answer.body.id}`).expect(200)).body).toEqual(
      answer.body,
    )
  })

  it('names every fault of a bad body', async () => {
    const answer = await admin
      .post('/enrollments')
      .send({ studentUserId: 'x', rollNo: 0, joinedOn: '2026-02-30', colour: 'red' })
      .expect(400)
    expect(pathsOf(answer.body).sort()).toEqual(
      ['studentUserId', 'academicYearId', 'sectionId', 'rollNo', 'joinedOn', 'colour'].sort(),
    )
    const why = await admin
      .post('/enrollments')
      .send(await anEnrollment({ overrideCapacity: true }))
      .expect(400)
    expect(pathsOf(why.body)).toEqual(['reason'])
  })

  it('returns 422 for a student, year and section that are not there, naming each', async () => {
    const answer = await admin
      .post('/enrollments')
      .send({ studentUserId: NOBODY, academicYearId: NOBODY, sectionId: NOBODY })
      .expect(422)
    expect(answer.body.code).toBe('unknown_reference')
    expect(pathsOf(answer.body).sort()).toEqual(['academicYearId', 'sectionId', 'studentUserId'])
  })

  it('returns 422 for a teacher, who is no student', async () => {
    const teacher = await buildTeacher(school.db)
    const answer = await admin
      .post('/enrollments')
      .send(await anEnrollment({ studentUserId: teacher.id }))
      .expect(422)
    expect(pathsOf(answer.body)).toEqual(['studentUserId'])
  })

  it('returns 422 not_a_homeroom for a group', async () => {
    const group = await buildGroup(school.db)
    const answer = await admin
      .post('/enrollments')
      .send(await anEnrollment({ sectionId: group.id }))
      .expect(422)
    expect(answer.body.code).toBe('not_a_homeroom')
    expect(pathsOf(answer.body)).toEqual(['sectionId'])
  })

  it('returns 422 date_outside_year for a day of another year; both ends belong to it', async () => {
    for (const joinedOn of [day(-151), day(151)]) {
      const answer = await admin
        .post('/enrollments')
        .send(await anEnrollment({ joinedOn }))
        .expect(422)
      expect(answer.body.code).toBe('date_outside_year')
      expect(pathsOf(answer.body)).toEqual(['joinedOn'])
    }
    await enroll({ joinedOn: day(-150) })
    await enroll({ joinedOn: day(150) })
  })

  it('begins with the year while that is ahead, and needs a date once it is over', async () => {
    const ahead = await buildYear(school.db, {
      startsOn: day(160),
      endsOn: day(400),
      isCurrent: false,
    })
    expect((await enroll({ academicYearId: ahead.id })).joinedOn).toBe(day(160))
    const over = await buildYear(school.db, {
      startsOn: day(-500),
      endsOn: day(-160),
      isCurrent: false,
    })
    const sectionId = await aSection()
    const answer = await admin
      .post('/enrollments')
      .send(await anEnrollment({ academicYearId: over.id }))
      .expect(422)
    expect(answer.body.code).toBe('date_outside_year')
    const first = await enroll({ academicYearId: over.id, sectionId, joinedOn: day(-300) })
    const second = await enroll({ academicYearId: over.id, sectionId, joinedOn: day(-300) })
    expect([first.rollNo, second.rollNo]).toEqual([1, 2])
  })

  it('returns 409 already_enrolled the second time in a year, also when they race', async () => {
    const { studentUserId } = await enroll()
    const again = await admin
      .post('/enrollments')
      .send(await anEnrollment({ studentUserId }))
      .expect(409)
    expect(again.body.code).toBe('already_enrolled')
    expect(pathsOf(again.body)).toEqual(['studentUserId'])
    const racer = await aStudent()
    const bodies = await Promise.all(
      Array.from({ length: 5 }, () => anEnrollment({ studentUserId: racer })),
    )
    const answers = await Promise.all(bodies.map((body) => admin.post('/enrollments').send(body)))
    expect(statusesOf(answers)).toEqual([201, 409, 409, 409, 409])
    for (const answer of answers.filter(({ status }) => status === 409))
      expect(['already_enrolled', 'enrollment_overlap']).toContain(answer.body.code)
  })

  it('returns 409 enrollment_overlap for days in which the student was elsewhere', async () => {
    const studentUserId = await aStudent()
    await buildEnrollment(school.db, {
      studentId: studentUserId,
      yearId: academicYearId,
      sectionId: await aSection(),
      joinedOn: day(-100),
      leftOn: day(-10),
    })
    const answer = await admin
      .post('/enrollments')
      .send(await anEnrollment({ studentUserId, joinedOn: day(-11) }))
      .expect(409)
    expect(answer.body.code).toBe('enrollment_overlap')
    await enroll({ studentUserId, joinedOn: day(-10) })
  })
})

describe('roll numbers', () => {
  it('are the lowest free ones of section and year when not named', async () => {
    const sectionId = await aSection()
    expect((await enroll({ sectionId })).rollNo).toBe(1)
    expect((await enroll({ sectionId, rollNo: 3 })).rollNo).toBe(3)
    const second = await enroll({ sectionId })
    expect(second.rollNo).toBe(2)
    expect((await enroll({ sectionId })).rollNo).toBe(4)
    await admin
      .patch(`/enrollments/${second.id}`)
      .send({ leftOn: day(1), reason: 'Moved away' })
      .expect(200)
    // Still there today: the number is free only after that.
    expect((await enroll({ sectionId })).rollNo).toBe(5)
    expect((await enroll({ sectionId, joinedOn: day(1) })).rollNo).toBe(6)
  })

  it('are each given once when many enroll at the same time', async () => {
    const sectionId = await aSection()
    const ids = await students(12)
    const answers = await Promise.all(
      ids.map((studentUserId) =>
        admin.post('/enrollments').send({ studentUserId, academicYearId, sectionId }),
      ),
    )
    expect(statusesOf(answers)).toEqual(Array(12).fill(201))
    expect(answers.map(({ body }) => body.rollNo).toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 12 }, (_, i) => i + 1),
    )
  })

  it('return 409 roll_no_taken when somebody has it, and can be changed', async () => {
    const sectionId = await aSection()
    const first = await enroll({ sectionId })
    const second = await enroll({ sectionId })
    const taken = await admin
      .post('/enrollments')
      .send(await anEnrollment({ sectionId, rollNo: 2 }))
      .expect(409)
    expect(taken.body.code).toBe('roll_no_taken')
    expect(pathsOf(taken.body)).toEqual(['rollNo'])
    const clash = await admin
      .patch(`/enrollments/${first.id}`)
      .send({ rollNo: second.rollNo })
      .expect(409)
    expect(clash.body.code).toBe('roll_no_taken')
    const answer = await admin.patch(`/enrollments/${first.id}`).send({ rollNo: 7 }).expect(200)
    expect(answer.body).toMatchObject({ id: first.id, rollNo: 7, version: 2 })
    const same = await admin.patch(`/enrollments/${first.id}`).send({}).expect(200)
    expect(same.body.version).toBe(2)
  })
})

describe('capacity', () => {
  it('gives the last seat to one of several who race for it', async () => {
    const sectionId = await aSection(2)
    await enroll({ sectionId })
    const ids = await students(5)
    const answers = await Promise.all(
      ids.map((studentUserId) =>
        admin.post('/enrollments').send({ studentUserId, academicYearId, sectionId }),
      ),
    )
    expect(statusesOf(answers)).toEqual([201, 409, 409, 409, 409])
    expect(answers.find(({ status }) => status === 409)?.body).toMatchObject({
      code: 'capacity_exceeded',
      details: { sectionId, capacity: 2, enrolled: 2 },
      errors: [{ path: 'sectionId' }],
    })
  })

  it('is exceeded by an office that says why, and that is audited', async () => {
    const sectionId = await aSection(1)
    await enroll({ sectionId })
    const body = await anEnrollment({ sectionId })
    await admin.post('/enrollments').send(body).expect(409)
    const answer = await admin
      .post('/enrollments')
      .send({ ...body, overrideCapacity: true, reason: 'Sibling in the class' })
      .expect(201)
    expect(answer.body.reason).toBe('Sibling in the class')
    const [event] = await school.db.auditEvent.findMany({
      where: { subjectIds: { has: answer.body.id } },
    })
    expect(event?.action).toBe('enrollment.create-over-capacity')
  })

  it('counts a seat as free from the day its holder leaves', async () => {
    const sectionId = await aSection(1)
    const leaver = await enroll({ sectionId, joinedOn: day(-5) })
    await admin
      .patch(`/enrollments/${leaver.id}`)
      .send({ leftOn: day(3), reason: 'Moves away' })
      .expect(200)
    const body = await anEnrollment({ sectionId })
    const early = await admin.post('/enrollments').send(body).expect(409)
    expect(early.body.code).toBe('capacity_exceeded')
    await admin
      .post('/enrollments')
      .send({ ...body, joinedOn: day(3) })
      .expect(201)
  })

  it('is counted year by year', async () => {
    const next = await buildYear(school.db, {
      startsOn: day(500),
      endsOn: day(700),
      isCurrent: false,
    })
    const sectionId = await aSection(1)
    await enroll({ sectionId })
    const other = await enroll({ sectionId, academicYearId: next.id })
    expect(other.rollNo).toBe(1)
  })
})

describe('refusing one enrollment for several faults', () => {
  it('answers with the code of one of them, and names all', async () => {
    const sectionId = await aSection(1)
    const enrolled = await enroll({ sectionId, rollNo: 3 })
    const again = { studentUserId: enrolled.studentUserId, academicYearId, sectionId, rollNo: 3 }
    const { body } = await admin.post('/enrollments').send(again).expect(409)
    expect(body.code).toBe('already_enrolled')
    expect(pathsOf(body)).toEqual(['studentUserId', 'rollNo', 'sectionId'])
    const nobody = await admin.post('/enrollments').send({ ...again, studentUserId: NOBODY })
    expect(nobody.body).toMatchObject({ status: 422, code: 'unknown_reference' })
    expect(nobody.body.details.faults).toHaveLength(3)
  })

  it('answers 409 to many that are all refused by what is there', async () => {
    const sectionId = await aSection(1)
    const enrolled = await enroll({ sectionId })
    const at = { academicYearId, sectionId }
    const enrollments = [
      { ...at, studentUserId: enrolled.studentUserId },
      { ...at, studentUserId: await aStudent() },
    ]
    const { body } = await admin.post('/enrollments/bulk').send({ enrollments }).expect(409)
    expect(body).toMatchObject({
      code: 'enrollments_refused',
      detail: '2 enrollments cannot be made',
    })
  })
})

describe('enrolling many', () => {
  it('enrolls 200 and answers in the order of the request, in one audited step', async () => {
    const sections = [await aSection(), await aSection()]
    const ids = await students(200)
    const enrollments = ids.map((studentUserId, i) => ({
      studentUserId,
      academicYearId,
      sectionId: sections[i % 2],
    }))
    const { body } = await admin.post('/enrollments/bulk').send({ enrollments }).expect(201)
    expect(body.items).toMatchObject(enrollments)
    expect(body.items.map((item: { rollNo: number }) => item.rollNo)).toEqual(
      ids.map((_, i) => Math.floor(i / 2) + 1),
    )
    const events = await school.db.auditEvent.findMany({
      where: { subjectIds: { has: body.items[0].id } },
    })
    expect(events.map(({ subjectIds }) => subjectIds.length)).toEqual([200])
  })

  it('enrolls nobody when one is at fault, and names each fault with its path and code', async () => {
    const sectionId = await aSection(2)
    const enrolled = await enroll()
    const ids = await students(3)
    const at = { academicYearId, sectionId }
    const answer = await admin
      .post('/enrollments/bulk')
      .send({
        enrollments: [
          { ...at, studentUserId: ids[0], rollNo: 4 },
          { ...at, studentUserId: NOBODY },
          { ...at, studentUserId: enrolled.studentUserId },
          { ...at, studentUserId: ids[1], joinedOn: day(151), rollNo: 4 },
          { ...at, studentUserId: ids[2], sectionId: NOBODY },
        ],
      })
      .expect(422)
    expect(answer.body.code).toBe('enrollments_refused')
    expect(answer.body.details.faults).toEqual([
      { path: 'enrollments.1.studentUserId', code: 'unknown_reference' },
      { path: 'enrollments.2.studentUserId', code: 'already_enrolled' },
      { path: 'enrollments.2.sectionId', code: 'capacity_exceeded' },
      { path: 'enrollments.3.rollNo', code: 'roll_no_taken' },
      { path: 'enrollments.3.joinedOn', code: 'date_outside_year' },
      { path: 'enrollments.3.sectionId', code: 'capacity_exceeded' },
      { path: 'enrollments.4.sectionId', code: 'unknown_reference' },
    ])
    expect(pathsOf(answer.body)).toEqual(
      answer.body.details.faults.map((fault: { path: string }) => fault.path),
    )
    expect(await school.db.studentEnrollment.count({ where: { sectionId } })).toBe(0)
  })

  it('returns 409 capacity_exceeded for those beyond the last seat', async () => {
    const sectionId = await aSection(2)
    const ids = await students(4)
    const enrollments = ids.map((studentUserId) => ({ studentUserId, academicYearId, sectionId }))
    const answer = await admin.post('/enrollments/bulk').send({ enrollments }).expect(409)
    expect(answer.body.code).toBe('capacity_exceeded')
    expect(pathsOf(answer.body)).toEqual(['enrollments.2.sectionId', 'enrollments.3.sectionId'])
    const over = { enrollments, overrideCapacity: true, reason: 'A merged class' }
    await admin.post('/enrollments/bulk').send(over).expect(201)
  })

  it('gives a named roll number to whoever named it', async () => {
    const sectionId = await aSection()
    const [a, b, c] = await students(3)
    const { body } = await admin
      .post('/enrollments/bulk')
      .send({
        enrollments: [
          { studentUserId: a, academicYearId, sectionId },
          { studentUserId: b, academicYearId, sectionId, rollNo: 1 },
          { studentUserId: c, academicYearId, sectionId },
        ],
      })
      .expect(201)
    expect(body.items.map((item: { rollNo: number }) => item.rollNo)).toEqual([2, 1, 3])
  })

  it('returns 400 for nobody, for 201 and for one twice', async () => {
    const one = await anEnrollment()
    const twice = await admin
      .post('/enrollments/bulk')
      .send({ enrollments: [one, one] })
      .expect(400)
    expect(pathsOf(twice.body)).toEqual(['enrollments.1.studentUserId'])
    await admin.post('/enrollments/bulk').send({ enrollments: [] }).expect(400)
    const many = { enrollments: Array(201).fill(one) }
    await admin.post('/enrollments/bulk').send(many).expect(400)
  })

  it('lets one of several requests for the same students in opposite order win', async () => {
    const [one, two] = [await aSection(), await aSection()]
    const ids = await students(20)
    const bodies = [ids, ids.toReversed(), ids, ids.toReversed()].map((ids, i) => ({
      enrollments: ids.map((studentUserId) => ({
        studentUserId,
        academicYearId,
        sectionId: i % 2 ? one : two,
      })),
    }))
    const answers = await Promise.all(
      bodies.map((body) => admin.post('/enrollments/bulk').send(body)),
    )
    expect(statusesOf(answers)).toEqual([201, 409, 409, 409])
    for (const answer of answers.filter(({ status }) => status === 409))
      expect(answer.body.code).toBe('already_enrolled')
  })

  it('lets several requests for the same sections in opposite order finish', async () => {
    const [one, two] = [await aSection(), await aSection()]
    const bodies = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        const pair = i % 2 ? [one, two] : [two, one]
        return Promise.all(pair.map((sectionId) => anEnrollment({ sectionId })))
      }),
    )
    const answers = await Promise.all(
      bodies.map((enrollments) => admin.post('/enrollments/bulk').send({ enrollments })),
    )
    expect(statusesOf(answers)).toEqual(Array(6).fill(201))
  })
})

describe('transfer and withdrawal', () => {
  it('closes the old enrollment and opens a new one; past rosters stay what they were', async () => {
    const [from, to] = [await aSection(), await aSection()]
    await enroll({ sectionId: to })
    const before = await enroll({ sectionId: from, joinedOn: day(-30) })
    const { body } = await admin
      .patch(`/enrollments/${before.id}`)
      .send({ sectionId: to, on: day(-10), reason: 'Asked by the parents' })
      .expect(200)
    expect(body).toMatchObject({
      id: before.id,
      sectionId: from,
      status: 'TRANSFERRED',
      leftOn: day(-10),
      reason: 'Asked by the parents',
      version: 2,
      transferredTo: {
        studentUserId: before.studentUserId,
        academicYearId,
        sectionId: to,
        status: 'ACTIVE',
        joinedOn: day(-10),
        leftOn: null,
        rollNo: 2,
      },
    })
    const rosterOf = async (id: string, date: string) =>
      (await admin.get(`/sections/${id}/roster?date=${date}`).expect(200)).body.items.map(
        (student: { enrollmentId: string }) => student.enrollmentId,
      )
    expect(await rosterOf(from, day(-11))).toEqual([before.id])
    expect(await rosterOf(from, day(-10))).toEqual([])
    expect(await rosterOf(to, day(-11))).toEqual([])
    expect(await rosterOf(to, day(-10))).toEqual([body.transferredTo.id])
    const again = await admin
      .patch(`/enrollments/${before.id}`)
      .send({ sectionId: to, reason: 'Twice' })
      .expect(409)
    expect(again.body.code).toBe('enrollment_closed')
  })

  it('transfers from today on when no day is named', async () => {
    const before = await enroll({ joinedOn: day(-30) })
    const { body } = await admin
      .patch(`/enrollments/${before.id}`)
      .send({ sectionId: await aSection(), reason: 'Asked', rollNo: 17 })
      .expect(200)
    expect(body.leftOn).toBe(day(0))
    expect(body.transferredTo).toMatchObject({ joinedOn: day(0), rollNo: 17, reason: null })
  })

  it('refuses a section that is full, a group, none, the same, and a day outside the year', async () => {
    const full = await aSection(1)
    await enroll({ sectionId: full })
    const before = await enroll({ joinedOn: day(-30) })
    const transfer = (body: Record<string, unknown>) =>
      admin.patch(`/enrollments/${before.id}`).send({ reason: 'Asked', ...body })
    const codeOf = async (body: Record<string, unknown>, status: number) =>
      (await transfer(body).expect(status)).body.code
    const group = await buildGroup(school.db)
    expect(await codeOf({ sectionId: full }, 409)).toBe('capacity_exceeded')
    expect(await codeOf({ sectionId: group.id }, 422)).toBe('not_a_homeroom')
    expect(await codeOf({ sectionId: NOBODY }, 422)).toBe('unknown_reference')
    expect(await codeOf({ sectionId: before.sectionId }, 422)).toBe('same_section')
    const sectionId = await aSection()
    expect(await codeOf({ sectionId, on: day(151) }, 422)).toBe('date_outside_year')
    expect(await codeOf({ sectionId, on: day(-31) }, 422)).toBe('dates_out_of_order')
    const { body } = await admin.get(`/enrollments/${before.id}`).expect(200)
    expect(body).toMatchObject({ status: 'ACTIVE', leftOn: null, version: 1 })
    await transfer({ sectionId: full, overrideCapacity: true }).expect(200)
  })

  it('transfers once when two transfers race', async () => {
    const before = await enroll({ joinedOn: day(-30) })
    const targets = [await aSection(), await aSection(), await aSection()]
    const answers = await Promise.all(
      targets.map((sectionId) =>
        admin.patch(`/enrollments/${before.id}`).send({ sectionId, reason: 'Asked' }),
      ),
    )
    expect(statusesOf(answers)).toEqual([200, 409, 409])
    const open = { studentUserId: before.studentUserId, leftOn: null }
    expect(await school.db.studentEnrollment.count({ where: open })).toBe(1)
  })

  it('swaps two students of two full sections only by overriding, without a deadlock', async () => {
    const [one, two] = [await aSection(1), await aSection(1)]
    const [a, b] = [
      await enroll({ sectionId: one, joinedOn: day(-30) }),
      await enroll({ sectionId: two, joinedOn: day(-30) }),
    ]
    const swap = { reason: 'A swap', overrideCapacity: true }
    const answers = await Promise.all([
      admin.patch(`/enrollments/${a.id}`).send({ ...swap, sectionId: two }),
      admin.patch(`/enrollments/${b.id}`).send({ ...swap, sectionId: one }),
    ])
    expect(statusesOf(answers)).toEqual([200, 200])
  })

  it('withdraws with date and reason, and enrolls again later', async () => {
    const before = await enroll({ joinedOn: day(-30) })
    const { body } = await admin
      .patch(`/enrollments/${before.id}`)
      .send({ status: 'WITHDRAWN', leftOn: day(-10), reason: 'Moved away' })
      .expect(200)
    expect(body).toMatchObject({
      status: 'WITHDRAWN',
      leftOn: day(-10),
      reason: 'Moved away',
      version: 2,
    })
    expect(body.transferredTo).toBeUndefined()
    const { studentUserId } = before
    await enroll({ studentUserId, joinedOn: day(-10) })
  })

  it('refuses to withdraw before the first day, after the year, and twice', async () => {
    const { id } = await enroll({ joinedOn: day(-30) })
    const withdraw = (leftOn: string) =>
      admin.patch(`/enrollments/${id}`).send({ leftOn, reason: 'Moved away' })
    expect((await withdraw(day(-31)).expect(422)).body.code).toBe('dates_out_of_order')
    expect((await withdraw(day(152)).expect(422)).body.code).toBe('date_outside_year')
    // Exclusive: the whole last day of the year is attended.
    await withdraw(day(151)).expect(200)
    expect((await withdraw(day(5)).expect(409)).body.code).toBe('enrollment_closed')
    const rollNo = await admin.patch(`/enrollments/${id}`).send({ rollNo: 9 }).expect(409)
    expect(rollNo.body.code).toBe('enrollment_closed')
  })

  it('names what does not go together', async () => {
    const { id } = await enroll()
    const paths = async (body: Record<string, unknown>) =>
      pathsOf((await admin.patch(`/enrollments/${id}`).send(body).expect(400)).body)
    expect(await paths({ sectionId: NOBODY })).toEqual(['reason'])
    expect(await paths({ leftOn: day(1) })).toEqual(['reason'])
    expect(await paths({ status: 'WITHDRAWN', rollNo: 1, reason: 'x' })).toEqual(['rollNo'])
    expect(await paths({ sectionId: NOBODY, leftOn: day(1), reason: 'x' })).toEqual(['leftOn'])
    expect(await paths({ on: day(1), overrideCapacity: true, reason: 'x' })).toEqual([
      'reason',
      'on',
      'overrideCapacity',
    ])
    expect(await paths({ status: 'ACTIVE', colour: 'red' })).toEqual(
      expect.arrayContaining(['status', 'colour']),
    )
    await admin.patch(`/enrollments/${NOBODY}`).send({ rollNo: 1 }).expect(404)
    await admin.patch('/enrollments/1').send({ rollNo: 1 }).expect(400)
  })
})

describe('the year', () => {
  it('is not shortened below an enrollment when the two race', async () => {
    for (let i = 0; i < 5; i++) {
      const year = await buildYear(school.db, {
        startsOn: `${2150 + i}-06-01`,
        endsOn: `${2151 + i}-03-31`,
        isCurrent: false,
      })
      const body = await anEnrollment({
        academicYearId: year.id,
        joinedOn: `${2151 + i}-03-31`,
      })
      const [shrunk, enrolled] = await Promise.all([
        admin.patch(`/academic-years/${year.id}`).send({ endsOn: `${2151 + i}-03-01` }),
        admin.post('/enrollments').send(body),
      ])
      expect([shrunk.status, enrolled.status].sort()).toEqual(
        shrunk.status === 200 ? [200, 422] : [201, 422],
      )
    }
  })
})

describe('who sees enrollments', () => {
  it('lists those of a student newest first, page by page', async () => {
    const studentId = await aStudent()
    const dates = [
      [-140, -100],
      [-90, -50],
      [-40, undefined],
    ] as const
    for (const [joined, left] of dates)
      await buildEnrollment(school.db, {
        studentId,
        yearId: academicYearId,
        sectionId: await aSection(),
        joinedOn: day(joined),
        ...(left !== undefined && { leftOn: day(left) }),
      })
    const seen: string[] = []
    let path = `/students/${studentId}/enrollments?limit=2&count=true`
    for (;;) {
      const { body } = await admin.get(path).expect(200)
      expect(body.total).toBe(3)
      seen.push(...body.items.map((item: { joinedOn: string }) => item.joinedOn))
      if (!body.nextCursor) break
      path = `/students/${studentId}/enrollments?limit=2&count=true&cursor=${body.nextCursor}`
    }
    expect(seen).toEqual([day(-40), day(-90), day(-140)])
    await admin.get(`/students/${studentId}/enrollments?cursor=bm9uZQ`).expect(400)
  })

  it('lets a student see the own, a parent the children’s, a teacher the pupils’, others 404', async () => {
    const student = await buildStudent(school.db)
    const enrollment = await enroll({
      studentUserId: student.id,
      overrideCapacity: true,
      reason: 'For the office',
    })
    const taught = await buildTeacher(school.db)
    await buildTeaching(school.db, {
      teacherId: taught.id,
      sectionId: enrollment.sectionId,
      yearId: academicYearId,
    })
    const paths = [`/students/${student.id}/enrollments`, `/enrollments/${enrollment.id}`]
    const family = [student, await buildParent(school.db, [student.id])]
    for (const user of family) {
      const client = await school.as(user)
      for (const path of paths) await client.get(path).expect(200)
      expect((await client.get(paths[1] ?? '').expect(200)).body.reason).toBeNull()
    }
    const teacher = await school.as(taught)
    expect((await teacher.get(paths[1] ?? '').expect(200)).body.reason).toBe('For the office')
    await teacher.get(paths[0] ?? '').expect(200)
    const others = [
      await buildStudent(school.db),
      await buildParent(school.db, [await aStudent()]),
      await buildTeacher(school.db),
    ]
    for (const user of others) {
      const client = await school.as(user)
      for (const path of paths) await client.get(path).expect(404)
    }
    await admin.get(`/students/${NOBODY}/enrollments`).expect(404)
    await admin.get(`/enrollments/${NOBODY}`).expect(404)
    await admin.get('/enrollments/1').expect(400)
  })

  it('audits that staff read the record of one student, not that the student did', async () => {
    const student = await buildStudent(school.db)
    const { id } = await enroll({ studentUserId: student.id })
    await admin.get(`/students/${student.id}/enrollments`).expect(200)
    await admin.get(`/enrollments/${id}`).expect(200)
    await (await school.as(student)).get(`/enrollments/${id}`).expect(200)
    const events = await school.db.auditEvent.findMany({
      where: { action: 'student.read', subjectIds: { has: student.id } },
    })
    expect(events.map((event) => event.actorUserId)).toEqual([adminId, adminId])
  })

  it('returns 401 without a token, and 403 to whom it is not allowed', async () => {
    const { id, studentUserId } = await enroll()
    const writes = [
      ['post', '/enrollments'],
      ['post', '/enrollments/bulk'],
      ['patch', `/enrollments/${id}`],
    ] as const
    const reads = [`/enrollments/${id}`, `/students/${studentUserId}/enrollments`]
    for (const path of reads) await school.anonymous.get(path).expect(401)
    const student = await buildStudent(school.db)
    const clients = await Promise.all(
      [student, await buildTeacher(school.db), await buildParent(school.db, [student.id])].map(
        (user) => school.as(user),
      ),
    )
    for (const [method, path] of writes) {
      await school.anonymous[method](path).expect(401)
      for (const client of clients) await client[method](path).send({}).expect(403)
    }
  })
})

describe('whom to enroll', () => {
  it('finds students without a section in a year: never enrolled, withdrawn, enrolled in another year alone', async () => {
    const { db } = school
    const named = (firstName: string) => buildStudent(db, { firstName, lastName: 'Tobeplaced' })
    const [never, withdrawn, other, here, later] = await Promise.all(
      ['Anu', 'Bina', 'Chand', 'Dev', 'Esha'].map(named),
    )
    if (!never || !withdrawn || !other || !here || !later) throw new Error('five were built')
    const next = await buildYear(db, {
      startsOn: day(1_000),
      endsOn: day(1_200),
      isCurrent: false,
    })
    const sectionId = await aSection()
    const place = (studentId: string, dates: { joinedOn?: string; leftOn?: string } = {}) =>
      buildEnrollment(db, { studentId, yearId: academicYearId, sectionId, ...dates })
    await place(withdrawn.id, { leftOn: day(0) })
    await place(here.id)
    await place(later.id, { joinedOn: day(20) })
    await buildEnrollment(db, {
      studentId: other.id,
      yearId: next.id,
      sectionId,
      joinedOn: day(1_000),
    })
    const found = async (query: string) =>
      (await admin.get(`/students?q=tobeplaced&count=true&${query}`).expect(200)).body
    const free = await found(`notEnrolledIn=${academicYearId}`)
    expect(free.items.map((student: { firstName: string }) => student.firstName)).toEqual([
      'Anu',
      'Bina',
      'Chand',
    ])
    expect(free.total).toBe(3)
    const freeNext = await found(`notEnrolledIn=${next.id}&limit=2`)
    expect(freeNext.total).toBe(4)
    const rest = await found(`notEnrolledIn=${next.id}&limit=2&cursor=${freeNext.nextCursor}`)
    expect(
      [...freeNext.items, ...rest.items].map((student: { firstName: string }) => student.firstName),
    ).toEqual(['Anu', 'Bina', 'Dev', 'Esha'])
    await admin.get('/students?notEnrolledIn=x').expect(400)
  })
})
