import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildAdmin, buildStudent, buildTeacher } from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'
import { createSchoolTime } from './school-time.ts'

let school: TestSchool
let admin: Client
let teacher: Client

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  teacher = await school.as(await buildTeacher(school.db))
})
afterAll(() => school.stop())

describe('GET /settings/school', () => {
  it('answers the office and teachers with the settings and their ETag', async () => {
    const answer = await teacher.get('/settings/school').expect(200)
    expect(answer.body).toMatchObject({
      name: 'Test School',
      code: 'TEST',
      locale: 'en-IN',
      correctionDays: 7,
    })
    expect(answer.headers.etag).toBe(`"${answer.body.version}"`)
    await admin.get('/settings/school').expect(200)
  })

  it('returns 401 without a token, 403 to a student and 400 for a query it does not know', async () => {
    await school.anonymous.get('/settings/school').expect(401)
    const student = await school.as(await buildStudent(school.db))
    await student.get('/settings/school').expect(403)
    await admin.get('/settings/school?colour=red').expect(400)
  })
})

describe('PATCH /settings/school', () => {
  it('changes what is named, counts the version up and leaves a trace without values', async () => {
    const before = await admin.get('/settings/school').expect(200)
    const answer = await admin
      .patch('/settings/school')
      .send({ name: 'Hill School', correctionDays: 3 })
      .expect(200)
    expect(answer.body).toMatchObject({
      name: 'Hill School',
      correctionDays: 3,
      timezone: before.body.timezone,
      version: before.body.version + 1,
    })
    const trace = await school.db.auditEvent.findFirstOrThrow({
      where: { action: 'settings.update' },
    })
    expect(trace.fields).toEqual(['name', 'correctionDays'])
    expect(JSON.stringify(trace)).not.toContain('Hill School')
  })

  it('keeps zone and locale in their canonical spelling', async () => {
    const answer = await admin
      .patch('/settings/school')
      .send({ timezone: 'asia/kolkata', locale: 'hi-latn-in' })
      .expect(200)
    expect(answer.body).toMatchObject({ timezone: 'Asia/Kolkata', locale: 'hi-Latn-IN' })
  })

  it.each([
    'Asia/Atlantis',
    '+05:30',
    'posix/Asia/Kolkata',
    'localtime',
    'Factory',
    '',
    'IST-5:30',
  ])('returns 400 for the zone "%s"', async (timezone) => {
    const answer = await admin.patch('/settings/school').send({ timezone }).expect(400)
    expect(answer.body.errors.map(pathOf)).toEqual(['timezone'])
  })

  it('names every fault, the read-only code among them', async () => {
    const answer = await admin
      .patch('/settings/school')
      .send({ name: '', locale: 'en_IN', correctionDays: 367, code: 'OTHER' })
      .expect(400)
    expect(answer.body.errors.map(pathOf).sort()).toEqual([
      'code',
      'correctionDays',
      'locale',
      'name',
    ])
  })

  it('returns 412 to whoever changes another version than there is', async () => {
    const { version } = (await admin.get('/settings/school').expect(200)).body
    const rename = (name: string) =>
      admin.patch('/settings/school').set('If-Match', `"${version}"`).send({ name })
    await rename('First').expect(200)
    expect((await rename('Second').expect(412)).body.code).toBe('version_mismatch')
    expect((await admin.get('/settings/school').expect(200)).body.name).toBe('First')
  })

  it('returns 401 without a token and 403 to a teacher', async () => {
    await school.anonymous.patch('/settings/school').send({}).expect(401)
    await teacher.patch('/settings/school').send({ name: 'Mine' }).expect(403)
  })
})

describe('school time', () => {
  it('says the date in the zone that is set now, without waiting for anything', async () => {
    const time = createSchoolTime({ db: school.db })
    const moment = new Date('2026-11-16T19:00:00Z')
    await admin.patch('/settings/school').send({ timezone: 'Asia/Kolkata' }).expect(200)
    expect(await time.today(moment)).toBe('2026-11-17')
    await admin.patch('/settings/school').send({ timezone: 'America/New_York' }).expect(200)
    expect(await time.zone()).toBe('America/New_York')
    expect(await time.dateOf(moment)).toBe('2026-11-16')
  })

  it('keeps the wall clock across a change to and from summer time', async () => {
    const time = createSchoolTime({ db: school.db })
    await admin.patch('/settings/school').send({ timezone: 'Europe/Berlin' }).expect(200)
    expect(await time.instantOf('2026-03-28', '09:00')).toEqual(new Date('2026-03-28T08:00:00Z'))
    expect(await time.instantOf('2026-03-30', '09:00')).toEqual(new Date('2026-03-30T07:00:00Z'))
    expect(await time.instantOf('2026-03-29', '02:30')).toEqual(new Date('2026-03-29T01:30:00Z'))
    expect(await time.instantOf('2026-10-25', '02:30')).toEqual(new Date('2026-10-25T00:30:00Z'))
    await expect(time.instantOf('2026-02-30', '09:00')).rejects.toThrow(RangeError)
  })
})

const pathOf = (issue: { path: string }) => issue.path
