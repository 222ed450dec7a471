import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'

const SCHOOLS = 5_000

interface School {
  id: string
  code: string
  name: string
  status: string
  release: string | null
  lastActivityAt: string | null
  createdAt: string
}
interface Page {
  items: School[]
  nextCursor: string | null
  total?: number
  statusCounts?: Record<string, number>
}

let directory: TestDirectory
let token: string

beforeAll(async () => {
  directory = await startDirectory()
  token = await directory.signIn()
  const { db } = directory
  // Few names, states, releases and times for many schools: most of them stand beside equals.
  await db.$executeRaw`
    insert into tenant (code, name, group_name, status, created_at)
    select 'S' || upper(lpad(to_hex(n * 7919 % 99991), 6, '0')),
           (array['Ash Grove', 'ash grove', 'Élan', 'Elan 2', 'Zoé''s "School"', 'Birch'])[1 + n % 6],
           case when n % 2 = 0 then 'North' end,
           (enum_range(null::"TenantStatus"))[1 + n % 7],
           timestamptz '2026-01-01' + n % 50 * interval '1 hour 1 ms'
      from generate_series(1, ${SCHOOLS}) n`
  await db.$executeRaw`
    insert into tenant_runtime (tenant_id, release)
    select id, case when row_number() over (order by code) % 3 > 0 then 'r' || left(md5(code), 1) end
      from tenant where status <> 'PENDING'`
  await db.$executeRaw`
    insert into tenant_activity (tenant_id, last_request_at)
    select id, timestamptz '2026-02-01' + row_number() over (order by code) % 40 * interval '1 s 7 ms'
      from tenant where status in ('ACTIVE', 'SUSPENDED')`
}, 60_000)
afterAll(() => directory.stop())

const list = (query: string) =>
  directory.call<Page & { errors?: unknown }>('GET', `/owner/schools?${query}`, { token })

async function walk(query: string): Promise<School[]> {
  const all: School[] = []
  let cursor: string | null = null
  do {
    const { status, body }: { status: number; body: Page } = await list(
      `${query}&limit=200${cursor === null ? '' : `&cursor=${cursor}`}`,
    )
    expect(status).toBe(200)
    all.push(...body.items)
    cursor = body.nextCursor
  } while (cursor !== null)
  return all
}

const STATES = ['PENDING', 'PROVISIONING', 'ACTIVE', 'SUSPENDED', 'FAILED', 'ARCHIVED', 'ERASED']
const collator = new Intl.Collator('und')
const byCharacters = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0)
const COMPARE: Record<string, (a: string, b: string) => number> = {
  code: byCharacters,
  name: collator.compare,
  status: (a, b) => STATES.indexOf(a) - STATES.indexOf(b),
  release: byCharacters,
  lastActivityAt: byCharacters,
  createdAt: byCharacters,
}

describe(`the list of ${SCHOOLS} schools`, () => {
  it.each(Object.keys(COMPARE).flatMap((sort) => ['asc', 'desc'].map((order) => [sort, order])))(
    'by %s, %s: pages hold each school once, in order, what has no value last',
    async (sort, order) => {
      const all = await walk(`sort=${sort}&order=${order}`)
      const listed = await directory.db.tenant.count({ where: { status: { not: 'ERASED' } } })
      expect(all).toHaveLength(listed)
      expect(new Set(all.map(({ id }) => id)).size).toBe(listed)
      const valueOf = (school: School) => school[sort as keyof School]
      const signed = order === 'asc' ? 1 : -1
      for (const [i, school] of all.slice(1).entries()) {
        const [before, after] = [valueOf(all[i] as School), valueOf(school)]
        if (after === null) continue
        expect(before).not.toBeNull()
        const difference = COMPARE[sort]?.(before ?? '', after) ?? NaN
        expect(difference * signed).toBeLessThanOrEqual(0)
        if (before === after)
          expect(byCharacters(all[i]?.id ?? '', school.id) * signed).toBeLessThan(0)
      }
    },
  )

  it('is by code where nothing is said', async () => {
    const [plain, byCode] = await Promise.all([list('limit=200'), list('limit=200&sort=code')])
    expect(plain.body).toEqual(byCode.body)
    expect(plain.body.nextCursor).not.toBeNull()
  })

  it('is sorted within its filters, and counts what they leave', async () => {
    const query = 'sort=lastActivityAt&order=desc&group=North&status=SUSPENDED&q=ASH'
    const found = await walk(query)
    const { body } = await list(`${query}&count=true&limit=1`)
    expect(body.total).toBe(found.length)
    expect(found.length).toBeGreaterThan(50)
    expect(new Set(found.map(({ status }) => status))).toEqual(new Set(['SUSPENDED']))
    expect(new Set(found.map(({ name }) => name.toLowerCase()))).toEqual(new Set(['ash grove']))
  })

  it('counts the schools of each state beside the one that is asked for', async () => {
    const { body } = await list('status=SUSPENDED&group=North&count=true&limit=1')
    const inNorth = [...(await walk('group=North')), ...(await walk('group=North&status=ERASED'))]
    const counted = Object.fromEntries(
      STATES.map((state) => [state, inNorth.filter(({ status }) => status === state).length]),
    )
    expect(body.statusCounts).toEqual(counted)
    expect(body.total).toBe(counted['SUSPENDED'])
    const none = (await list('q=nobody+is+called+so&count=true')).body
    expect(none.total).toBe(0)
    expect(Object.values(none.statusCounts ?? {})).toEqual(STATES.map(() => 0))
    expect((await list('limit=1')).body).not.toHaveProperty('statusCounts')
  })

  it('returns 400 for a cursor of another order, one with a made-up value, and another sort', async () => {
    const { body } = await list('sort=release&limit=1')
    const { nextCursor } = body
    expect((await list(`sort=release&limit=1&cursor=${nextCursor}`)).status).toBe(200)
    const forged = (key: unknown[]) => Buffer.from(JSON.stringify(key)).toString('base64url')
    const { id } = body.items[0] as School
    for (const query of [
      `cursor=${nextCursor}`,
      `sort=name&cursor=${nextCursor}`,
      `sort=release&order=desc&cursor=${nextCursor}`,
      `cursor=${forged(['AA'])}`,
      `sort=status&cursor=${forged(['status asc', 'OPEN', id])}`,
      `sort=createdAt&cursor=${forged(['createdAt asc', null, id])}`,
      `sort=createdAt&cursor=${forged(['createdAt asc', 'soon', id])}`,
      `sort=name&cursor=${forged(['name asc', 'x', 'no id'])}`,
    ]) {
      const refused = await list(query)
      expect([query, refused.status]).toEqual([query, 400])
      expect(refused.body.errors).toMatchObject([{ path: 'cursor' }])
    }
    expect((await list('sort=size')).status).toBe(400)
    expect((await list('order=up')).status).toBe(400)
  })
})
