import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildGroup,
  buildHomeroom,
  buildStudent,
  buildTeacher,
  buildTeaching,
  buildYear,
} from '#src/testing/builders.ts'
import { AROUND_TODAY, day } from '#src/testing/days.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let teacher: Client
let teacherId: string
let yearId: string

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  const user = await buildTeacher(school.db)
  teacherId = user.id
  teacher = await school.as(user)
  yearId = (await buildYear(school.db, AROUND_TODAY)).id
})
afterAll(() => school.stop())

const NOBODY = '00000000-0000-7000-8000-000000000000'
const pathsOf = (body: { errors: { path: string }[] }) => body.errors.map((issue) => issue.path)
const students = (n: number) =>
  Promise.all(Array.from({ length: n }, async () => (await buildStudent(school.db)).id))
const one = async () => (await buildStudent(school.db)).id

describe('members of a group', () => {
  it('adds one from today on', async () => {
    const group = await buildGroup(school.db)
    const studentUserId = await one()
    const answer = await admin
      .post(`/sections/${group.id}/members`)
      .send({ studentUserId })
      .expect(201)
    expect(answer.body.items).toMatchObject([
      {
        sectionId: group.id,
        academicYearId: yearId,
        studentUserId,
        firstName: 'Asha',
        joinedOn: day(0),
        leftOn: null,
        version: 1,
      },
    ])
  })

  it('adds many of any homeroom, in the order of the request, and lists them page by page', async () => {
    const group = await buildGroup(school.db)
    const ids = await students(5)
    const { body } = await admin
      .post(`/sections/${group.id}/members`)
      .send({ studentUserIds: ids, joinedOn: day(-20) })
      .expect(201)
    const idsOf = (items: { studentUserId: string }[]) => items.map((item) => item.studentUserId)
    expect(idsOf(body.items)).toEqual(ids)
    const seen: string[] = []
    let path = `/sections/${group.id}/members?limit=2&count=true`
    for (;;) {
      const { body } = await admin.get(path).expect(200)
      seen.push(...idsOf(body.items))
      expect(body.total).toBe(5)
      if (!body.nextCursor) break
      path = `/sections/${group.id}/members?limit=2&count=true&cursor=${body.nextCursor}`
    }
    expect(seen.toSorted()).toEqual(ids.toSorted())
  })

  it('names every fault of a bad body', async () => {
    const group = await buildGroup(school.db)
    const path = `/sections/${group.id}/members`
    const id = await one()
    const bad = await admin
      .post(path)
      .send({ studentUserIds: ['x', id], joinedOn: 'x', colour: 'red' })
      .expect(400)
    expect(pathsOf(bad.body)).toEqual(
      expect.arrayContaining(['studentUserIds.0', 'joinedOn', 'colour']),
    )
    expect(pathsOf((await admin.post(path).send({}).expect(400)).body)).toEqual(['studentUserIds'])
    const twice = await admin
      .post(path)
      .send({ studentUserIds: [id, id] })
      .expect(400)
    expect(pathsOf(twice.body)).toEqual(['studentUserIds.1'])
    const both = { studentUserId: id, studentUserIds: [id] }
    await admin.post(path).send(both).expect(400)
    const why = await admin
      .post(path)
      .send({ studentUserId: id, overrideCapacity: true })
      .expect(400)
    expect(pathsOf(why.body)).toEqual(['reason'])
  })

  it('returns 422 not_a_group for a homeroom', async () => {
    const homeroom = await buildHomeroom(school.db)
    const answer = await admin
      .post(`/sections/${homeroom.id}/members`)
      .send({ studentUserId: await one() })
      .expect(422)
    expect(answer.body.code).toBe('not_a_group')
  })

  it('adds nobody when one is not there or a member already, and names each', async () => {
    const group = await buildGroup(school.db)
    const path = `/sections/${group.id}/members`
    const [member, other] = await students(2)
    await admin.post(path).send({ studentUserId: member }).expect(201)
    const unknown = await admin
      .post(path)
      .send({ studentUserIds: [other, NOBODY] })
      .expect(422)
    expect(unknown.body.code).toBe('unknown_reference')
    expect(pathsOf(unknown.body)).toEqual(['studentUserIds.1'])
    const again = await admin
      .post(path)
      .send({ studentUserIds: [other, member] })
      .expect(409)
    expect(again.body.code).toBe('already_member')
    expect(pathsOf(again.body)).toEqual(['studentUserIds.1'])
    expect(await school.db.groupMembership.count({ where: { sectionId: group.id } })).toBe(1)
  })

  it('adds a student once when the same is asked several times at once', async () => {
    const group = await buildGroup(school.db)
    const studentUserId = await one()
    const answers = await Promise.all(
      Array.from({ length: 5 }, () =>
        admin.post(`/sections/${group.id}/members`).send({ studentUserId }),
      ),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409, 409])
  })

  it('gives the last seat to one of several, and more only to an office that says why', async () => {
    const group = await buildGroup(school.db, { capacity: 1 })
    const path = `/sections/${group.id}/members`
    const [extra, ...ids] = await students(5)
    const answers = await Promise.all(
      ids.map((studentUserId) => admin.post(path).send({ studentUserId })),
    )
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 409, 409, 409])
    expect(answers.find((answer) => answer.status === 409)?.body).toMatchObject({
      code: 'capacity_exceeded',
      details: { capacity: 1, enrolled: 1 },
    })
    await admin
      .post(path)
      .send({ studentUserId: extra, overrideCapacity: true, reason: 'A twin' })
      .expect(201)
  })

  it('returns 422 date_outside_year for a day of no year', async () => {
    const group = await buildGroup(school.db)
    const answer = await admin
      .post(`/sections/${group.id}/members`)
      .send({ studentUserId: await one(), joinedOn: day(200) })
      .expect(422)
    expect(answer.body.code).toBe('date_outside_year')
    expect(pathsOf(answer.body)).toEqual(['joinedOn'])
  })

  it('closes a membership with date and reason, once; the days before stay what they were', async () => {
    const group = await buildGroup(school.db)
    const studentUserId = await one()
    const { body } = await admin
      .post(`/sections/${group.id}/members`)
      .send({ studentUserId, joinedOn: day(-20) })
      .expect(201)
    const path = `/sections/${group.id}/members/${body.items[0].id}`
    const early = await admin
      .patch(path)
      .send({ leftOn: day(-21) })
      .expect(422)
    expect(early.body.code).toBe('dates_out_of_order')
    const late = await admin
      .patch(path)
      .send({ leftOn: day(152) })
      .expect(422)
    expect(late.body.code).toBe('date_outside_year')
    const answer = await admin
      .patch(path)
      .send({ leftOn: day(-5), reason: 'Changed to music' })
      .expect(200)
    expect(answer.body).toMatchObject({
      leftOn: day(-5),
      reason: 'Changed to music',
      version: 2,
    })
    const again = await admin.patch(path).send({}).expect(409)
    expect(again.body.code).toBe('membership_closed')
    const on = async (date: string) =>
      (await admin.get(`/sections/${group.id}/members?date=${date}`).expect(200)).body.items.length
    expect([await on(day(-21)), await on(day(-6)), await on(day(-5))]).toEqual([0, 1, 0])
    await admin
      .post(`/sections/${group.id}/members`)
      .send({ studentUserId, joinedOn: day(-5) })
      .expect(201)
  })

  it('returns 404 for a group or membership that is not there, and for one of another group', async () => {
    const [group, other] = [await buildGroup(school.db), await buildGroup(school.db)]
    const studentUserId = await one()
    const { body } = await admin
      .post(`/sections/${group.id}/members`)
      .send({ studentUserId })
      .expect(201)
    await admin.patch(`/sections/${other.id}/members/${body.items[0].id}`).send({}).expect(404)
    await admin.patch(`/sections/${group.id}/members/1`).send({}).expect(400)
    await admin.post(`/sections/${NOBODY}/members`).send({ studentUserId }).expect(404)
    await admin.get(`/sections/${NOBODY}/members`).expect(404)
  })

  it('is read by teachers of the group and written by the office', async () => {
    const group = await buildGroup(school.db)
    const path = `/sections/${group.id}/members`
    await school.anonymous.get(path).expect(401)
    await school.anonymous.post(path).expect(401)
    await school.anonymous.patch(`${path}/${NOBODY}`).expect(401)
    await teacher.get(path).expect(404)
    await buildTeaching(school.db, { teacherId, sectionId: group.id, yearId })
    await teacher.get(path).expect(200)
    await teacher.post(path).send({}).expect(403)
    await teacher.patch(`${path}/${NOBODY}`).send({}).expect(403)
    const student = await school.as(await buildStudent(school.db))
    await student.get(path).expect(403)
  })

  it('begins with the coming year while no year covers today', async () => {
    const other = await startSchool({ code: 'SOON' })
    try {
      const office = await other.as(await buildAdmin(other.db))
      const group = await buildGroup(other.db)
      const { id } = await buildStudent(other.db)
      const path = `/sections/${group.id}/members`
      await office.post(path).send({ studentUserId: id }).expect(422)
      await buildYear(other.db, { startsOn: day(30), endsOn: day(300) })
      const { body } = await office.post(path).send({ studentUserId: id }).expect(201)
      expect(body.items[0].joinedOn).toBe(day(30))
    } finally {
      await other.stop()
    }
  })
})
