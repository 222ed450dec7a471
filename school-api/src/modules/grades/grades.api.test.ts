import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildAdmin, buildHomeroom, buildStudent, buildTeacher } from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'

let school: TestSchool
let admin: Client
let teacher: Client

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  teacher = await school.as(await buildTeacher(school.db))
})
afterAll(() => school.stop())

describe('grades', () => {
  it('creates a grade and answers with it, its Location and its ETag', async () => {
    const answer = await admin
      .post('/grades')
      .send({ code: 'G-A', name: 'Grade A', orderNo: 1 })
      .expect(201)
    expect(answer.body).toMatchObject({ code: 'G-A', name: 'Grade A', orderNo: 1, version: 1 })
    expect(answer.headers.location).toBe(`/grades/${answer.body.id}`)
    expect(answer.headers.etag).toBe('"1"')
  })

  it('names every fault of a bad body', async () => {
    const answer = await admin
      .post('/grades')
      .send({ code: '', orderNo: 1.5, colour: 'red' })
      .expect(400)
    expect(answer.headers['content-type']).toContain('application/problem+json')
    expect(answer.body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'code',
      'colour',
      'name',
      'orderNo',
    ])
  })

  it('returns 409 code_taken for a code that is in use', async () => {
    await admin.post('/grades').send({ code: 'G-B', name: 'Grade B', orderNo: 2 }).expect(201)
    const answer = await admin
      .post('/grades')
      .send({ code: 'G-B', name: 'Another', orderNo: 3 })
      .expect(409)
    expect(answer.body.code).toBe('code_taken')
  })

  it('lists page by page in order, without losing or repeating one', async () => {
    for (let i = 0; i < 5; i++)
      await admin
        .post('/grades')
        .send({ code: `P${i}`, name: `P${i}`, orderNo: 500 })
        .expect(201)
    const seen: string[] = []
    let path = '/grades?limit=2&count=true'
    for (;;) {
      const { body } = await teacher.get(path).expect(200)
      seen.push(...body.items.map((grade: { id: string }) => grade.id))
      if (!body.nextCursor) {
        expect(body.total).toBe(seen.length)
        break
      }
      path = `/grades?limit=2&count=true&cursor=${body.nextCursor}`
    }
    expect(new Set(seen).size).toBe(seen.length)
  })

  it('returns 400 for a cursor it did not make', async () => {
    const forged = Buffer.from(JSON.stringify(['x', "' or 1=1"])).toString('base64url')
    await admin.get(`/grades?cursor=${forged}`).expect(400)
  })

  it('changes what is named and counts the version up', async () => {
    const { body: grade } = await admin
      .post('/grades')
      .send({ code: 'G-C', name: 'Grade C', orderNo: 4 })
    const answer = await admin.patch(`/grades/${grade.id}`).send({ name: 'Class C' }).expect(200)
    expect(answer.body).toMatchObject({ code: 'G-C', name: 'Class C', version: 2 })
  })

  it('removes an empty grade, and returns 409 in_use for one with sections', async () => {
    const { body: empty } = await admin
      .post('/grades')
      .send({ code: 'G-D', name: 'Grade D', orderNo: 5 })
    await admin.delete(`/grades/${empty.id}`).expect(204)
    await admin.get(`/grades/${empty.id}`).expect(404)
    const { gradeId } = await buildHomeroom(school.db)
    const answer = await admin.delete(`/grades/${gradeId}`).expect(409)
    expect(answer.body).toMatchObject({
      code: 'in_use',
      detail: 'The grade has sections',
      details: { by: 'sections' },
    })
  })

  it('returns 401 without a token, and 403 to whom the structure is not for', async () => {
    await school.anonymous.get('/grades').expect(401)
    await teacher.post('/grades').send({ code: 'T', name: 'T', orderNo: 1 }).expect(403)
    const student = await school.as(await buildStudent(school.db))
    await student.get('/grades').expect(403)
  })

  it('returns 415 for a body that is not JSON, 400 for broken JSON, 413 for 5 MB of it', async () => {
    await admin.post('/grades').set('Content-Type', 'text/plain').send('code=A').expect(415)
    await admin.post('/grades').set('Content-Type', 'application/json').send('{"code":').expect(400)
    await admin
      .post('/grades')
      .set('Content-Type', 'application/json')
      .send(`"${'x'.repeat(5_000_000)}"`)
      .expect(413)
  })

  it('returns 405 with Allow for a method it does not offer', async () => {
    const answer = await admin.delete('/grades').expect(405)
    expect(answer.headers.allow).toContain('POST')
  })
})
