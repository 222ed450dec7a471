import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'
import { eventually } from '#src/testing/provisioner-side.ts'

interface School {
  id: string
  code: string
  name: string
  subdomain: string | null
  status: string
  version: number
  [field: string]: unknown
}

let directory: TestDirectory
let token: string

beforeAll(async () => {
  directory = await startDirectory({
    env: { BASE_DOMAIN: 'usms.test', PUBLIC_HOSTS: 'www.usms.test, schools.example.org' },
  })
  token = await directory.signIn()
})
afterAll(() => directory.stop())

const call = <Body = Record<string, unknown>>(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
) => directory.call<Body>(method, `/owner/schools${path}`, { token, body, headers })

async function create(body: Record<string, unknown>) {
  const answer = await call<School>('POST', '', { name: 'A school', ...body })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}

const auditOf = (tenantId: string) =>
  directory.db.ownerAudit.findMany({ where: { tenantId }, orderBy: { id: 'asc' } })

describe('POST /owner/schools', () => {
  it('registers a PENDING school under an upper-cased code, with defaults', async () => {
    const answer = await call<School>('POST', '', { code: ' new1 ', name: ' The  First ' })
    expect(answer.status).toBe(201)
    expect(answer.body).toEqual({
      id: expect.any(String),
      code: 'NEW1',
      name: 'The  First',
      plan: 'standard',
      subdomain: null,
      timezone: 'Asia/Kolkata',
      locale: 'en-IN',
      adminEmail: null,
      group: null,
      listed: true,
      status: 'PENDING',
      apiBaseUrl: 'http://localhost:4000/proxy/NEW1',
      schemaLevel: null,
      runtime: 'stopped',
      release: null,
      lastActivityAt: null,
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    })
    expect(answer.headers.get('location')).toBe(`/owner/schools/${answer.body.id}`)
    expect(answer.headers.get('etag')).toBe('"1"')
    expect(await auditOf(answer.body.id)).toMatchObject([
      { action: 'school.create', ownerId: directory.owner.id, fields: ['name', 'code'] },
    ])
  })

  it('keeps everything that is said of it', async () => {
    const said = {
      code: 'FULL1',
      name: 'École Zürich №1',
      plan: 'large',
      subdomain: 'Full-School',
      timezone: 'Europe/Zurich',
      locale: 'de-ch',
      adminEmail: 'office@full.example.org',
      group: 'District 9',
      listed: false,
    }
    expect(await create(said)).toMatchObject({
      ...said,
      subdomain: 'full-school',
      locale: 'de-CH',
    })
  })

  it.each([
    ['A', 'too short'],
    ['1AB', 'a digit first'],
    ['AB-C', 'a hyphen'],
    ['ABCDEFGHIJKLMNOPQ', 'too long'],
    ['ſTRA', 'a letter that upper-cases into ASCII'],
    ['AB C', 'a space'],
    ['directory', 'the name of the database of the directory'],
    ['', 'empty'],
  ])('returns 400 for the code %j: %s', async (code) => {
    const answer = await call('POST', '', { code, name: 'X' })
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toMatchObject([{ path: 'code' }])
  })

  it('names every fault of its input at once', async () => {
    const answer = await call('POST', '', {
      code: '!',
      name: '',
      timezone: 'Mars/Olympus',
      locale: 'not a locale',
      subdomain: '-a',
      adminEmail: 'x',
      listed: 'yes',
      status: 'ACTIVE',
    })
    expect(answer.status).toBe(400)
    const paths = (answer.body.errors as { path: string }[]).map(({ path }) => path)
    expect(new Set(paths)).toEqual(
      new Set([
        'code',
        'name',
        'timezone',
        'locale',
        'subdomain',
        'adminEmail',
        'listed',
        'status',
      ]),
    )
  })

  it.each(['+05:30', 'asia/kolkata', 'EST5EDT4', 'posix/Asia/Kolkata', 'localtime'])(
    'returns 400 for the time zone %s, which runtime and database do not both know',
    async (timezone) => {
      const answer = await call('POST', '', { code: 'ZONE1', name: 'X', timezone })
      expect(answer.status).toBe(400)
      expect(answer.body.errors).toMatchObject([{ path: 'timezone' }])
    },
  )

  it('returns 409 code_taken for a code in use in any case, and for another subdomain', async () => {
    await create({ code: 'TAKEN', subdomain: 'claimed' })
    for (const code of ['taken', 'CLAIMED']) {
      const answer = await call('POST', '', { code, name: 'X' })
      expect([answer.status, answer.body.code]).toEqual([409, 'code_taken'])
    }
  })

  it('returns 409 subdomain_taken for one in use, a code of another school, and an own host', async () => {
    await create({ code: 'SUBBY', subdomain: 'subby' })
    await create({ code: 'SUBBO', subdomain: 'in-use' })
    for (const subdomain of ['in-use', 'subby', 'www']) {
      const answer = await call('POST', '', { code: 'SUBX', name: 'X', subdomain })
      expect([answer.status, answer.body.code]).toEqual([409, 'subdomain_taken'])
    }
  })

  it('lets one of many that race for a code or a label have it', async () => {
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        call(
          'POST',
          '',
          i % 2 ? { code: 'RACE', name: 'X' } : { code: `RAC${i}`, name: 'X', subdomain: 'race' },
        ),
      ),
    )
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 409)).toHaveLength(11)
  })

  it('returns 401 without a token', async () => {
    const answer = await directory.call('POST', '/owner/schools', {
      body: { code: 'AA', name: 'X' },
    })
    expect(answer.status).toBe(401)
  })
})

describe('GET /owner/schools', () => {
  it('pages by code, filters by status, group and a part of name or code', async () => {
    const other = await startDirectory()
    try {
      const as = await other.signIn()
      const rows = [
        { code: 'CC', name: 'Third 100% school', group: 'North', status: 'ACTIVE' as const },
        { code: 'AA', name: 'First school', group: 'North' },
        { code: 'BB', name: 'Second_school', group: 'South' },
      ]
      await other.db.tenant.createMany({ data: rows })
      const list = async (query: string) => {
        const answer = await other.call<{
          items: School[]
          nextCursor: string | null
          total?: number
        }>('GET', `/owner/schools${query}`, { token: as })
        expect(answer.status).toBe(200)
        return { ...answer.body, codes: answer.body.items.map(({ code }) => code) }
      }
      const first = await list('?limit=2&count=true')
      expect(first).toMatchObject({ codes: ['AA', 'BB'], total: 3, nextCursor: expect.any(String) })
      expect(await list(`?limit=2&cursor=${first.nextCursor}`)).toMatchObject({
        codes: ['CC'],
        nextCursor: null,
      })
      expect((await list('?status=ACTIVE')).codes).toEqual(['CC'])
      expect((await list('?group=North&count=true')).total).toBe(2)
      expect((await list('?q=SECOND')).codes).toEqual(['BB'])
      expect((await list('?q=bb')).codes).toEqual(['BB'])
      expect((await list('?q=%25')).codes).toEqual(['CC'])
      expect((await list('?q=_')).codes).toEqual(['BB'])
      expect((await list('?q=nothing')).codes).toEqual([])
    } finally {
      await other.stop()
    }
  })

  it('returns 400 for a bad filter and a cursor it did not make, 401 without a token', async () => {
    expect((await call('GET', '?status=open')).status).toBe(400)
    expect((await call('GET', '?cursor=abc')).status).toBe(400)
    expect((await call('GET', '?limit=201')).status).toBe(400)
    expect((await directory.call('GET', '/owner/schools')).status).toBe(401)
  })
})

describe('GET /owner/schools/:id', () => {
  it('reads a school; 404 for none, 400 for what is no id, 401 for nobody', async () => {
    const { id } = await create({ code: 'READ1' })
    const answer = await call<School>('GET', `/${id}`)
    expect([answer.status, answer.body.code]).toEqual([200, 'READ1'])
    expect((await call('GET', `/${crypto.randomUUID()}`)).status).toBe(404)
    expect((await call('GET', '/READ1')).status).toBe(400)
    expect((await directory.call('GET', `/owner/schools/${id}`)).status).toBe(401)
  })
})

describe('PATCH /owner/schools/:id', () => {
  it('changes what is named, and only that', async () => {
    const { id } = await create({ code: 'PATCH1', group: 'North', subdomain: 'patch-one' })
    const answer = await call<School>('PATCH', `/${id}`, { name: 'Renamed', group: null })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('etag')).toBe('"2"')
    expect(answer.body).toMatchObject({
      name: 'Renamed',
      group: null,
      subdomain: 'patch-one',
      version: 2,
    })
    expect(await auditOf(id)).toMatchObject([
      { action: 'school.create' },
      { action: 'school.update', fields: ['name', 'group'] },
    ])
  })

  it('returns 412 when the version named is no longer the one, and changes nothing', async () => {
    const { id } = await create({ code: 'PATCH2' })
    const first = await call('PATCH', `/${id}`, { name: 'One' }, { 'if-match': '"1"' })
    expect(first.status).toBe(200)
    const late = await call('PATCH', `/${id}`, { name: 'Two' }, { 'if-match': '"1"' })
    expect([late.status, late.body.code]).toEqual([412, 'version_mismatch'])
    expect((await call('PATCH', `/${id}`, { name: 'X' }, { 'if-match': '"x"' })).status).toBe(412)
    expect((await call<School>('GET', `/${id}`)).body.name).toBe('One')
    expect(
      (await call('PATCH', `/${id}`, { name: 'Two' }, { 'if-match': 'W/"7", "2"' })).status,
    ).toBe(200)
    expect((await call('PATCH', `/${id}`, { name: 'Three' }, { 'if-match': '*' })).status).toBe(200)
    expect((await call('PATCH', `/${id}`, { name: 'X' }, { 'if-match': '2' })).status).toBe(400)
  })

  it('lets one of many with the same version through', async () => {
    const { id } = await create({ code: 'PATCH3' })
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, i) =>
        call('PATCH', `/${id}`, { name: `N${i}` }, { 'if-match': '"1"' }),
      ),
    )
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(9)
  })

  it('returns 400 for a code, 409 for a label in use, 404 for none, 401 for nobody', async () => {
    const { id } = await create({ code: 'PATCH4' })
    expect((await call('PATCH', `/${id}`, { code: 'OTHER' })).status).toBe(400)
    expect((await call('PATCH', `/${id}`, { timezone: 'Nowhere/At_all' })).status).toBe(400)
    await create({ code: 'PATCH5' })
    const taken = await call('PATCH', `/${id}`, { subdomain: 'patch5' })
    expect([taken.status, taken.body.code]).toEqual([409, 'subdomain_taken'])
    expect((await call('PATCH', `/${id}`, { subdomain: 'patch4' })).status).toBe(200)
    expect((await call('PATCH', `/${crypto.randomUUID()}`, { name: 'X' })).status).toBe(404)
    const nobody = await directory.call('PATCH', `/owner/schools/${id}`, { body: { name: 'X' } })
    expect(nobody.status).toBe(401)
  })
})

describe('suspend and resume', () => {
  it('takes a school out of the public list and back', async () => {
    const { id, code } = await directory.school('ACTIVE')
    const isListed = async () => {
      const { body } = await directory.call<{ code: string }[]>('GET', '/public/schools')
      return body.some((school) => school.code === code)
    }
    await eventually(async () => ((await isListed()) ? true : null))
    await call('POST', `/${id}/suspend`)
    await eventually(async () => ((await isListed()) ? null : true))
    expect((await directory.call('GET', `/resolve?code=${code}`)).status).toBe(404)
    await call('POST', `/${id}/resume`)
    await eventually(async () => ((await isListed()) ? true : null))
  })

  it('takes an ACTIVE school out of service and back', async () => {
    const { id } = await directory.school('ACTIVE')
    const suspended = await call<School>('POST', `/${id}/suspend`)
    expect([suspended.status, suspended.body.status]).toEqual([200, 'SUSPENDED'])
    const resumed = await call<School>('POST', `/${id}/resume`)
    expect([resumed.status, resumed.body.status, resumed.body.version]).toEqual([200, 'ACTIVE', 3])
    expect((await auditOf(id)).map(({ action }) => action)).toEqual([
      'school.suspend',
      'school.resume',
    ])
  })

  it.each([
    ['suspend', ['PENDING', 'PROVISIONING', 'SUSPENDED', 'FAILED']],
    ['resume', ['PENDING', 'PROVISIONING', 'ACTIVE', 'FAILED']],
    ['restart', ['PENDING', 'PROVISIONING', 'SUSPENDED', 'FAILED']],
    ['admin-invite', ['PENDING', 'PROVISIONING', 'SUSPENDED', 'FAILED']],
  ] as const)('returns 409 wrong_state for %s in %j', async (verb, statuses) => {
    for (const status of statuses) {
      const { id } = await directory.school(status)
      const answer = await call('POST', `/${id}/${verb}`)
      expect([answer.status, answer.body.code]).toEqual([409, 'wrong_state'])
      expect(answer.body.details).toEqual({ status })
      expect(await auditOf(id)).toEqual([])
    }
  })

  it.each(['suspend', 'resume', 'restart', 'provision', 'admin-invite'])(
    '%s returns 404 for no school, 400 for what is no id, 401 for nobody',
    async (verb) => {
      const { id } = await directory.school('ACTIVE')
      expect((await call('POST', `/${crypto.randomUUID()}/${verb}`)).status).toBe(404)
      expect((await call('POST', `/nothing/${verb}`)).status).toBe(400)
      expect((await directory.call('POST', `/owner/schools/${id}/${verb}`)).status).toBe(401)
    },
  )
})
