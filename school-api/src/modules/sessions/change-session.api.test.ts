import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildHomeroom,
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
let sectionId: string

const NOBODY = '00000000-0000-7000-8000-000000000000'

beforeAll(async () => {
  school = await startSchool()
  const { db } = school
  const office = await buildAdmin(db)
  adminId = office.id
  admin = await school.as(office)
  const user = await buildTeacher(db)
  teacherId = user.id
  teacher = await school.as(user)
  await buildYear(db, { startsOn: '2025-06-01', endsOn: '2026-03-31' })
  sectionId = (await buildHomeroom(db, { classTeacherId: teacherId })).id
})
afterAll(() => school.stop())

let day = 0
const nextDay = () => new Date(Date.UTC(2025, 7, 1 + day++)).toISOString().slice(0, 10)
const on = (date: string, from = '04:30', to = '05:15') => ({
  startsAt: `${date}T${from}:00.000Z`,
  endsAt: `${date}T${to}:00.000Z`,
})
const create = async (body: object = {}, by: Client = admin) =>
  (
    await by
      .post('/sessions')
      .send({ sectionId, ...on(nextDay()), ...body })
      .expect(201)
  ).body
const buildEntry = async (classSessionId: string) =>
  school.db.attendanceEntry.create({
    data: {
      classSessionId,
      studentUserId: (await buildStudent(school.db)).id,
      status: 'PRESENT',
      markedByUserId: adminId,
      byOffice: true,
    },
  })
const byOffice = async (id: string) =>
  (await school.db.classSession.findUniqueOrThrow({ where: { id } })).byOffice

describe('changing a session', () => {
  it('moves it with its date and its teachers’ times, and counts the version up', async () => {
    const session = await create({ teacherUserIds: [teacherId] })
    const answer = await admin
      .patch(`/sessions/${session.id}`)
      .send({ startsAt: '2025-12-01T19:00:00Z', endsAt: '2025-12-01T20:00:00Z' })
      .expect(200)
    expect(answer.body).toMatchObject({ localDate: '2025-12-02', version: 2 })
    const [onIt] = await school.db.sessionTeacher.findMany({
      where: { classSessionId: session.id },
    })
    expect(onIt?.startsAt.toISOString()).toBe('2025-12-01T19:00:00.000Z')
    const [audited] = await school.db.auditEvent.findMany({
      where: { action: 'class-session.update', subjectIds: { has: session.id } },
    })
    expect(audited?.fields.sort()).toEqual(['endsAt', 'startsAt'])
  })

  it('changes room, subject and teachers together with the times', async () => {
    const room = await school.db.room.create({ data: { code: 'RA', name: 'Room A' } })
    const subject = await school.db.subject.create({ data: { code: 'EN', name: 'English' } })
    const cover = await buildTeacher(school.db)
    const session = await create({ teacherUserIds: [teacherId] })
    const date = nextDay()
    const answer = await admin
      .patch(`/sessions/${session.id}`)
      .send({
        ...on(date),
        roomId: room.id,
        subjectId: subject.id,
        teachers: [{ teacherUserId: cover.id, role: 'COVER' }],
      })
      .expect(200)
    expect(answer.body).toMatchObject({
      ...on(date),
      localDate: date,
      roomId: room.id,
      subjectId: subject.id,
      teachers: [{ teacherUserId: cover.id, role: 'COVER' }],
    })
    const cleared = await admin
      .patch(`/sessions/${session.id}`)
      .send({ roomId: null, subjectId: null })
      .expect(200)
    expect(cleared.body).toMatchObject({ roomId: null, subjectId: null })
  })

  it('lets a teacher who leaves be elsewhere at the new time', async () => {
    const substitute = await buildTeacher(school.db)
    const elsewhere = await buildHomeroom(school.db)
    const busy = await create({ sectionId: elsewhere.id, teacherUserIds: [teacherId] })
    const session = await create({ teacherUserIds: [teacherId] })
    await admin
      .patch(`/sessions/${session.id}`)
      .send({
        startsAt: busy.startsAt,
        endsAt: busy.endsAt,
        teacherUserIds: [substitute.id],
      })
      .expect(200)
  })

  it('takes an empty patch, and one that says what is, as no change', async () => {
    const session = await create({ teacherUserIds: [teacherId] })
    for (const patch of [{}, { startsAt: session.startsAt, teacherUserIds: [teacherId] }]) {
      const { body } = await admin.patch(`/sessions/${session.id}`).send(patch).expect(200)
      expect(body.version).toBe(1)
    }
  })

  it('returns 412 to whoever changes or cancels another version than there is', async () => {
    const session = await create()
    const path = `/sessions/${session.id}`
    const asRead = (request: ReturnType<Client['post']>) => request.set('If-Match', '"1"')
    await asRead(admin.patch(path)).send(on(nextDay())).expect(200)
    const changed = await asRead(admin.patch(path)).send(on(nextDay())).expect(412)
    expect(changed.body.code).toBe('version_mismatch')
    await asRead(admin.post(`${path}/cancel`))
      .send({ reason: 'x' })
      .expect(412)
    expect((await admin.get(path).expect(200)).body).toMatchObject({
      version: 2,
      status: 'SCHEDULED',
    })
  })

  it('counts as made by the office once the office has changed its teachers', async () => {
    const session = await create({}, teacher)
    const room = await school.db.room.create({ data: { code: 'RB', name: 'Room B' } })
    await admin.patch(`/sessions/${session.id}`).send({ roomId: room.id }).expect(200)
    expect(await byOffice(session.id)).toBe(false)
    const cover = await buildTeacher(school.db)
    const teachers = [{ teacherUserId: cover.id, role: 'COVER' }]
    await admin.patch(`/sessions/${session.id}`).send({ teachers }).expect(200)
    expect(await byOffice(session.id)).toBe(true)
    // Cover counts as teaching: the section can be seen now.
    await (await school.as(cover)).get(`/sessions/${session.id}`).expect(200)
  })

  it('lets a teacher change own sessions, but not others’ nor who else is on them', async () => {
    const other = await buildTeacher(school.db)
    const own = await create({}, teacher)
    await teacher.patch(`/sessions/${own.id}`).send(on(nextDay())).expect(200)
    const self = [{ teacherUserId: teacherId, role: 'COVER' }]
    await teacher.patch(`/sessions/${own.id}`).send({ teachers: self }).expect(200)
    expect(await byOffice(own.id)).toBe(false)
    await teacher
      .patch(`/sessions/${own.id}`)
      .send({ teacherUserIds: [teacherId, other.id] })
      .expect(403)

    const shared = await create({ teacherUserIds: [teacherId, other.id] })
    await teacher
      .patch(`/sessions/${shared.id}`)
      .send({ teacherUserIds: [teacherId] })
      .expect(403)
    const others = await create({ teacherUserIds: [other.id] })
    await teacher.patch(`/sessions/${others.id}`).send(on(nextDay())).expect(403)
    await teacher.post(`/sessions/${others.id}/cancel`).send({ reason: 'no' }).expect(403)

    const { id } = await buildHomeroom(school.db)
    const notTaught = await create({ sectionId: id })
    await teacher.patch(`/sessions/${notTaught.id}`).send({ roomId: null }).expect(403)
  })

  it('returns 409 entries_exist for a new time once it has entries, but changes the room', async () => {
    const session = await create()
    await buildEntry(session.id)
    const refused = await admin.patch(`/sessions/${session.id}`).send(on(nextDay())).expect(409)
    expect(refused.body.code).toBe('entries_exist')
    const room = await school.db.room.create({ data: { code: 'RC', name: 'Room C' } })
    await admin.patch(`/sessions/${session.id}`).send({ roomId: room.id }).expect(200)
  })

  it('returns 422 for bad times and unknown references', async () => {
    const session = await create()
    const refuse = async (patch: object, code: string) => {
      const { body } = await admin.patch(`/sessions/${session.id}`).send(patch).expect(422)
      expect(body.code).toBe(code)
    }
    await refuse({ endsAt: session.startsAt }, 'times_out_of_order')
    await refuse(on('2026-05-01'), 'outside_year')
    await refuse({ roomId: NOBODY }, 'unknown_reference')
    await refuse({ teachers: [{ teacherUserId: NOBODY }] }, 'unknown_reference')
  })

  it('returns 400, 401, 403 and 404 where they belong', async () => {
    const session = await create()
    const student = await school.as(await buildStudent(school.db))
    const path = `/sessions/${session.id}`
    await admin.patch(path).send({ sectionId, status: 'CANCELLED' }).expect(400)
    await admin.patch(`/sessions/${NOBODY}`).send({ roomId: null }).expect(404)
    await school.anonymous.patch(path).send({}).expect(401)
    await student.patch(path).send({}).expect(403)
    await school.anonymous.post('/sessions').send({}).expect(401)
    await student.post('/sessions').send({}).expect(403)
  })
})

describe('cancelling a session', () => {
  it('frees its time, keeps the reason from families, and refuses whatever comes after', async () => {
    const session = await create({ teacherUserIds: [teacherId] })
    const { body } = await teacher
      .post(`/sessions/${session.id}/cancel`)
      .send({ reason: 'Sports day' })
      .expect(200)
    expect(body).toMatchObject({ status: 'CANCELLED', cancelReason: 'Sports day', version: 2 })
    await create({
      startsAt: session.startsAt,
      endsAt: session.endsAt,
      teacherUserIds: [teacherId],
    })

    const again = await admin
      .post(`/sessions/${session.id}/cancel`)
      .send({ reason: 'x' })
      .expect(409)
    expect(again.body.code).toBe('session_cancelled')
    const changed = await admin.patch(`/sessions/${session.id}`).send({ roomId: null }).expect(409)
    expect(changed.body.code).toBe('session_cancelled')

    const student = await buildStudent(school.db)
    const year = await school.db.academicYear.findFirstOrThrow()
    await school.db.studentEnrollment.create({
      data: {
        studentUserId: student.id,
        sectionId,
        academicYearId: year.id,
        joinedOn: year.startsOn,
      },
    })
    // A day of that year: a pupil is in a section while the year lasts.
    school.clock.now = new Date('2025-12-01T06:00:00Z')
    const seen = await (await school.as(student)).get(`/sessions/${session.id}`).expect(200)
    expect(seen.body).toMatchObject({ status: 'CANCELLED', cancelReason: null })
    school.clock.now = null
  })

  it('returns 409 entries_exist once it has entries', async () => {
    const session = await create()
    await buildEntry(session.id)
    const { body } = await admin
      .post(`/sessions/${session.id}/cancel`)
      .send({ reason: 'x' })
      .expect(409)
    expect(body.code).toBe('entries_exist')
  })

  it('returns 400 without a reason, 401, 403 and 404 where they belong', async () => {
    const session = await create()
    const path = `/sessions/${session.id}/cancel`
    await admin.post(path).send({}).expect(400)
    await school.anonymous.post(path).send({ reason: 'x' }).expect(401)
    const student = await school.as(await buildStudent(school.db))
    await student.post(path).send({ reason: 'x' }).expect(403)
    await admin.post(`/sessions/${NOBODY}/cancel`).send({ reason: 'x' }).expect(404)
  })
})
