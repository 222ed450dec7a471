import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { Prisma } from '#src/generated/prisma/client.ts'
import {
  buildAdmin,
  buildParent,
  buildStudent,
  buildTeacher,
  buildUser,
} from '#src/testing/builders.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'
import { matching } from './people.queries.ts'

let school: TestSchool
let admin: Client
let owner: Client

beforeAll(async () => {
  school = await startSchool()
  admin = await school.as(await buildAdmin(school.db))
  owner = await school.as(await buildUser(school.db, 'OWNER'))
})
afterAll(() => school.stop())

const actionsOn = async (userId: string) =>
  (
    await school.db.auditEvent.findMany({
      where: { subjectIds: { has: userId } },
      orderBy: { id: 'asc' },
    })
  ).map((event) => event.action)

describe('creating an account of the office', () => {
  it('answers with it and an invite, which a later read does not show', async () => {
    const answer = await admin
      .post('/users')
      .send({
        username: ' Meera.Iyer ',
        email: 'meera@example.org',
        role: 'ADMIN',
        firstName: 'Meera',
        externalIds: { sis: '77' },
      })
      .expect(201)
    expect(answer.body).toMatchObject({
      username: 'Meera.Iyer',
      role: 'ADMIN',
      lastName: null,
      externalIds: { sis: '77' },
      status: 'CURRENT',
      isActive: true,
      lastLoginAt: null,
      version: 1,
      invite: { token: expect.stringMatching(/^[\w-]{43}$/), url: expect.any(String) },
    })
    expect(answer.headers.location).toBe(`/users/${answer.body.id}`)
    expect(answer.headers.etag).toBe('"1"')
    const read = await admin.get(`/users/${answer.body.id}`).expect(200)
    const { invite: _, ...user } = answer.body
    expect(read.body).toEqual(user)
    expect(await actionsOn(answer.body.id)).toEqual(['user.create', 'user.invite', 'user.read'])
  })

  it('returns 409 username_taken whatever the case, the spaces or the composition; of ten at once one wins', async () => {
    const body = { role: 'ADMIN', firstName: 'René', username: 'rené' }
    await admin.post('/users').send(body).expect(201)
    const again = await admin
      .post('/users')
      .send({ ...body, username: ` ${'RENÉ'.normalize('NFD')}` })
      .expect(409)
    expect(again.body.code).toBe('username_taken')
    const racing = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        admin.post('/users').send({ ...body, username: i % 2 ? 'Racer' : 'rAcEr' }),
      ),
    )
    expect(racing.map((answer) => answer.status).sort()).toEqual([201, ...Array(9).fill(409)])
  })

  it('lets people share an e-mail address', async () => {
    for (const username of ['sibling.one', 'sibling.two'])
      await admin
        .post('/users')
        .send({ username, role: 'ADMIN', firstName: 'A', email: 'family@example.org' })
        .expect(201)
  })

  it('returns 409 external_id_taken for an id somebody else has, and writes nothing', async () => {
    const body = { role: 'ADMIN', firstName: 'A', externalIds: { payroll: '1' } }
    await admin
      .post('/users')
      .send({ ...body, username: 'ext.one' })
      .expect(201)
    const answer = await admin
      .post('/users')
      .send({ ...body, username: 'ext.two' })
      .expect(409)
    expect(answer.body.code).toBe('external_id_taken')
    expect(await school.db.user.count({ where: { usernameKey: 'ext.two' } })).toBe(0)
  })

  it('points to the resource of every other role', async () => {
    for (const [role, resource] of [
      ['TEACHER', '/teachers'],
      ['STUDENT', '/students'],
      ['PARENT', '/guardians'],
    ]) {
      const { body } = await admin
        .post('/users')
        .send({ username: 'x', role, firstName: 'A' })
        .expect(422)
      expect(body.code).toBe('use_role_resource')
      expect(body.detail).toContain(resource)
    }
  })

  it('takes an OWNER to make an OWNER', async () => {
    const body = { username: 'second.owner', role: 'OWNER', firstName: 'A' }
    const refused = await admin.post('/users').send(body).expect(403)
    expect(refused.body.code).toBe('owner_only')
    await owner.post('/users').send(body).expect(201)
  })

  it('names every fault of a bad body', async () => {
    const { body } = await admin
      .post('/users')
      .send({
        username: '',
        role: 'KING',
        email: 'nope',
        externalIds: { '1x': 'a' },
        password: 'x',
        lastName: 'a\nb',
      })
      .expect(400)
    expect(body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'email',
      'externalIds.1x',
      'firstName',
      'lastName',
      'password',
      'role',
      'username',
    ])
  })
})

describe('finding accounts', () => {
  it('searches names and username by any part, each word on its own, and takes % and _ literally', async () => {
    const people = [
      { username: 'q.anjali', firstName: 'Anjali', lastName: 'Zz-Deshpande' },
      { username: 'q.percent', firstName: '100%', lastName: 'Zz-Sure' },
      { username: 'q_under', firstName: 'Under', lastName: 'Zz-Score', preferredName: 'Ündi' },
    ]
    for (const person of people) await buildUser(school.db, 'ADMIN', person)
    const find = async (q: string) =>
      (await admin.get(`/users?q=${encodeURIComponent(q)}`).expect(200)).body.items.map(
        (user: { username: string }) => user.username,
      )
    expect(await find('zz-desh anj')).toEqual(['q.anjali'])
    expect(await find('ZZ-')).toEqual(['q.anjali', 'q_under', 'q.percent'])
    expect(await find('0%')).toEqual(['q.percent'])
    expect(await find('q_')).toEqual(['q_under'])
    expect(await find('ünd')).toEqual(['q_under'])
    expect(await find('\\')).toEqual([])
    expect(await find('zz-desh nobody')).toEqual([])
  })

  it('uses the index of names', async () => {
    const plan = await school.db.$transaction(async (tx) => {
      await tx.$executeRaw`set local enable_seqscan = off`
      return tx.$queryRaw<{ 'QUERY PLAN': string }[]>`
        explain select id from app_user u where ${Prisma.join(matching({ q: 'desh' }), ' and ')}`
    })
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('app_user_search_idx')
  })

  it('filters by role and by being active, and pages by name without losing or repeating one', async () => {
    for (let i = 0; i < 7; i++)
      await buildUser(school.db, 'PARENT', {
        firstName: ['Émile', 'emile', 'Zoe', 'Ämilie', 'Eve', 'zoe', 'Eve'][i] ?? '',
        lastName: i % 2 ? 'Pager' : null,
        isActive: i !== 6,
      })
    const seen: { id: string; firstName: string }[] = []
    let cursor = ''
    do {
      const { body } = await admin
        .get(`/users?role=PARENT&isActive=true&limit=2&count=true${cursor}`)
        .expect(200)
      expect(body.total).toBe(6)
      seen.push(...body.items)
      cursor = body.nextCursor && `&cursor=${body.nextCursor}`
    } while (cursor)
    expect(new Set(seen.map((user) => user.id)).size).toBe(6)
    // Last name first, where there is one; as people sort, not as bytes do.
    expect(seen.map((user) => user.firstName)).toEqual([
      'Émile',
      'Eve',
      'Ämilie',
      'emile',
      'zoe',
      'Zoe',
    ])
    await admin.get('/users?cursor=bm9wZQ').expect(400)
    await admin.get('/users?role=KING&isActive=maybe').expect(400)
  })
})

describe('the office as a list', () => {
  it('is OWNER and ADMIN together, and everybody else without them', async () => {
    await buildTeacher(school.db)
    const rolesOf = async (query: string) => {
      const { body } = await admin.get(`/users?limit=200&${query}`).expect(200)
      return [...new Set(body.items.map((user: { role: string }) => user.role))].sort()
    }
    expect(await rolesOf('isOffice=true')).toEqual(['ADMIN', 'OWNER'])
    const others = await rolesOf('isOffice=false')
    expect(others).toContain('TEACHER')
    expect(others.filter((role) => role === 'ADMIN' || role === 'OWNER')).toEqual([])
    expect(await rolesOf('isOffice=true&role=ADMIN')).toEqual(['ADMIN'])
  })
})

describe('GET /users/free-username', () => {
  const proposed = async (like: string) =>
    (await admin.get(`/users/free-username?like=${encodeURIComponent(like)}`).expect(200)).body
      .username

  it('proposes what is asked for while it is free, and then the first number that is', async () => {
    expect(await proposed('Nila.Bose')).toBe('Nila.Bose')
    await buildUser(school.db, 'PARENT', { username: 'nila.bose' })
    await buildUser(school.db, 'PARENT', { username: 'nila.bose2' })
    await buildUser(school.db, 'PARENT', { username: 'nila.bose4' })
    await buildUser(school.db, 'PARENT', { username: 'nila.boses' })
    expect(await proposed('Nila.Bose')).toBe('Nila.Bose3')
    expect(await proposed(' NILA.BOSE2 ')).toBe('NILA.BOSE22')
  })

  it('takes % and _ literally, and asks for something', async () => {
    expect(await proposed('%')).toBe('%')
    expect(await proposed('_')).toBe('_')
    await admin.get('/users/free-username').expect(400)
    await admin.get('/users/free-username?like=').expect(400)
  })
})

describe('who may', () => {
  const id = '01890000-0000-7000-8000-000000000000'
  const routes = [
    ['get', '/users'],
    ['post', '/users'],
    ['get', '/users/free-username?like=a'],
    ['get', `/users/${id}`],
    ['patch', `/users/${id}`],
    ['post', `/users/${id}/invite`],
    ['post', `/users/${id}/deactivate`],
    ['post', `/users/${id}/reactivate`],
  ] as const

  it.each(routes)(
    '%s %s: 401 without a token, 403 for everybody outside the office',
    async (method, path) => {
      await school.anonymous[method](path)
        .send(method === 'get' ? undefined : {})
        .expect(401)
      const student = await buildStudent(school.db)
      for (const user of [
        await buildTeacher(school.db),
        student,
        await buildParent(school.db, [student.id]),
      ]) {
        const client = await school.as(user)
        await client[method](path)
          .send(method === 'get' ? undefined : {})
          .expect(403)
      }
    },
  )

  it.each(routes.filter(([, path]) => path.includes(id)))(
    '%s %s: 404 for nobody, 400 for an id that is none',
    async (method, path) => {
      const body = method === 'get' ? undefined : {}
      await admin[method](path).send(body).expect(404)
      await admin[method](path.replace(id, 'x')).send(body).expect(400)
    },
  )
})
