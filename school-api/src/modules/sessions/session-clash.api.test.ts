import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { buildAdmin, buildHomeroom, buildTeacher, buildYear } from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let roomId: string
let day = 0
let date: string

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  await buildYear(school.db, { startsOn: '2025-06-01', endsOn: '2026-03-31' })
  roomId = (await school.db.room.create({ data: { code: 'R1', name: 'Room 1' } })).id
})
beforeEach(() => {
  date = new Date(Date.UTC(2025, 7, 1 + day++)).toISOString().slice(0, 10)
})
afterAll(() => school.stop())

const at = (from: string, to: string) => ({
  startsAt: `${date}T${from}:00.000Z`,
  endsAt: `${date}T${to}:00.000Z`,
})
const newSection = async () => (await buildHomeroom(school.db)).id
const newTeacher = async () => (await buildTeacher(school.db)).id
const post = (body: object) => admin.post('/sessions').send(body)

describe('clashes', () => {
  it('names the session in the way of a section, a teacher and a room, and what is called what', async () => {
    const section = await buildHomeroom(school.db)
    const teacher = await buildTeacher(school.db, { preferredName: 'Minu' })
    const [sectionId, teacherId] = [section.id, teacher.id]
    const subject = await school.db.subject.create({ data: { code: 'MA', name: 'Maths' } })
    const { body: first } = await post({
      sectionId,
      roomId,
      subjectId: subject.id,
      teacherUserIds: [teacherId],
      ...at('04:00', '05:00'),
    }).expect(201)
    const refused = async (body: object, withWhat: string) => {
      const answer = await post({ ...at('04:59', '06:00'), ...body }).expect(409)
      expect(answer.body.code).toBe('session_clash')
      expect(answer.body.details).toEqual({
        sessionId: first.id,
        sectionId,
        startsAt: first.startsAt,
        endsAt: first.endsAt,
        localDate: date,
        with: withWhat,
        section: { id: sectionId, name: section.name, kind: 'HOMEROOM' },
        subject: { id: subject.id, code: 'MA', name: 'Maths' },
        room: { id: roomId, code: 'R1', name: 'Room 1' },
        teachers: [
          {
            teacherUserId: teacherId,
            role: 'MAIN',
            firstName: teacher.firstName,
            lastName: teacher.lastName,
            preferredName: 'Minu',
          },
        ],
      })
    }
    await refused({ sectionId }, 'section')
    await refused({ sectionId: await newSection(), teacherUserIds: [teacherId] }, 'teacher')
    await refused({ sectionId: await newSection(), roomId }, 'room')
    // Nothing of the refused ones is there.
    expect(
      await school.db.classSession.count({ where: { startsAt: { gt: first.startsAt } } }),
    ).toBe(0)
  })

  it('lets one begin when the other ends', async () => {
    const body = { sectionId: await newSection(), roomId, teacherUserIds: [await newTeacher()] }
    await post({ ...body, ...at('04:00', '05:00') }).expect(201)
    await post({ ...body, ...at('05:00', '06:00') }).expect(201)
  })

  it('names the session in the way of a move, of a new room and of a new teacher', async () => {
    const teacherId = await newTeacher()
    const { body: first } = await post({
      sectionId: await newSection(),
      roomId,
      teacherUserIds: [teacherId],
      ...at('04:00', '05:00'),
    }).expect(201)
    const sectionId = await newSection()
    const { body: later } = await post({
      sectionId,
      teacherUserIds: [teacherId],
      ...at('05:00', '06:00'),
    }).expect(201)
    const { body: beside } = await post({
      sectionId: await newSection(),
      ...at('04:30', '05:00'),
    }).expect(201)
    const refused = async (id: string, patch: object, withWhat: string) => {
      const answer = await admin.patch(`/sessions/${id}`).send(patch).expect(409)
      expect(answer.body).toMatchObject({
        code: 'session_clash',
        details: { sessionId: first.id, with: withWhat },
      })
    }
    await refused(later.id, at('04:30', '05:30'), 'teacher')
    await refused(beside.id, { roomId }, 'room')
    await refused(beside.id, { teacherUserIds: [teacherId] }, 'teacher')
    // It is not in its own way.
    await admin.patch(`/sessions/${first.id}`).send(at('04:00', '04:30')).expect(200)
    await admin.patch(`/sessions/${beside.id}`).send({ roomId }).expect(200)
  })

  it('lets one of many that race for the same time win, and tells the others what is in the way', async () => {
    const sectionId = await newSection()
    const teacherId = await newTeacher()
    const sections = await Promise.all(Array.from({ length: 4 }, newSection))
    for (const racing of [
      Array.from({ length: 8 }, () => ({ sectionId, ...at('04:00', '05:00') })),
      sections.map((id) => ({ sectionId: id, roomId, ...at('06:00', '07:00') })),
      sections.map((id) => ({
        sectionId: id,
        teacherUserIds: [teacherId],
        ...at('08:00', '09:00'),
      })),
    ]) {
      const answers = await Promise.all(racing.map((body) => post(body)))
      const winners = answers.filter(({ status }) => status === 201)
      expect(winners).toHaveLength(1)
      for (const { status, body } of answers.filter(({ status }) => status !== 201)) {
        expect(status).toBe(409)
        expect(body).toMatchObject({
          code: 'session_clash',
          details: { sessionId: winners[0]?.body.id },
        })
      }
    }
  })

  it('tells the loser what is in the way, and not that it should try again, however they interleave', async () => {
    // Each names the teachers the other way round: without an order among writers each could wait for the other.
    const teacherIds = await Promise.all(Array.from({ length: 12 }, newTeacher))
    const sections = [await newSection(), await newSection()]
    for (let round = 0; round < 10; round++) {
      const hour = String(round + 4).padStart(2, '0')
      const answers = await Promise.all(
        [teacherIds, teacherIds.toReversed()].map((teacherUserIds, i) =>
          post({ sectionId: sections[i], teacherUserIds, ...at(`${hour}:00`, `${hour}:30`) }),
        ),
      )
      expect(answers.map(({ status, body }) => `${status} ${body.code ?? ''}`).sort()).toEqual([
        '201 ',
        '409 session_clash',
      ])
    }
  })
})
