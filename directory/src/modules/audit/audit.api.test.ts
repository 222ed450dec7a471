import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'

interface AuditPage {
  items: { id: string; action: string; schoolCode: string | null; [field: string]: unknown }[]
  nextCursor: string | null
  total?: number
}

let directory: TestDirectory
let token: string

beforeAll(async () => {
  directory = await startDirectory()
  token = await directory.signIn()
})
afterAll(() => directory.stop())

const list = (query = '') => directory.call<AuditPage>('GET', `/owner/audit${query}`, { token })

describe('GET /owner/audit', () => {
  it('says who did what to which school, from where and in which request', async () => {
    const body = { code: 'AUDIT1', name: 'Audited' }
    const { id } = (await directory.call('POST', '/owner/schools', { token, body })).body
    await directory.call('PATCH', `/owner/schools/${String(id)}`, { token, body: { name: 'New' } })
    const answer = await list(`?schoolId=${String(id)}&count=true`)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      total: 2,
      nextCursor: null,
      items: [
        {
          action: 'school.update',
          ownerId: directory.owner.id,
          ownerEmail: 'Owner@Example.org',
          schoolId: id,
          schoolCode: 'AUDIT1',
          fields: ['name'],
          requestId: expect.any(String),
          ip: '127.0.0.1',
        },
        { action: 'school.create', fields: ['name', 'code'] },
      ],
    })
    expect(JSON.stringify(answer.body)).not.toContain('Audited')
  })

  it('keeps refused sign-ins without what was typed', async () => {
    const body = { email: 'intruder@example.org', password: 'a guess' }
    await directory.call('POST', '/owner/auth/login', { body })
    const { items } = (await list('?action=owner.sign-in-failed')).body
    expect(items).toMatchObject([{ ownerId: null, ownerEmail: null, schoolId: null }])
    expect(JSON.stringify(items)).not.toMatch(/intruder|guess/)
  })

  it('pages without gaps or repetitions', async () => {
    const all = (await list('?limit=200')).body.items.map(({ id }) => id)
    const paged: string[] = []
    let cursor = ''
    do {
      const page = (await list(`?limit=2${cursor && `&cursor=${cursor}`}`)).body
      paged.push(...page.items.map(({ id }) => id))
      cursor = page.nextCursor ?? ''
    } while (cursor)
    expect(paged.length).toBeGreaterThan(2)
    expect(paged).toEqual(all)
  })

  it('filters by owner and time', async () => {
    expect((await list(`?ownerId=${crypto.randomUUID()}`)).body.items).toEqual([])
    expect((await list('?to=2020-01-01T00:00:00Z')).body.items).toEqual([])
    expect(
      (await list(`?from=2020-01-01T00:00:00Z&ownerId=${directory.owner.id}`)).body.items,
    ).not.toEqual([])
  })

  it('filters by the code of a school, in any case', async () => {
    const body = { code: 'AUDIT2', name: 'Found by its code' }
    const { id } = (await directory.call('POST', '/owner/schools', { token, body })).body
    expect((await list('?schoolCode=audit2&count=true')).body).toMatchObject({
      total: 1,
      items: [{ action: 'school.create', schoolId: id }],
    })
    const other = `?schoolCode=AUDIT2&schoolId=${crypto.randomUUID()}`
    expect((await list(other)).body.items).toEqual([])
    const none = { items: [], nextCursor: null, total: 0 }
    expect((await list('?schoolCode=NOBODY&count=true')).body).toEqual(none)
  })

  it('returns 400 for a filter it does not know and 401 for nobody', async () => {
    expect((await list('?who=me')).status).toBe(400)
    expect((await list('?from=yesterday')).status).toBe(400)
    expect((await directory.call('GET', '/owner/audit')).status).toBe(401)
  })
})
