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
  buildUser,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let yearId: string

const day = (offset: number) =>
  new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10)

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  yearId = (await buildYear(school.db, { startsOn: day(-100), endsOn: day(100) })).id
})
afterAll(() => school.stop())

const idsOf = (answer: { body: { items: { id: string }[] } }) =>
  answer.body.items.map((item) => item.id).sort()

async function buildPupilOf(sectionId: string, firstName = 'Pupil') {
  const pupil = await buildStudent(school.db, { firstName })
  await buildEnrollment(school.db, {
    studentId: pupil.id,
    yearId,
    sectionId,
    joinedOn: day(-90),
  })
  return pupil
}

describe('students', () => {
  it('are created as account and profile at once', async () => {
    const { body, headers } = await admin
      .post('/students')
      .send({ username: 'r.shah', firstName: 'Riya', admissionNo: '2026/17', dob: '2014-02-28' })
      .expect(201)
    expect(headers.location).toBe(`/students/${body.id}`)
    expect(body).toMatchObject({
      role: 'STUDENT',
      admissionNo: '2026/17',
      dob: '2014-02-28',
      lastName: null,
      guardians: [],
      currentEnrollment: null,
      invite: { token: expect.any(String) },
    })
    const { invite: _, ...student } = body
    expect((await admin.get(`/students/${body.id}`).expect(200)).body).toEqual(student)
  })

  it('have admission numbers of their own, also for ten created at once', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        admin
          .post('/students')
          .send({ username: `racing.${i}`, firstName: 'R', admissionNo: 'RACE-1' }),
      ),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(409)])
    const refused = answers.find((answer) => answer.status === 409)
    expect(refused?.body.code).toBe('admission_no_taken')
    expect(await school.db.user.count({ where: { usernameKey: { startsWith: 'racing.' } } })).toBe(
      1,
    )
  })

  it('carry their guardians, without a way to reach them, and where they are enrolled', async () => {
    const section = await buildHomeroom(school.db, { name: 'Carrying' })
    const pupil = await buildPupilOf(section.id)
    const parent = await buildParent(school.db, [pupil.id], {
      firstName: 'Lata',
      email: 'lata@example.org',
    })
    const { body } = await admin.get(`/students/${pupil.id}`).expect(200)
    expect(body.guardians).toEqual([
      {
        guardianUserId: parent.id,
        firstName: 'Lata',
        lastName: parent.lastName,
        preferredName: null,
        relationship: null,
      },
    ])
    expect(body.currentEnrollment).toEqual({
      enrollmentId: expect.any(String),
      academicYearId: yearId,
      sectionId: section.id,
      sectionName: 'Carrying',
      gradeId: section.gradeId,
      gradeName: 'A grade',
      rollNo: null,
      joinedOn: day(-90),
    })
  })

  it('are shown in the section of today, not in the one they left or will join', async () => {
    const [before, now, next] = await Promise.all([
      buildHomeroom(school.db),
      buildHomeroom(school.db),
      buildHomeroom(school.db),
    ])
    const pupil = await buildStudent(school.db)
    for (const [section, joinedOn, leftOn] of [
      [before, day(-90), day(-30)],
      [now, day(-30), day(30)],
      [next, day(30), undefined],
    ] as const)
      await buildEnrollment(school.db, {
        studentId: pupil.id,
        yearId,
        sectionId: section.id,
        joinedOn,
        ...(leftOn && { leftOn }),
      })
    const { body } = await admin.get(`/students/${pupil.id}`).expect(200)
    expect(body.currentEnrollment.sectionId).toBe(now.id)
    expect(idsOf(await admin.get(`/students?sectionId=${before.id}`).expect(200))).toEqual([])
    expect(idsOf(await admin.get(`/students?sectionId=${now.id}`).expect(200))).toEqual([pupil.id])
  })

  it('are found by section and group, name and being active, page by page by name', async () => {
    const section = await buildHomeroom(school.db)
    const group = await buildGroup(school.db)
    const names = ['Ila', 'Émi', 'eka', 'Om', 'Ana']
    const pupils = []
    for (const name of names) pupils.push(await buildPupilOf(section.id, name))
    for (const pupil of pupils)
      await school.db.user.update({ where: { id: pupil.id }, data: { lastName: 'Sameness' } })
    await school.db.groupMembership.create({
      data: {
        studentUserId: pupils[0]?.id ?? '',
        sectionId: group.id,
        academicYearId: yearId,
        joinedOn: new Date(day(-10)),
      },
    })
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await admin
        .get(`/students?sectionId=${section.id}&limit=2&count=true${cursor}`)
        .expect(200)
      expect(body.total).toBe(5)
      seen.push(...body.items.map((item: { firstName: string }) => item.firstName))
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
    } while (cursor)
    expect(seen).toEqual(['Ana', 'eka', 'Émi', 'Ila', 'Om'])
    expect(idsOf(await admin.get(`/students?sectionId=${group.id}`).expect(200))).toEqual([
      pupils[0]?.id,
    ])
    await school.db.user.update({ where: { id: pupils[1]?.id }, data: { isActive: false } })
    const left = await admin.get('/students?q=sameness&isActive=false').expect(200)
    expect(idsOf(left)).toEqual([pupils[1]?.id])
  })

  it('are changed as one object, and every field changed is in the audit', async () => {
    const pupil = await buildStudent(school.db)
    const { body } = await admin
      .patch(`/students/${pupil.id}`)
      .send({ dob: '2013-12-31', preferredName: 'Bunty', status: 'LEFT' })
      .expect(200)
    expect(body).toMatchObject({
      dob: '2013-12-31',
      preferredName: 'Bunty',
      status: 'LEFT',
      isActive: true,
      version: 2,
    })
    const event = await school.db.auditEvent.findFirstOrThrow({
      where: { action: 'student.update', subjectIds: { has: pupil.id } },
    })
    expect([...event.fields].sort()).toEqual(['dob', 'preferredName', 'status'])
  })

  it('carry both on every row of a full page', async () => {
    const section = await buildHomeroom(school.db)
    for (let i = 0; i < 50; i++) {
      const pupil = await buildPupilOf(section.id)
      await buildParent(school.db, [pupil.id])
    }
    const { body } = await admin.get(`/students?sectionId=${section.id}&limit=50`).expect(200)
    expect(body.items).toHaveLength(50)
    for (const item of body.items) {
      expect(item.guardians).toHaveLength(1)
      expect(item.currentEnrollment.sectionId).toBe(section.id)
    }
  })

  it('return 400 with every fault, and 404 for nobody or accounts of another role', async () => {
    const { body } = await admin
      .post('/students')
      .send({ username: 'x', dob: '2014-02-30', admissionNo: 17, guardians: [] })
      .expect(400)
    expect(body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'admissionNo',
      'dob',
      'firstName',
      'guardians',
    ])
    const cursor = Buffer.from(JSON.stringify(['x', "' or 1=1"])).toString('base64url')
    await admin.get(`/students?cursor=${cursor}`).expect(400)
    await admin.get('/students/x').expect(400)
    await admin.patch('/students/x').send({}).expect(400)
    const other = await buildUser(school.db, 'ADMIN')
    for (const id of [other.id, crypto.randomUUID()]) {
      await admin.get(`/students/${id}`).expect(404)
      await admin.patch(`/students/${id}`).send({ firstName: 'Z' }).expect(404)
    }
  })
})

describe('who sees which student', () => {
  it('a teacher sees pupils of sections taught, homeroom or group; each read is in the audit', async () => {
    const { db } = school
    const teacher = await buildTeacher(db)
    const [taught, other, group] = await Promise.all([
      buildHomeroom(db),
      buildHomeroom(db),
      buildGroup(db),
    ])
    for (const section of [taught, group])
      await buildTeaching(db, { teacherId: teacher.id, sectionId: section.id, yearId })
    const own = await buildPupilOf(taught.id)
    const strange = await buildPupilOf(other.id)
    const member = await buildPupilOf(other.id)
    await db.groupMembership.create({
      data: {
        studentUserId: member.id,
        sectionId: group.id,
        academicYearId: yearId,
        joinedOn: new Date(day(-10)),
      },
    })
    const client = await school.as(teacher)
    expect(idsOf(await client.get('/students').expect(200))).toEqual([own.id, member.id].sort())
    expect(idsOf(await client.get(`/students?sectionId=${other.id}`).expect(200))).toEqual([
      member.id,
    ])
    await client.get(`/students/${own.id}`).expect(200)
    await client.get(`/students/${member.id}`).expect(200)
    await client.get(`/students/${strange.id}`).expect(404)
    await client.patch(`/students/${own.id}`).send({ firstName: 'Z' }).expect(403)
    await client.post('/students').send({ username: 'z', firstName: 'Z' }).expect(403)
    const reads = await db.auditEvent.findMany({
      where: { action: 'student.read', actorUserId: teacher.id },
    })
    expect(reads.flatMap((event) => event.subjectIds).sort()).toEqual([own.id, member.id].sort())
    await db.teachingAssignment.deleteMany({ where: { teacherUserId: teacher.id } })
    await client.get(`/students/${own.id}`).expect(404)
    expect(idsOf(await client.get('/students').expect(200))).toEqual([])
  })

  it('a student sees only the own record, a parent only linked children; that is not audited', async () => {
    const { db } = school
    const [self, sibling, stranger] = await Promise.all([
      buildStudent(db),
      buildStudent(db),
      buildStudent(db),
    ])
    const student = await school.as(self)
    expect(idsOf(await student.get('/students').expect(200))).toEqual([self.id])
    await student.get(`/students/${self.id}`).expect(200)
    await student.get(`/students/${stranger.id}`).expect(404)
    await student.patch(`/students/${self.id}`).send({ firstName: 'Z' }).expect(403)
    const parent = await school.as(await buildParent(db, [self.id, sibling.id]))
    expect(idsOf(await parent.get('/students').expect(200))).toEqual([self.id, sibling.id].sort())
    await parent.get(`/students/${sibling.id}`).expect(200)
    await parent.get(`/students/${stranger.id}`).expect(404)
    await parent.post('/students').send({ username: 'z', firstName: 'Z' }).expect(403)
    const reads = await db.auditEvent.count({
      where: { action: 'student.read', subjectIds: { hasSome: [self.id, sibling.id] } },
    })
    expect(reads).toBe(0)
  })

  it('nobody without a token', async () => {
    const path = `/students/${crypto.randomUUID()}`
    await school.anonymous.get('/students').expect(401)
    await school.anonymous.post('/students').send({}).expect(401)
    await school.anonymous.get(path).expect(401)
    await school.anonymous.patch(path).send({}).expect(401)
  })
})
