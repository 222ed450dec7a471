import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { answerAsks, type AnsweredAsks } from '#src/modules/provisioning/provisioner-asks.ts'
import { type DatabaseGate, startDatabaseGate } from '#src/testing/database-gate.ts'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'
import { openEventStream } from '#src/testing/event-stream.ts'
import { eventually } from '#src/testing/provisioner-side.ts'

/** A directory and who answers it, with nothing between them but PostgreSQL. */
let directory: TestDirectory
let gate: DatabaseGate
let answering: AnsweredAsks
let token: string

/** What stands in the logs of schools, by their ids. */
const logs = new Map<string, string[]>()
const followers = new Map<string, Set<(line: string) => void>>()
let whileReading: (schoolId: string) => unknown = () => {}
let sizeAnswered: Promise<unknown> = Promise.resolve()

function write(schoolId: string, ...lines: string[]) {
  logs.set(schoolId, [...(logs.get(schoolId) ?? []), ...lines])
  for (const line of lines) followers.get(schoolId)?.forEach((call) => call(line))
}

async function startAnswering() {
  const { db, databaseUrl } = directory
  const begun = answerAsks({
    databaseUrl,
    log: pino({ level: 'silent' }),
    findCode: async (id) => (await db.tenant.findUnique({ where: { id } }))?.code,
    async logs({ schoolId }, lines) {
      await whileReading(schoolId)
      return (logs.get(schoolId) ?? []).slice(-lines)
    },
    followLogs({ schoolId }, onLine) {
      const calls = followers.get(schoolId) ?? new Set()
      followers.set(schoolId, calls.add(onLine))
      return () => void calls.delete(onLine)
    },
    async databaseSize() {
      await sizeAnswered
      return 7_654_321
    },
  })
  await begun.start()
  return begun
}

beforeAll(async () => {
  directory = await startDirectory({
    heartbeatMs: 100,
    askTimeoutMs: 2_000,
    through: async (url) => {
      gate = await startDatabaseGate(url)
      return gate.url
    },
  })
  token = await directory.signIn()
})
beforeEach(async () => {
  answering = await startAnswering()
  return () => answering.close()
})
afterAll(async () => {
  await directory?.stop()
  await gate?.close()
})

const get = <Body = Record<string, unknown>>(path: string) =>
  directory.call<Body>('GET', `/owner/schools${path}`, { token })

const follow = (schoolId: string, lines = 10) =>
  openEventStream(`${directory.url}/owner/schools/${schoolId}/logs?follow=true&lines=${lines}`, {
    authorization: `Bearer ${token}`,
  })

const nobodyFollows = (schoolId: string) =>
  eventually(async () => (followers.get(schoolId)?.size === 0 ? true : undefined))

async function waitUntilAnswered(schoolId: string) {
  await eventually(async () => ((await get(`/${schoolId}/logs`)).status === 200 ? true : undefined))
}

describe('GET /owner/schools/:id/status', () => {
  const running = async () => {
    const school = await directory.school('ACTIVE')
    await directory.db.tenant.update({
      where: { id: school.id },
      data: { schemaLevel: '1_init', release: 'sha256:new' },
    })
    await directory.db.tenantRuntime.create({
      data: {
        tenantId: school.id,
        address: '127.0.0.1:4711',
        release: 'sha256:old',
        startedAt: new Date(Date.now() - 90_000),
      },
    })
    await directory.db.tenantActivity.create({
      data: { tenantId: school.id, lastRequestAt: '2026-03-01T08:00:00.000Z' },
    })
    return school
  }

  it('says how a running school runs, without its address', async () => {
    const { id, code } = await running()
    const answer = await get<{ uptimeSeconds: number }>(`/${id}/status`)
    expect(answer.body).toEqual({
      schoolId: id,
      code,
      status: 'ACTIVE',
      runtime: 'running',
      release: 'sha256:old',
      desiredRelease: 'sha256:new',
      schemaLevel: '1_init',
      startedAt: expect.any(String),
      uptimeSeconds: expect.any(Number),
      databaseSizeBytes: 7_654_321,
      lastError: null,
      lastActivityAt: '2026-03-01T08:00:00.000Z',
    })
    expect(answer.body.uptimeSeconds).toBeGreaterThanOrEqual(90)
  })

  it('leaves the size of the database away when the provisioner does not answer soon', async () => {
    const { id } = await running()
    const { promise, resolve } = Promise.withResolvers()
    sizeAnswered = promise
    const answer = await get(`/${id}/status`)
    expect([answer.status, answer.body.databaseSizeBytes]).toEqual([200, null])
    resolve(undefined)
  })

  it('says that a school starts, ended by itself, or does not run, and why', async () => {
    const { id } = await directory.school('ACTIVE')
    expect((await get(`/${id}/status`)).body.runtime).toBe('starting')
    await directory.db.tenantRuntime.create({
      data: { tenantId: id, startedAt: new Date(), lastError: 'out of memory' },
    })
    expect((await get(`/${id}/status`)).body).toMatchObject({
      runtime: 'backing-off',
      startedAt: null,
      uptimeSeconds: null,
      lastError: 'out of memory',
    })
    await directory.db.tenant.update({ where: { id }, data: { status: 'FAILED' } })
    expect((await get(`/${id}/status`)).body.runtime).toBe('stopped')
  })

  it('shows release, state and last activity in the list of schools too', async () => {
    const { code } = await running()
    const { body } = await get<{ items: unknown[] }>(`?q=${code}`)
    expect(body.items).toMatchObject([
      { runtime: 'running', release: 'sha256:old', lastActivityAt: '2026-03-01T08:00:00.000Z' },
    ])
  })

  it('returns 404 for no school, 400 for what is no id, 401 for nobody', async () => {
    const { id } = await directory.school()
    for (const view of ['status', 'logs', 'logs?follow=true']) {
      expect((await get(`/${crypto.randomUUID()}/${view}`)).status).toBe(404)
      expect((await get(`/x/${view}`)).status).toBe(400)
      expect((await directory.call('GET', `/owner/schools/${id}/${view}`)).status).toBe(401)
    }
  })
})

describe('GET /owner/schools/:id/logs', () => {
  const recent = async (id: string, lines: number) =>
    (await get<{ lines: string[] }>(`/${id}/logs?lines=${lines}`)).body.lines

  it('reads as many of the newest lines as asked for', async () => {
    const { id } = await directory.school('ACTIVE')
    write(id, 'one', 'two', 'three')
    expect(await recent(id, 2)).toEqual(['two', 'three'])
    expect((await get(`/${id}/logs?lines=0`)).status).toBe(400)
    expect((await get(`/${id}/logs?follow=perhaps`)).status).toBe(400)
  })

  it('reads lines of any script, with NUL and half characters, longer than one notice', async () => {
    const { id } = await directory.school('ACTIVE')
    const lines = ['नमस्ते दुनिया 👩‍🏫', 'a\u0000b\u0007', 'half \ud83d', '"\\', 'न'.repeat(15_000)]
    write(id, ...lines)
    expect(await recent(id, 10)).toEqual(lines)
  })

  it('cuts a line that is longer than a person reads', async () => {
    const { id } = await directory.school('ACTIVE')
    write(id, 'x'.repeat(50_000))
    const [line = ''] = await recent(id, 1)
    expect(line.length).toBeLessThan(17_000)
    expect(line).toMatch(/^x+… \(33616 more characters\)$/)
  })

  it('answers many who ask at once, everybody with what they asked for', async () => {
    const schools = await Promise.all(Array.from({ length: 5 }, () => directory.school('ACTIVE')))
    for (const { id, code } of schools)
      write(id, ...Array.from({ length: 300 }, (_, i) => `${code} line ${i} ${'.'.repeat(100)}`))
    const asked = Array.from({ length: 60 }, (_, i) => schools[i % schools.length] ?? { id: '' })
    const answers = await Promise.all(asked.map(({ id }) => recent(id, 300)))
    expect(answers).toEqual(asked.map(({ id }) => logs.get(id)))
  })

  it('returns 503 with Retry-After when the provisioner does not answer', async () => {
    await answering.close()
    const { id } = await directory.school('ACTIVE')
    const answer = await get(`/${id}/logs`)
    expect([answer.status, answer.body.code]).toEqual([503, 'provisioner_unavailable'])
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await get(`/${id}/logs?follow=true`)).status).toBe(503)
  })

  it('answers again after the database was away', async () => {
    const { id } = await directory.school('ACTIVE')
    write(id, 'here')
    gate.shut()
    gate.open()
    await waitUntilAnswered(id)
    expect(await recent(id, 1)).toEqual(['here'])
  })

  it('leaves no line in any table of the database', async () => {
    const { id } = await directory.school('ACTIVE')
    write(id, 'planted-in-a-log')
    expect(await recent(id, 1)).toEqual(['planted-in-a-log'])
    const tables = await directory.db.$queryRaw<{ name: string }[]>`
      select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'`
    expect(tables.length).toBeGreaterThan(5)
    for (const { name } of tables) {
      const found = await directory.db.$queryRawUnsafe<unknown[]>(
        `select 1 from ${name} t where t::text like '%planted-in-a-log%'`,
      )
      expect([name, found]).toEqual([name, []])
    }
  })
})

describe('GET /owner/schools/:id/logs?follow=true', () => {
  it('sends the newest lines, then every one as it is written, and heartbeats in between', async () => {
    const { id } = await directory.school('ACTIVE')
    write(id, 'old', 'older than this', 'newest')
    const stream = await follow(id, 2)
    expect(stream.headers.get('content-type')).toContain('text/event-stream')
    const events = [await stream.next(), await stream.next()]
    write(id, 'later', 'last')
    events.push(await stream.next(), await stream.next())
    expect(events.map((event) => [event?.event, event?.data])).toEqual(
      ['older than this', 'newest', 'later', 'last'].map((line) => ['log', { line }]),
    )
    const ticking = setInterval(() => write(id, 'tick'), 150)
    await eventually(async () => {
      await stream.next()
      return stream.comments() > 0 ? true : undefined
    })
    clearInterval(ticking)
    stream.cut()
    await nobodyFollows(id)
  })

  it('ends when the owner signs out', async () => {
    const { id } = await directory.school('ACTIVE')
    const { email, password } = directory.owner
    const { body } = await directory.call<{ accessToken: string; refreshToken: string }>(
      'POST',
      '/owner/auth/login',
      { body: { email, password } },
    )
    const stream = await openEventStream(`${directory.url}/owner/schools/${id}/logs?follow=true`, {
      authorization: `Bearer ${body.accessToken}`,
    })
    const { refreshToken } = body
    await directory.call('POST', '/owner/auth/logout', { body: { refreshToken } })
    expect(await stream.next()).toBeNull()
    await nobodyFollows(id)
  })

  it('shows a line once that was written while the newest ones were read', async () => {
    const { id } = await directory.school('ACTIVE')
    write(id, 'before')
    whileReading = (schoolId) => write(schoolId, 'between')
    const stream = await follow(id)
    whileReading = () => {}
    write(id, 'after', 'after')
    const lines: unknown[] = []
    while (lines.length < 4) lines.push((await stream.next())?.data['line'])
    expect(lines).toEqual(['before', 'between', 'after', 'after'])
    stream.cut()
    await nobodyFollows(id)
  })

  it('says how many lines of a flood were left out, and goes on after it', async () => {
    const { id } = await directory.school('ACTIVE')
    const stream = await follow(id)
    write(id, ...Array.from({ length: 50_000 }, (_, i) => `flood ${i}`))
    let shown = 0
    let event = await stream.next()
    for (; event?.event === 'log'; event = await stream.next())
      expect(event.data).toEqual({ line: `flood ${shown++}` })
    expect(shown).toBeLessThanOrEqual(1_000)
    expect(event).toMatchObject({ event: 'left-out', data: { lines: 50_000 - shown } })
    write(id, 'afterwards')
    expect((await stream.next())?.data).toEqual({ line: 'afterwards' })
    stream.cut()
    await nobodyFollows(id)
  })

  it('goes on with a provisioner that was started anew, and says that lines may be missing', async () => {
    const { id } = await directory.school('ACTIVE')
    const stream = await follow(id)
    write(id, 'before')
    expect((await stream.next())?.data).toEqual({ line: 'before' })
    await answering.close()
    await nobodyFollows(id)
    answering = await startAnswering()
    // The directory asks again by itself after a while, and at once when its connection was made again.
    gate.shut()
    gate.open()
    expect(await stream.next()).toMatchObject({ event: 'left-out', data: { lines: null } })
    write(id, 'after')
    expect((await stream.next())?.data).toEqual({ line: 'after' })
    stream.cut()
    await nobodyFollows(id)
  })

  it('is ended by the provisioner itself when nobody asks for it any more', async () => {
    const { id } = await directory.school('ACTIVE')
    await directory.db.$executeRaw`select pg_notify('provisioner_ask', ${JSON.stringify({
      kind: 'logs',
      id: crypto.randomUUID(),
      schoolId: id,
      lines: 1,
      followSeconds: 1,
    })})`
    await eventually(async () => (followers.get(id)?.size === 1 ? true : undefined))
    await nobodyFollows(id)
  })

  it('passes over what is no question and no answer', async () => {
    const { id } = await directory.school('ACTIVE')
    write(id, 'here')
    for (const channel of ['provisioner_ask', 'provisioner_answer'])
      for (const payload of ['', 'x', '{}', `${crypto.randomUUID()} 0 0/1 {`, '{"kind":"logs"}'])
        await directory.db.$executeRaw`select pg_notify(${channel}, ${payload})`
    await waitUntilAnswered(id)
  })
})
