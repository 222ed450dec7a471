import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildAdmin, buildStudent, buildTeacher } from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'
import type { AuditEventAnswer } from './audit.schema.ts'

let school: TestSchool
let admin: Client
let adminId: string

beforeAll(async () => {
  school = await startSchool()
  const user = await buildAdmin(school.db)
  adminId = user.id
  admin = await school.as(user)
})
afterAll(() => school.stop())

const listed = async (query: string): Promise<AuditEventAnswer[]> =>
  (await admin.get(`/audit?${query}`).expect(200)).body.items

describe('GET /audit', () => {
  it('tells who did what to which object, and which fields, with the request it came by', async () => {
    const { body: grade } = await admin
      .post('/grades')
      .set('X-Request-Id', 'request-of-the-test')
      .send({ code: 'AU-1', name: 'Audited', orderNo: 1 })
      .expect(201)
    await admin.patch(`/grades/${grade.id}`).send({ name: 'Changed' }).expect(200)
    const [changed, created] = await listed(`subjectId=${grade.id}`)
    expect(created).toMatchObject({
      action: 'grade.create',
      actorUserId: adminId,
      actorRole: 'ADMIN',
      subjectType: 'grade',
      subjectIds: [grade.id],
      requestId: 'request-of-the-test',
    })
    expect(created?.ip).toEqual(expect.any(String))
    expect(changed).toMatchObject({ action: 'grade.update', fields: ['name'] })
  })

  it('filters by actor and by action, a whole one or those of a noun', async () => {
    const other = await buildAdmin(school.db)
    const { body: grade } = await (
      await school.as(other)
    )
      .post('/grades')
      .send({ code: 'AU-2', name: 'Theirs', orderNo: 2 })
      .expect(201)
    expect(await listed(`actorUserId=${other.id}`)).toMatchObject([{ subjectIds: [grade.id] }])
    expect(await listed(`actorUserId=${other.id}&action=grade.update`)).toEqual([])
    expect(await listed(`actorUserId=${other.id}&action=grade.`)).toHaveLength(1)
    expect(await listed(`actorUserId=${other.id}&action=grad`)).toEqual([])
  })

  it('filters by days of the school, both included', async () => {
    // 23:30 of the 3rd, and 00:30 and 23:30 of the 4th, in Kolkata.
    const times = ['2020-03-03T18:00:00Z', '2020-03-03T19:00:00Z', '2020-03-04T18:00:00Z']
    await school.db.auditEvent.createMany({
      data: times.map((at) => ({
        at: new Date(at),
        action: 'test.day',
        fields: [],
        subjectIds: [],
      })),
    })
    const days = await listed('action=test.day&from=2020-03-04&to=2020-03-04')
    expect(days.map((event) => event.at)).toEqual([
      '2020-03-04T18:00:00.000Z',
      '2020-03-03T19:00:00.000Z',
    ])
    expect(await listed('action=test.day&to=2020-03-03')).toHaveLength(1)
  })

  it('lists newest first, page by page, without losing or repeating one of the same moment', async () => {
    const at = new Date('2020-05-05T10:00:00Z')
    await school.db.auditEvent.createMany({
      data: Array.from({ length: 7 }, () => ({
        at,
        action: 'test.page',
        fields: [],
        subjectIds: [],
      })),
    })
    const seen: string[] = []
    let cursor = ''
    do {
      const { body } = await admin.get(`/audit?action=test.page&limit=3&count=true${cursor}`)
      expect(body.total).toBe(7)
      seen.push(...body.items.map((event: AuditEventAnswer) => event.id))
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
    } while (cursor)
    expect(new Set(seen).size).toBe(7)
    expect(seen).toHaveLength(7)
    expect([...seen].sort().reverse()).toEqual(seen)
  })

  it('keeps refusals: who tried what', async () => {
    const student = await buildStudent(school.db)
    await (await school.as(student)).get('/audit').expect(403)
    expect(await listed(`actorUserId=${student.id}`)).toMatchObject([
      { action: 'access.refused', subjectType: 'audit.read', actorRole: 'STUDENT' },
    ])
  })

  it('returns 400 for bad filters, 401 without a token and 403 to a teacher', async () => {
    const answer = await admin
      .get('/audit?from=yesterday&actorUserId=me&limit=0&colour=red')
      .expect(400)
    expect(new Set(answer.body.errors.map((issue: { path: string }) => issue.path))).toEqual(
      new Set(['actorUserId', 'colour', 'from', 'limit']),
    )
    await school.anonymous.get('/audit').expect(401)
    await (await school.as(await buildTeacher(school.db))).get('/audit').expect(403)
  })
})
