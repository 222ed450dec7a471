import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildEnrollment,
  buildHomeroom,
  buildSession,
  buildStudent,
  buildTeacher,
  buildTeaching,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let adminId: string
let teacher: Client

beforeAll(async () => {
  school = await startSchool()
  const user = await buildAdmin(school.db)
  adminId = user.id
  admin = await school.as(user)
  teacher = await school.as(await buildTeacher(school.db))
})
afterAll(() => school.stop())

let count = 0
/** A year of its own calendar year, so that no two overlap. */
const aYear = (overrides: Record<string, unknown> = {}) => {
  const n = ++count
  return {
    code: `Y-${n}`,
    name: `Year ${n}`,
    startsOn: `${2030 + n}-06-01`,
    endsOn: `${2031 + n}-03-31`,
    ...overrides,
  }
}
const create = async (overrides: Record<string, unknown> = {}) =>
  (
    await admin
      .post('/academic-years')
      .send(aYear({ isCurrent: false, ...overrides }))
      .expect(201)
  ).body
const currentIds = async () =>
  (await school.db.academicYear.findMany({ where: { isCurrent: true } })).map((year) => year.id)

describe('academic years', () => {
  it('makes exactly one of two first years current when they race', async () => {
    const answers = await Promise.all(
      [aYear(), aYear()].map((year) => admin.post('/academic-years').send(year)),
    )
    expect(answers.map((answer) => answer.status)).toEqual([201, 201])
    expect(answers.filter((answer) => answer.body.isCurrent)).toHaveLength(1)
  })

  it('creates a year with its terms and answers with it, its Location and its ETag', async () => {
    const body = aYear()
    const year = Number(body.startsOn.slice(0, 4))
    const terms = [
      { name: 'Second', startsOn: `${year}-11-01`, endsOn: `${year + 1}-03-31` },
      { name: 'First', startsOn: `${year}-06-01`, endsOn: `${year}-10-31` },
    ]
    const answer = await admin
      .post('/academic-years')
      .send({ ...body, terms })
      .expect(201)
    expect(answer.body).toMatchObject({ ...body, isCurrent: false, version: 1 })
    expect(answer.body.terms).toMatchObject([terms[1], terms[0]])
    expect(answer.headers.location).toBe(`/academic-years/${answer.body.id}`)
    expect(answer.headers.etag).toBe('"1"')
    const read = await teacher.get(`/academic-years/${answer.body.id}`).expect(200)
    expect(read.body).toEqual(answer.body)
  })

  it('names every fault of a bad body', async () => {
    const answer = await admin
      .post('/academic-years')
      .send({
        code: 'X',
        startsOn: '2026-02-30',
        endsOn: '2026-13-01',
        terms: [{ name: '', startsOn: '2026-01-01', endsOn: '2026-02-01', colour: 'red' }],
      })
      .expect(400)
    expect(answer.body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'endsOn',
      'name',
      'startsOn',
      'terms.0.colour',
      'terms.0.name',
    ])
  })

  it('returns 409 for a code that is taken and for days of another year', async () => {
    const year = await create()
    const taken = await admin
      .post('/academic-years')
      .send(aYear({ code: year.code }))
      .expect(409)
    expect(taken.body.code).toBe('code_taken')
    const overlap = await admin
      .post('/academic-years')
      .send(aYear({ startsOn: year.endsOn, endsOn: year.endsOn.replace('-03-31', '-04-30') }))
      .expect(409)
    expect(overlap.body.code).toBe('year_overlap')
  })

  it('lets one of two overlapping years in when they race', async () => {
    const answers = await Promise.all(
      Array.from({ length: 5 }, (_, i) =>
        admin
          .post('/academic-years')
          .send(aYear({ startsOn: `2120-0${i + 1}-01`, endsOn: '2120-12-31' })),
      ),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409, 409])
  })

  it('returns 422 for dates out of order and names terms that are', async () => {
    const year = aYear({ startsOn: '2100-06-01', endsOn: '2100-05-01' })
    const answer = await admin.post('/academic-years').send(year).expect(422)
    expect(answer.body.code).toBe('dates_out_of_order')
    const term = await admin
      .post('/academic-years')
      .send({
        ...year,
        endsOn: '2101-03-31',
        terms: [
          { name: 'A', startsOn: '2100-06-01', endsOn: '2100-07-01' },
          { name: 'B', startsOn: '2100-08-01', endsOn: '2100-08-01' },
        ],
      })
      .expect(422)
    expect(term.body).toMatchObject({
      code: 'dates_out_of_order',
      errors: [{ path: 'terms.1.endsOn' }],
    })
  })

  it('returns 422 for terms outside their year or over each other', async () => {
    const year = aYear({ startsOn: '2100-06-01', endsOn: '2101-03-31' })
    const outside = await admin
      .post('/academic-years')
      .send({ ...year, terms: [{ name: 'A', startsOn: '2100-05-31', endsOn: '2101-04-01' }] })
      .expect(422)
    expect(outside.body.code).toBe('term_outside_year')
    expect(outside.body.errors.map((issue: { path: string }) => issue.path)).toEqual([
      'terms.0.startsOn',
      'terms.0.endsOn',
    ])
    const overlap = await admin
      .post('/academic-years')
      .send({
        ...year,
        terms: [
          { name: 'A', startsOn: '2100-06-01', endsOn: '2100-09-30' },
          { name: 'B', startsOn: '2100-09-30', endsOn: '2101-03-31' },
        ],
      })
      .expect(422)
    expect(overlap.body.code).toBe('term_overlap')
    expect(await school.db.academicYear.count({ where: { code: year.code } })).toBe(0)
  })

  it('returns 409 for two terms of one name', async () => {
    const answer = await admin
      .post('/academic-years')
      .send(
        aYear({
          startsOn: '2100-06-01',
          endsOn: '2101-03-31',
          terms: [
            { name: 'A', startsOn: '2100-06-01', endsOn: '2100-09-30' },
            { name: 'A', startsOn: '2100-10-01', endsOn: '2101-03-31' },
          ],
        }),
      )
      .expect(409)
    expect(answer.body.code).toBe('term_name_taken')
  })

  it('replaces the terms, moving a boundary both ways, and keeps the id of a name that stays', async () => {
    const term = (name: string, startsOn: string, endsOn: string) => ({ name, startsOn, endsOn })
    const year = await create({
      startsOn: '2102-06-01',
      endsOn: '2103-03-31',
      terms: [term('A', '2102-06-01', '2102-09-30'), term('B', '2102-10-01', '2103-03-31')],
    })
    const moved = [term('A', '2102-06-01', '2102-11-30'), term('C', '2102-12-01', '2103-03-31')]
    const answer = await admin
      .patch(`/academic-years/${year.id}`)
      .send({ terms: moved })
      .expect(200)
    expect(answer.body).toMatchObject({ version: 2, terms: moved })
    expect(answer.body.terms[0].id).toBe(year.terms[0].id)
    const none = await admin.patch(`/academic-years/${year.id}`).send({ terms: [] }).expect(200)
    expect(none.body.terms).toEqual([])
  })

  it('refuses new dates of the year that leave its terms outside', async () => {
    const year = await create({
      startsOn: '2104-06-01',
      endsOn: '2105-03-31',
      terms: [{ name: 'A', startsOn: '2104-06-01', endsOn: '2105-03-31' }],
    })
    const answer = await admin
      .patch(`/academic-years/${year.id}`)
      .send({ endsOn: '2105-03-30' })
      .expect(422)
    expect(answer.body.code).toBe('term_outside_year')
  })

  it('makes another year current and demotes the one before', async () => {
    const year = await create()
    const answer = await admin.post(`/academic-years/${year.id}/make-current`).expect(200)
    expect(answer.body).toMatchObject({ id: year.id, isCurrent: true, version: 2 })
    expect(await currentIds()).toEqual([year.id])
    const again = await admin.post(`/academic-years/${year.id}/make-current`).expect(200)
    expect(again.body.version).toBe(2)
    const other = await create({ isCurrent: true })
    expect(await currentIds()).toEqual([other.id])
    await admin.patch(`/academic-years/${year.id}`).send({ isCurrent: true }).expect(200)
    expect(await currentIds()).toEqual([year.id])
    const { body } = await teacher.get('/academic-years?isCurrent=true').expect(200)
    expect(body.items.map((item: { id: string }) => item.id)).toEqual([year.id])
  })

  it('keeps exactly one current year when many are made current at once', async () => {
    const years = await Promise.all(Array.from({ length: 4 }, () => create()))
    const answers = await Promise.all(
      [...years, ...years].map((year) => admin.post(`/academic-years/${year.id}/make-current`)),
    )
    expect(answers.map((answer) => answer.status)).toEqual(Array(8).fill(200))
    expect(await currentIds()).toHaveLength(1)
  })

  it('returns 409 current_year for removing or demoting the current year', async () => {
    const year = await create({ isCurrent: true })
    const removed = await admin.delete(`/academic-years/${year.id}`).expect(409)
    expect(removed.body.code).toBe('current_year')
    const demoted = await admin
      .patch(`/academic-years/${year.id}`)
      .send({ isCurrent: false })
      .expect(409)
    expect(demoted.body.code).toBe('current_year')
  })

  it('removes a year without history with its terms, and returns 409 in_use for one with', async () => {
    const empty = await create({
      startsOn: '2106-06-01',
      endsOn: '2107-03-31',
      terms: [{ name: 'A', startsOn: '2106-06-01', endsOn: '2107-03-31' }],
    })
    await admin.delete(`/academic-years/${empty.id}`).expect(204)
    await admin.delete(`/academic-years/${empty.id}`).expect(404)
    const used = await create()
    await buildEnrollment(school.db, {
      studentId: (await buildStudent(school.db)).id,
      yearId: used.id,
      sectionId: (await buildHomeroom(school.db)).id,
      joinedOn: used.startsOn,
    })
    const answer = await admin.delete(`/academic-years/${used.id}`).expect(409)
    expect(answer.body).toMatchObject({
      code: 'in_use',
      detail: 'Students are or were enrolled in the year',
    })
  })

  it('counts what new dates would leave outside, and changes nothing then', async () => {
    const year = await buildYear(school.db, {
      startsOn: '2110-06-01',
      endsOn: '2111-03-31',
      isCurrent: false,
    })
    const section = await buildHomeroom(school.db)
    const [early, late] = [await buildStudent(school.db), await buildStudent(school.db)]
    const place = { yearId: year.id, sectionId: section.id }
    await buildEnrollment(school.db, {
      ...place,
      studentId: early.id,
      joinedOn: '2110-06-01',
      leftOn: '2110-12-01',
    })
    await buildEnrollment(school.db, { ...place, studentId: late.id, joinedOn: '2110-08-01' })
    await buildSession(school.db, {
      ...place,
      teacherIds: [],
      createdById: adminId,
      startsAt: '2111-03-20T04:30:00Z',
      endsAt: '2111-03-20T05:30:00Z',
      localDate: '2111-03-20',
    })
    const answer = await admin
      .patch(`/academic-years/${year.id}`)
      .send({ startsOn: '2110-07-01', endsOn: '2111-03-10' })
      .expect(422)
    expect(answer.body).toMatchObject({
      code: 'dates_outside_year',
      details: { enrollments: 1, memberships: 0, sessions: 1, assignments: 0 },
    })
    const { body } = await admin.get(`/academic-years/${year.id}`).expect(200)
    expect(body).toMatchObject({ startsOn: '2110-06-01', endsOn: '2111-03-31', version: 1 })
    // The day before is outside, the session's own day is not.
    await admin.patch(`/academic-years/${year.id}`).send({ endsOn: '2111-03-20' }).expect(200)
  })

  it('shortens the teaching assignments that span a year with it', async () => {
    const year = await buildYear(school.db, {
      startsOn: '2026-06-01',
      endsOn: '2027-03-31',
      isCurrent: false,
    })
    const teaching = await buildTeaching(school.db, {
      teacherId: (await buildTeacher(school.db)).id,
      sectionId: (await buildHomeroom(school.db)).id,
      yearId: year.id,
      startsOn: '2026-06-01',
    })
    await admin
      .patch(`/academic-years/${year.id}`)
      .send({ startsOn: '2026-06-15', endsOn: '2027-03-15' })
      .expect(200)
    const { body } = await admin.get(`/teaching-assignments/${teaching.id}`).expect(200)
    expect(body).toMatchObject({ from: '2026-06-15', to: '2027-03-15' })
  })

  it('lists page by page, newest first, without losing or repeating one', async () => {
    const seen: { id: string; startsOn: string }[] = []
    let path = '/academic-years?limit=3&count=true'
    for (;;) {
      const { body } = await teacher.get(path).expect(200)
      seen.push(...body.items)
      if (!body.nextCursor) {
        expect(body.total).toBe(seen.length)
        break
      }
      path = `/academic-years?limit=3&count=true&cursor=${body.nextCursor}`
    }
    expect(new Set(seen.map((year) => year.id)).size).toBe(seen.length)
    const starts = seen.map((year) => year.startsOn)
    expect(starts).toEqual(starts.toSorted().toReversed())
  })

  it('returns 400 for an id that is none, 404 for one that is not there', async () => {
    await admin.get('/academic-years/1').expect(400)
    const nobody = '/academic-years/00000000-0000-7000-8000-000000000000'
    await admin.get(nobody).expect(404)
    await admin.patch(nobody).send({ name: 'X' }).expect(404)
    await admin.post(`${nobody}/make-current`).expect(404)
    await admin.delete(nobody).expect(404)
  })

  it('returns 401 without a token, and 403 to whom it is not allowed', async () => {
    const year = await create()
    const routes = [
      ['get', '/academic-years'],
      ['post', '/academic-years'],
      ['get', `/academic-years/${year.id}`],
      ['patch', `/academic-years/${year.id}`],
      ['delete', `/academic-years/${year.id}`],
      ['post', `/academic-years/${year.id}/make-current`],
    ] as const
    const student = await school.as(await buildStudent(school.db))
    for (const [method, path] of routes) {
      await school.anonymous[method](path).expect(401)
      await student[method](path).expect(403)
      if (method !== 'get') await teacher[method](path).expect(403)
    }
  })

  it('writes who changed what to the audit', async () => {
    const year = await create()
    await admin.patch(`/academic-years/${year.id}`).send({ name: 'Renamed' }).expect(200)
    const events = await school.db.auditEvent.findMany({
      where: { subjectIds: { has: year.id } },
      orderBy: { id: 'asc' },
    })
    expect(events.map(({ action, fields, actorUserId }) => [action, fields, actorUserId])).toEqual([
      ['academic-year.create', [], adminId],
      ['academic-year.update', ['name'], adminId],
    ])
  })
})
