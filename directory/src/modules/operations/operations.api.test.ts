import { once } from 'node:events'
import { connect } from 'node:net'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'
import { openEventStream } from '#src/testing/event-stream.ts'
import { eventually, finish, record } from '#src/testing/provisioner-side.ts'

let directory: TestDirectory
let token: string

beforeAll(async () => {
  directory = await startDirectory({ heartbeatMs: 100 })
  token = await directory.signIn()
})
afterAll(() => directory.stop())

const get = <Body = Record<string, unknown>>(path: string) =>
  directory.call<Body>('GET', path, { token })

async function job(of: TestDirectory = directory, as: string = token) {
  const { id: schoolId } = await of.school('PENDING')
  const path = `/owner/schools/${schoolId}/provision`
  const answer = await of.call<{ jobId: string }>('POST', path, { token: as })
  expect(answer.status).toBe(202)
  return { schoolId, jobId: answer.body.jobId }
}

const follow = (jobId: string, headers: Record<string, string> = {}) =>
  openEventStream(`${directory.url}/owner/jobs/${jobId}/events`, {
    authorization: `Bearer ${token}`,
    ...headers,
  })

describe('GET /owner/jobs/:jobId', () => {
  it('shows a job with its steps and its log in order', async () => {
    const { schoolId, jobId } = await job()
    await record(directory.db, jobId, 'log', { level: 'info', message: 'creating the database' })
    await record(directory.db, jobId, 'step', { name: 'create-database', status: 'RUNNING' })
    await record(directory.db, jobId, 'log', { level: 'warn', message: 'this takes long' })
    await directory.db.operationStep.updateMany({
      where: { operationId: jobId, name: 'create-database' },
      data: { status: 'FAILED', startedAt: new Date(), finishedAt: new Date(), error: 'no space' },
    })
    const answer = await get(`/owner/jobs/${jobId}`)
    expect(answer.status).toBe(200)
    expect(answer.body).toMatchObject({
      id: jobId,
      kind: 'PROVISION',
      schoolId,
      school: { code: expect.any(String), name: expect.any(String), status: 'PROVISIONING' },
      release: null,
      status: 'QUEUED',
      error: null,
      createdAt: expect.any(String),
      startedAt: null,
      finishedAt: null,
      logs: [
        { at: expect.any(String), level: 'info', message: 'creating the database' },
        { at: expect.any(String), level: 'warn', message: 'this takes long' },
      ],
    })
    const steps = answer.body.steps as Record<string, unknown>[]
    expect(steps).toHaveLength(6)
    expect(steps[0]).toEqual({
      name: 'create-database',
      status: 'FAILED',
      startedAt: expect.any(String),
      finishedAt: expect.any(String),
      error: 'no space',
    })
    expect(steps[5]).toMatchObject({ name: 'activate', status: 'PENDING', startedAt: null })
    expect(answer.body).not.toHaveProperty('input')
  })

  it('returns 404 for no job, 400 for what is no id, 401 for nobody', async () => {
    const { jobId } = await job()
    for (const end of ['', '/events']) {
      expect((await get(`/owner/jobs/${crypto.randomUUID()}${end}`)).status).toBe(404)
      expect((await get(`/owner/jobs/x${end}`)).status).toBe(400)
      expect((await directory.call('GET', `/owner/jobs/${jobId}${end}`)).status).toBe(401)
    }
  })
})

describe('GET /owner/schools/:id/jobs', () => {
  it('lists the jobs of a school, newest first, in pages', async () => {
    const { schoolId, jobId: first } = await job()
    await finish(directory.db, first, 'FAILED', 'no space')
    const again = await directory.call<{ jobId: string }>(
      'POST',
      `/owner/schools/${schoolId}/provision`,
      { token },
    )
    await job()
    const path = `/owner/schools/${schoolId}/jobs`
    const page = await get<{ items: { id: string }[]; nextCursor: string; total: number }>(
      `${path}?limit=1&count=true`,
    )
    expect(page.body.items.map(({ id }) => id)).toEqual([again.body.jobId])
    expect(page.body.total).toBe(2)
    const rest = await get(`${path}?limit=1&cursor=${page.body.nextCursor}`)
    expect(rest.body).toMatchObject({
      items: [{ id: first, status: 'FAILED', error: 'no space' }],
      nextCursor: null,
    })
  })

  it('returns 404 for no school, 400 for a bad cursor, 401 for nobody', async () => {
    const { schoolId } = await job()
    expect((await get(`/owner/schools/${crypto.randomUUID()}/jobs`)).status).toBe(404)
    expect((await get(`/owner/schools/${schoolId}/jobs?cursor=x`)).status).toBe(400)
    expect((await directory.call('GET', `/owner/schools/${schoolId}/jobs`)).status).toBe(401)
  })
})

describe('GET /owner/jobs/:jobId/events', () => {
  it('sends what was and what happens, in order, and ends after done', async () => {
    const { jobId } = await job()
    await record(directory.db, jobId, 'log', { level: 'info', message: 'one' })
    const stream = await follow(jobId)
    expect(stream.status).toBe(200)
    expect(stream.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(stream.headers.get('cache-control')).toBe('no-store, no-transform')
    expect(await stream.next()).toMatchObject({
      id: expect.stringMatching(/^\d+$/),
      event: 'log',
      data: { at: expect.any(String), level: 'info', message: 'one' },
    })
    await record(directory.db, jobId, 'step', { name: 'migrate', status: 'RUNNING' })
    expect(await stream.next()).toMatchObject({
      event: 'step',
      data: { name: 'migrate', status: 'RUNNING' },
    })
    await finish(directory.db, jobId, 'SUCCEEDED')
    expect(await stream.rest()).toMatchObject([{ event: 'done', data: { status: 'SUCCEEDED' } }])
  })

  it('goes on after the event that was seen last', async () => {
    const { jobId } = await job()
    const messages = ['one', 'two', 'three', 'four']
    for (const message of messages)
      await record(directory.db, jobId, 'log', { level: 'info', message })
    const first = await follow(jobId)
    await first.next()
    const seen = await first.next()
    first.cut()
    await finish(directory.db, jobId, 'FAILED', 'no space')
    const second = await follow(jobId, { 'last-event-id': String(seen?.id) })
    const events = await second.rest()
    expect(events.map(({ event, data }) => data['message'] ?? event)).toEqual([
      'three',
      'four',
      'done',
    ])
    // Nothing is left: 204 tells an EventSource to stay away.
    const third = await follow(jobId, { 'last-event-id': String(events.at(-1)?.id) })
    expect(third.status).toBe(204)
  })

  it('sends more events than one read takes', async () => {
    const { jobId } = await job()
    await directory.db.operationEvent.createMany({
      data: Array.from({ length: 450 }, (_, i) => ({
        operationId: jobId,
        type: 'log',
        data: { level: 'info', message: `line ${i}` },
      })),
    })
    await finish(directory.db, jobId, 'SUCCEEDED')
    const events = await (await follow(jobId)).rest()
    expect(events).toHaveLength(451)
    expect(events[449]?.data['message']).toBe('line 449')
  })

  it('keeps the events of two jobs apart', async () => {
    const [one, other] = [await job(), await job()]
    const streams = await Promise.all([follow(one.jobId), follow(other.jobId)])
    await record(directory.db, other.jobId, 'log', { level: 'info', message: 'other' })
    await record(directory.db, one.jobId, 'log', { level: 'info', message: 'one' })
    await finish(directory.db, one.jobId, 'SUCCEEDED')
    await finish(directory.db, other.jobId, 'SUCCEEDED')
    const [ofOne, ofOther] = await Promise.all(streams.map((stream) => stream.rest()))
    expect(ofOne?.map(({ data }) => data['message'])).toEqual(['one', undefined])
    expect(ofOther?.map(({ data }) => data['message'])).toEqual(['other', undefined])
  })

  it('gives signs of life while nothing happens', async () => {
    const { jobId } = await job()
    const stream = await follow(jobId)
    const event = stream.next()
    await eventually(async () => (stream.comments() >= 2 ? true : null))
    await record(directory.db, jobId, 'log', { level: 'info', message: 'at last' })
    expect(await event).toMatchObject({ data: { message: 'at last' } })
    stream.cut()
  })

  it('ends when the access token does, and goes on with the next one', async () => {
    let time = Date.now()
    const other = await startDirectory({ heartbeatMs: 100, now: () => new Date(time) })
    const { jobId } = await job(other, await other.signIn())
    const followAs = (as: string, headers: Record<string, string> = {}) =>
      openEventStream(`${other.url}/owner/jobs/${jobId}/events`, {
        authorization: `Bearer ${as}`,
        ...headers,
      })
    const first = await followAs(await other.signIn())
    await record(other.db, jobId, 'log', { level: 'info', message: 'before' })
    const seen = await first.next()
    time += 16 * 60_000
    expect(await first.next()).toBeNull()
    await record(other.db, jobId, 'log', { level: 'info', message: 'after' })
    const second = await followAs(await other.signIn(), { 'last-event-id': String(seen?.id) })
    expect(await second.next()).toMatchObject({ data: { message: 'after' } })
    second.cut()
    await other.stop()
  })

  it('ends for an operation that finished without saying so', async () => {
    const { jobId } = await job()
    const stream = await follow(jobId)
    await directory.db.operation.update({
      where: { id: jobId },
      data: { status: 'FAILED', error: 'withdrawn', finishedAt: new Date() },
    })
    expect(await stream.rest()).toEqual([
      { id: undefined, event: 'done', data: { status: 'FAILED', error: 'withdrawn' } },
    ])
  })

  it('loses nothing while the connection that announces events is lost', async () => {
    const other = await startDirectory()
    const admin = new Client({ connectionString: other.databaseUrl })
    await admin.connect()
    try {
      const as = await other.signIn()
      const { jobId } = await job(other, as)
      const stream = await openEventStream(`${other.url}/owner/jobs/${jobId}/events`, {
        authorization: `Bearer ${as}`,
      })
      const { rowCount } = await admin.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
          where application_name = 'directory-operations' and datname = current_database()`,
      )
      expect(rowCount).toBe(1)
      // Announced to nobody; the reconnect wakes the stream.
      await record(other.db, jobId, 'log', { level: 'info', message: 'unheard' })
      expect(await stream.next()).toMatchObject({ data: { message: 'unheard' } })
      await finish(other.db, jobId, 'SUCCEEDED')
      expect(await stream.rest()).toMatchObject([{ event: 'done' }])
    } finally {
      await admin.end()
      await other.stop()
    }
  })

  it('lets go of a client that went away, and of all when the directory closes', async () => {
    const other = await startDirectory()
    const as = await other.signIn()
    const { jobId } = await job(other, as)
    const url = `${other.url}/owner/jobs/${jobId}/events`
    const gone = await openEventStream(url, { authorization: `Bearer ${as}` })
    gone.cut()
    const staying = await openEventStream(url, { authorization: `Bearer ${as}` })
    const rest = staying.rest()
    // Fails on a connection to the database that is left open.
    await other.stop()
    expect(await rest).toEqual([])
  })

  it('returns 400 for a Last-Event-ID that it never sent', async () => {
    const { jobId } = await job()
    const answer = await directory.call('GET', `/owner/jobs/${jobId}/events`, {
      token,
      headers: { 'last-event-id': 'x' },
    })
    expect(answer.status).toBe(400)
    expect(answer.body.errors).toMatchObject([{ path: 'Last-Event-ID' }])
  })

  it('answers HEAD with its head alone', async () => {
    const { jobId } = await job()
    const answer = await directory.call('HEAD', `/owner/jobs/${jobId}/events`, { token })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('text/event-stream')
  })

  it('serves others while a client does not read, and that client once it does', async () => {
    const { jobId } = await job()
    const message = 'x'.repeat(100_000)
    await directory.db.operationEvent.createMany({
      data: Array.from({ length: 150 }, () => ({
        operationId: jobId,
        type: 'log',
        data: { level: 'info', message },
      })),
    })
    const { hostname, port } = new URL(directory.url)
    const socket = connect({ host: hostname, port: Number(port) })
    await once(socket, 'connect')
    socket.pause()
    socket.write(
      `GET /owner/jobs/${jobId}/events HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    )
    // Others are served meanwhile, and the slow one gets all of it once it reads.
    expect((await get(`/owner/jobs/${jobId}`)).status).toBe(200)
    await finish(directory.db, jobId, 'SUCCEEDED')
    let received = ''
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk))
    socket.resume()
    await eventually(async () => (received.includes('event: done') ? true : null))
    expect(received.split('event: log')).toHaveLength(151)
    socket.destroy()
  })
})
