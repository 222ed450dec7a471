import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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
import { whileHeld } from '#src/testing/while-held.ts'

const NOWHERE = '01890000-0000-7000-8000-000000000000'

let school: TestSchool
let admin: Client
let teacher: Client
let student: Client
let classmate: Client
let outsider: Client
let parent: Client
let sectionId: string

beforeAll(async () => {
  school = await startSchool()
  const { db } = school
  const staff = await buildTeacher(db)
  const yearId = (await buildYear(db)).id
  sectionId = (await buildHomeroom(db, { classTeacherId: staff.id })).id
  const pupil = await buildStudent(db)
  const other = await buildStudent(db)
  for (const studentId of [pupil.id, other.id])
    await buildEnrollment(db, { studentId, yearId, sectionId })
  admin = await school.as(await buildAdmin(db))
  teacher = await school.as(staff)
  student = await school.as(pupil)
  classmate = await school.as(other)
  outsider = await school.as(await buildStudent(db))
  parent = await school.as(await buildParent(db, [pupil.id]))
})
beforeEach(() => {
  school.clock.now = null
})
afterAll(() => school.stop())

/** The teacher's, to the section. */
const announce = async (body: object = {}): Promise<string> =>
  (
    await teacher
      .post('/announcements')
      .send({
        title: 'Trip',
        body: 'Bring shoes',
        audience: { kind: 'section', value: sectionId },
        ...body,
      })
      .expect(201)
  ).body.id
const read = (id: string, by: Client) => by.post(`/announcements/${id}/read`)
/** What somebody is told about it: in the list, which says the same as its address. */
async function receiptFor(id: string, by: Client) {
  const { body: list } = await by.get('/announcements?limit=200').expect(200)
  const listed = list.items.find((item: { id: string }) => item.id === id)
  const { body } = await by.get(`/announcements/${id}`).expect(200)
  expect(listed).toEqual(body)
  return { readAt: body.readAt, readCount: body.readCount }
}

describe('POST /announcements/:id/read', () => {
  it('tells the reader since when, the author and the office how many, and the others neither', async () => {
    const id = await announce()
    expect(await receiptFor(id, teacher)).toEqual({ readAt: null, readCount: 0 })
    const at = new Date()
    school.clock.now = at
    await read(id, student).expect(204)
    await read(id, parent).expect(204)
    expect(await receiptFor(id, student)).toEqual({ readAt: at.toISOString(), readCount: null })
    expect(await receiptFor(id, classmate)).toEqual({ readAt: null, readCount: null })
    expect(await receiptFor(id, teacher)).toEqual({ readAt: null, readCount: 2 })
    expect(await receiptFor(id, admin)).toEqual({ readAt: null, readCount: 2 })
    const { body } = await teacher.patch(`/announcements/${id}`).send({ title: 'Trip!' })
    expect(body).toMatchObject({ readAt: null, readCount: 2 })
  })

  it('keeps the first time, counts and audits once, also when it comes twenty times at once', async () => {
    const id = await announce()
    const at = new Date()
    school.clock.now = at
    await read(id, student).expect(204)
    school.clock.now = new Date(at.getTime() + 60_000)
    await read(id, student).expect(204)
    expect(await receiptFor(id, student)).toMatchObject({ readAt: at.toISOString() })
    const answers = await Promise.all(Array.from({ length: 20 }, () => read(id, classmate)))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([204]))
    expect(await receiptFor(id, teacher)).toMatchObject({ readCount: 2 })
    const audited = await school.db.auditEvent.count({
      where: { action: 'announcement.mark-read', subjectIds: { has: id } },
    })
    expect(audited).toBe(2)
  })

  it('does not count the author, who may read it all the same', async () => {
    const id = await announce()
    await read(id, teacher).expect(204)
    expect(await receiptFor(id, teacher)).toEqual({ readAt: expect.any(String), readCount: 0 })
  })

  it('returns 404 for what is not there, not addressed to one, or not out', async () => {
    const id = await announce()
    await read(NOWHERE, student).expect(404)
    await read(id, outsider).expect(404)
    const later = await announce({ publishAt: new Date(Date.now() + 60_000).toISOString() })
    await read(later, student).expect(404)
    expect(await school.db.announcementRead.count({ where: { announcementId: later } })).toBe(0)
  })

  it('returns 404 when it is withdrawn at that moment', async () => {
    const id = await announce()
    const [answer] = await whileHeld(
      school.db,
      (tx) => tx.announcement.delete({ where: { id } }),
      () => [read(id, student)],
    )
    expect(answer?.status).toBe(404)
  })

  it('returns 400 for what is no id and 401 without a token', async () => {
    await read('1', student).expect(400)
    await read(NOWHERE, school.anonymous).expect(401)
  })

  it('goes with the announcement when that is withdrawn', async () => {
    const id = await announce()
    await read(id, student).expect(204)
    await teacher.delete(`/announcements/${id}`).expect(204)
    expect(await school.db.announcementRead.count({ where: { announcementId: id } })).toBe(0)
  })
})
