import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildHomeroom,
  buildSession,
  buildStudent,
  buildTeacher,
  buildYear,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let adminId: string
let admin: Client
let teacher: Client

beforeAll(async () => {
  school = await startSchool()
  const user = await buildAdmin(school.db)
  adminId = user.id
  admin = await school.as(user)
  teacher = await school.as(await buildTeacher(school.db))
})
afterAll(() => school.stop())

const own = (code: string, more: object = {}) => ({
  code,
  name: `Code ${code}`,
  countsPresent: true,
  countsPossible: true,
  ...more,
})

/** An entry that carries the code, of some student in some session. */
async function buildEntry(code: string) {
  const { db } = school
  const { id: sectionId } = await buildHomeroom(db)
  const year = (await db.academicYear.findFirst()) ?? (await buildYear(db))
  const student = await buildStudent(db)
  const session = await buildSession(db, {
    sectionId,
    yearId: year.id,
    teacherIds: [],
    createdById: adminId,
  })
  await db.attendanceEntry.create({
    data: {
      classSessionId: session.id,
      studentUserId: student.id,
      status: code,
      markedByUserId: adminId,
      byOffice: true,
    },
  })
}

describe('attendance codes', () => {
  it('has the four built-in ones from the start, in their order', async () => {
    const { body } = await teacher.get('/attendance-codes?limit=4&count=true').expect(200)
    expect(body.items.map((code: { code: string }) => code.code)).toEqual([
      'PRESENT',
      'ABSENT',
      'LATE',
      'EXCUSED',
    ])
    expect(body.items[2]).toMatchObject({ isBuiltIn: true, takesMinutes: true, isActive: true })
    expect(body.total).toBeGreaterThanOrEqual(4)
  })

  it('adds a code of the school’s own, upper-cased, and audits it', async () => {
    const answer = await admin.post('/attendance-codes').send(own('trip')).expect(201)
    expect(answer.headers.location).toBe('/attendance-codes/TRIP')
    expect(answer.body).toMatchObject({
      id: 'TRIP',
      code: 'TRIP',
      isBuiltIn: false,
      isActive: true,
      takesMinutes: false,
      version: 1,
    })
    await admin.get('/attendance-codes/trip').expect(200)
    expect(await school.db.auditEvent.count({ where: { action: 'attendance-code.create' } })).toBe(
      1,
    )
  })

  it('returns 409 code_taken once when two add the same code at once', async () => {
    const answers = await Promise.all([
      admin.post('/attendance-codes').send(own('RACE')),
      admin.post('/attendance-codes').send(own('RACE')),
    ])
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 409])
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('code_taken')
  })

  it('returns 422 for what counts as present but not as possible', async () => {
    const { body } = await admin
      .post('/attendance-codes')
      .send(own('ODD', { countsPossible: false }))
      .expect(422)
    expect(body.code).toBe('present_not_possible')
    await admin.post('/attendance-codes').send(own('EVEN')).expect(201)
    await admin.patch('/attendance-codes/EVEN').send({ countsPossible: false }).expect(422)
  })

  it('changes nothing but the name of a built-in code', async () => {
    const { body } = await admin
      .patch('/attendance-codes/EXCUSED')
      .send({ name: 'On leave' })
      .expect(200)
    expect(body).toMatchObject({ name: 'On leave', version: 2 })
    for (const patch of [{ isActive: false }, { countsPossible: true }, { orderNo: 9 }]) {
      const refused = await admin.patch('/attendance-codes/EXCUSED').send(patch).expect(422)
      expect(refused.body.code).toBe('built_in_code')
    }
  })

  it('retires a code, and lists it only when asked', async () => {
    await admin.post('/attendance-codes').send(own('OLD')).expect(201)
    await admin.patch('/attendance-codes/OLD').send({ isActive: false }).expect(200)
    const codes = async (query: string) =>
      (await admin.get(`/attendance-codes${query}`)).body.items.map(
        (code: { code: string }) => code.code,
      )
    expect(await codes('')).toContain('OLD')
    expect(await codes('?isActive=true')).not.toContain('OLD')
    expect(await codes('?isActive=false')).toEqual(['OLD'])
  })

  it('returns 409 in_use when the meaning of a code with entries is changed', async () => {
    await admin.post('/attendance-codes').send(own('USED')).expect(201)
    await buildEntry('USED')
    const refused = await admin
      .patch('/attendance-codes/USED')
      .send({ countsPresent: false })
      .expect(409)
    expect(refused.body.code).toBe('in_use')
    await admin.patch('/attendance-codes/USED').send({ name: 'Renamed' }).expect(200)
  })

  it('returns 412 to whoever changes another version than there is', async () => {
    await admin.post('/attendance-codes').send(own('VERS')).expect(201)
    const rename = (name: string) =>
      admin.patch('/attendance-codes/VERS').set('If-Match', '"1"').send({ name })
    await rename('First').expect(200)
    expect((await rename('Second').expect(412)).body.code).toBe('version_mismatch')
  })

  it('takes an empty patch as no change', async () => {
    await admin.post('/attendance-codes').send(own('SAME')).expect(201)
    const { body } = await admin.patch('/attendance-codes/SAME').send({}).expect(200)
    expect(body.version).toBe(1)
  })

  it('returns 400 for bad input, 404 for an unknown code, 401 and 403 to others', async () => {
    const { body } = await admin
      .post('/attendance-codes')
      .send({ code: 'NOT OK', name: '', countsPresent: 1, colour: 'red' })
      .expect(400)
    expect(body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'code',
      'colour',
      'countsPossible',
      'countsPresent',
      'name',
    ])
    await admin.patch('/attendance-codes/TRIP').send({ code: 'OTHER' }).expect(400)
    await admin.get('/attendance-codes/NOSUCH').expect(404)
    await admin.patch('/attendance-codes/NOSUCH').send({ name: 'x' }).expect(404)
    await school.anonymous.get('/attendance-codes').expect(401)
    await school.anonymous.post('/attendance-codes').send(own('X')).expect(401)
    await teacher.post('/attendance-codes').send(own('X')).expect(403)
    await teacher.patch('/attendance-codes/TRIP').send({ name: 'x' }).expect(403)
    const student = await school.as(await buildStudent(school.db))
    await student.get('/attendance-codes').expect(403)
  })
})
