import { randomUUID } from 'node:crypto'
import { conflict } from '@usms/service-kit/errors/app-error'
import { problemHandler } from '@usms/service-kit/http/problem'
import express from 'express'
import { pino } from 'pino'
import request, { type Response } from 'supertest'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  buildAdmin,
  buildEnrollment,
  buildHomeroom,
  buildSession,
  buildStudent,
  buildTeacher,
  buildYear,
} from '#src/testing/builders.ts'
import { AROUND_TODAY, day } from '#src/testing/days.ts'
import { type Client, startSchool, type TestSchool } from '#src/testing/school.ts'
import { whileHeld } from '#src/testing/while-held.ts'
import { createOnce } from './idempotency.ts'

const HOUR_MS = 3_600_000

let school: TestSchool
let adminId: string
let admin: Client
let otherAdmin: Client
let teacher: Client
let teacherId: string
let yearId: string

beforeAll(async () => {
  // Wide enough for every request of a race to be inside a transaction.
  school = await startSchool({ env: { DATABASE_POOL_SIZE: '24' } })
  const { db } = school
  const office = await buildAdmin(db)
  adminId = office.id
  admin = await school.as(office)
  otherAdmin = await school.as(await buildAdmin(db))
  const user = await buildTeacher(db)
  teacherId = user.id
  teacher = await school.as(user)
  yearId = (await buildYear(db, AROUND_TODAY)).id
})
beforeEach(() => {
  school.clock.now = null
})
afterAll(() => school.stop())

const aKey = () => randomUUID()
const aStudent = async () => (await buildStudent(school.db)).id
const aSection = async (capacity: number | null = null) =>
  (await buildHomeroom(school.db, { capacity })).id
const anEnrollment = async (overrides: object = {}) => ({
  studentUserId: await aStudent(),
  academicYearId: yearId,
  sectionId: await aSection(),
  ...overrides,
})
const enroll = (body: object, key: string, by: Client = admin) =>
  by.post('/enrollments').set('Idempotency-Key', key).send(body)
const isReplay = (answer: { headers: Record<string, string> }) =>
  answer.headers['idempotency-replayed'] === 'true'
const enrolledIn = (sectionId: string) =>
  school.db.studentEnrollment.count({ where: { sectionId } })

let slot = 0
/** A session of four days ago with one student on its roster, of which the teacher is one. */
async function aRegister() {
  const [sectionId, studentId] = [await aSection(), await aStudent()]
  await buildEnrollment(school.db, { studentId, yearId, sectionId })
  const start = Date.parse(`${day(-4)}T02:00:00Z`) + slot++ * 600_000
  const { id } = await buildSession(school.db, {
    sectionId,
    yearId,
    teacherIds: [teacherId],
    createdById: adminId,
    startsAt: new Date(start).toISOString(),
    endsAt: new Date(start + 600_000).toISOString(),
  })
  return { id, studentId, entries: [{ studentUserId: studentId, status: 'PRESENT' }] }
}
const mark = (body: object, key: string, by: Client = teacher) =>
  by.post('/attendance/mark').set('Idempotency-Key', key).send(body)

describe('the same key and body', () => {
  it('gets the first answer again: enrolling', async () => {
    const [body, key] = [await anEnrollment(), aKey()]
    const first = await enroll(body, key).expect(201)
    expect(isReplay(first)).toBe(false)
    // What happens to it meanwhile does not change what was answered.
    await admin.patch(`/enrollments/${first.body.id}`).send({ rollNo: 77 }).expect(200)
    const again = await enroll(body, key).expect(201)
    expect(isReplay(again)).toBe(true)
    expect(again.body).toEqual(first.body)
    expect(again.headers.location).toBe(first.headers.location)
    expect(again.headers.etag).toBe(first.headers.etag)
    expect(await enrolledIn(body.sectionId)).toBe(1)
    const audited = await school.db.auditEvent.count({
      where: { action: 'enrollment.create', subjectIds: { has: first.body.id } },
    })
    expect(audited).toBe(1)
  })

  it('gets the first answer again: enrolling many', async () => {
    const sectionId = await aSection()
    const enrollments = [await anEnrollment({ sectionId }), await anEnrollment({ sectionId })]
    const key = aKey()
    const send = () =>
      admin.post('/enrollments/bulk').set('Idempotency-Key', key).send({ enrollments }).expect(201)
    const first = await send()
    const again = await send()
    expect(isReplay(again)).toBe(true)
    expect(again.body).toEqual(first.body)
    expect(await enrolledIn(sectionId)).toBe(2)
  })

  it('gets the first answer again: marking a register, which it does not undo', async () => {
    const { id, studentId, entries } = await aRegister()
    const key = aKey()
    const body = { classSessionId: id, entries }
    const first = await mark(body, key).expect(200)
    await mark({ ...body, entries: [{ ...entries[0], status: 'ABSENT' }] }, aKey()).expect(200)
    const again = await mark(body, key).expect(200)
    expect(isReplay(again)).toBe(true)
    expect(again.body).toEqual(first.body)
    const entry = await school.db.attendanceEntry.findFirst({ where: { studentUserId: studentId } })
    expect(entry?.status).toBe('ABSENT')
  })

  it('is the same body in another order of its fields', async () => {
    const [body, key] = [await anEnrollment(), aKey()]
    const first = await enroll(body, key).expect(201)
    const again = await enroll(Object.fromEntries(Object.entries(body).toReversed()), key)
    expect([again.status, isReplay(again), again.body.id]).toEqual([201, true, first.body.id])
  })

  it('gets the first refusal again, also when the reason is gone', async () => {
    const { sectionId, ...rest } = await anEnrollment()
    const full = await aSection(1)
    const { body: taken } = await enroll(await anEnrollment({ sectionId: full }), aKey())
    const [body, key] = [{ ...rest, sectionId: full }, aKey()]
    const first = await enroll(body, key).expect(409)
    expect(isReplay(first)).toBe(false)
    await admin
      .patch(`/enrollments/${taken.id}`)
      .send({ status: 'WITHDRAWN', reason: 'Moved' })
      .expect(200)
    const again = await enroll(body, key).expect(409)
    expect(isReplay(again)).toBe(true)
    const { requestId: _, ...problem } = first.body
    expect(problem).toMatchObject({ code: 'capacity_exceeded', details: { capacity: 1 } })
    expect(again.body).toMatchObject(problem)
    await enroll(body, aKey()).expect(201)
    expect(await enrolledIn(sectionId)).toBe(0)
  })

  it('leaves nothing of what a refusal by the database has undone', async () => {
    // The other enrollment is not seen before ours is written, and in its way then.
    const [body, key, elsewhere] = [await anEnrollment(), aKey(), await aSection()]
    const { studentUserId, sectionId } = body
    const [refused] = await whileHeld(
      school.db,
      (tx) =>
        tx.studentEnrollment.create({
          data: {
            studentUserId,
            academicYearId: yearId,
            sectionId: elsewhere,
            joinedOn: new Date(`${day(0)}T00:00:00Z`),
          },
        }),
      () => [enroll(body, key)],
    )
    expect(refused).toMatchObject({ status: 409, body: { code: 'already_enrolled' } })
    const again = await enroll(body, key).expect(409)
    expect([isReplay(again), again.body.code]).toEqual([true, 'already_enrolled'])
    expect(await enrolledIn(sectionId)).toBe(0)
  })
})

describe('another body', () => {
  it('returns 422 and does nothing', async () => {
    const [body, key] = [await anEnrollment(), aKey()]
    await enroll(body, key).expect(201)
    const other = await anEnrollment()
    const answer = await enroll(other, key).expect(422)
    expect(answer.body).toMatchObject({
      code: 'idempotency_key_reused',
      errors: [{ path: 'Idempotency-Key' }],
    })
    expect(isReplay(answer)).toBe(false)
    expect(await enrolledIn(other.sectionId)).toBe(0)
    expect(isReplay(await enroll(body, key).expect(201))).toBe(true)
  })
})

describe('a key is one actor’s on one route', () => {
  it('and somebody else’s is another', async () => {
    const key = aKey()
    await enroll(await anEnrollment(), key).expect(201)
    expect(isReplay(await enroll(await anEnrollment(), key, otherAdmin).expect(201))).toBe(false)
    const enrollments = [await anEnrollment()]
    const bulk = await admin
      .post('/enrollments/bulk')
      .set('Idempotency-Key', key)
      .send({ enrollments })
      .expect(201)
    expect(isReplay(bulk)).toBe(false)
    const { id, entries } = await aRegister()
    await mark({ classSessionId: id, entries }, key, admin).expect(200)
  })

  it('and says nothing to whoever may not, or is nobody', async () => {
    const [body, key] = [await anEnrollment(), aKey()]
    await enroll(body, key).expect(201)
    await enroll(body, key, teacher).expect(403)
    await enroll(body, key, school.anonymous).expect(401)
  })
})

describe('requests at the same time', () => {
  it('do it once, of twenty with one key', async () => {
    const { id, entries } = await aRegister()
    const [body, key] = [await anEnrollment(), aKey()]
    const [markBody, markKey] = [{ classSessionId: id, entries }, aKey()]
    for (const send of [() => enroll(body, key), () => mark(markBody, markKey)]) {
      const answers = await Promise.all(Array.from({ length: 20 }, send))
      const done = answers.filter(({ status }) => status < 300)
      expect(done.filter((answer) => !isReplay(answer))).toHaveLength(1)
      expect(new Set(done.map((answer) => JSON.stringify(answer.body))).size).toBe(1)
      for (const answer of answers.filter(({ status }) => status >= 300)) {
        expect(answer.status).toBe(409)
        expect(answer.body.code).toBe('request_in_progress')
        expect(answer.headers['retry-after']).toBe('1')
      }
      expect(isReplay(await send())).toBe(true)
    }
    expect(await enrolledIn(body.sectionId)).toBe(1)
    const marked = await school.db.auditEvent.count({
      where: { action: 'register.mark', subjectIds: { has: id } },
    })
    expect(marked).toBe(1)
  })

  it('are told to wait while the first is under way', async () => {
    const { id, entries } = await aRegister()
    const [body, key] = [{ classSessionId: id, entries }, aKey()]
    const { first, early } = await whileItWaits(id, () => mark(body, key), {
      meanwhile: () => Promise.resolve(mark(body, key)),
    })
    expect(early).toMatchObject({ status: 409, body: { code: 'request_in_progress' } })
    expect(early.headers['retry-after']).toBe('1')
    expect(first.status).toBe(200)
    const late = await mark(body, key).expect(200)
    expect([isReplay(late), late.body]).toEqual([true, first.body])
  })

  it('do it anew after one whose connection broke', async () => {
    const { id, entries } = await aRegister()
    const [body, key] = [{ classSessionId: id, entries }, aKey()]
    const { first } = await whileItWaits(id, () => mark(body, key), {
      meanwhile: (pid) => school.db.$queryRaw`select pg_terminate_backend(${pid}::int)`,
    })
    expect(first.status).toBe(503)
    const again = await mark(body, key).expect(200)
    expect([isReplay(again), again.body.marked]).toEqual([false, 1])
  })
})

/** Sends while the session is locked, does something else once that waits, and lets go. */
async function whileItWaits<T>(
  sessionId: string,
  send: () => PromiseLike<Response>,
  { meanwhile }: { meanwhile: (pid: number) => PromiseLike<T> },
): Promise<{ first: Response; early: T }> {
  const started = await school.db.$transaction(
    async (tx) => {
      await tx.$queryRaw`select 1 from class_session where id = ${sessionId}::uuid for update`
      const first = Promise.resolve(send())
      const waiting = async () => {
        const rows = await school.db.$queryRaw<{ pid: number }[]>`
          select pid from pg_stat_activity
           where datname = current_database() and wait_event_type = 'Lock'`
        return rows.map(({ pid }) => pid)
      }
      await expect.poll(waiting, { timeout: 10_000, interval: 5 }).toHaveLength(1)
      const [pid = 0] = await waiting()
      return { first: [first], early: await meanwhile(pid) }
    },
    { timeout: 15_000 },
  )
  const [first] = await Promise.all(started.first)
  if (!first) throw new Error('nothing was sent')
  return { first, early: started.early }
}

describe('what is kept', () => {
  it('is kept for a day, and then the key is new', async () => {
    const start = Date.now()
    const [body, key] = [await anEnrollment(), aKey()]
    school.clock.now = new Date(start)
    await enroll(body, key).expect(201)
    school.clock.now = new Date(start + 24 * HOUR_MS - 1)
    expect(isReplay(await enroll(body, key).expect(201))).toBe(true)
    school.clock.now = new Date(start + 24 * HOUR_MS)
    const anew = await enroll(body, key).expect(409)
    expect([isReplay(anew), anew.body.code]).toEqual([false, 'already_enrolled'])
  })

  it('is removed when it is older than that', async () => {
    const start = Date.now() + 48 * HOUR_MS
    school.clock.now = new Date(start)
    await enroll(await anEnrollment(), aKey()).expect(201)
    school.clock.now = new Date(start + 25 * HOUR_MS)
    const key = aKey()
    await enroll(await anEnrollment(), key).expect(201)
    const rows = await school.db.keptAnswer.findMany()
    expect(rows.map((row) => row.key)).toEqual([key])
  })

  it('is a hash of the body, not the body', async () => {
    const { id, studentId, entries } = await aRegister()
    const key = aKey()
    await mark({ classSessionId: id, entries, reason: 'Seen in the yard' }, key).expect(200)
    const row = await school.db.keptAnswer.findFirstOrThrow({ where: { key } })
    expect(row).toMatchObject({
      userId: teacherId,
      route: 'POST /attendance/mark',
      bodyHash: expect.stringMatching(/^[0-9a-f]{64}$/),
      refusedWith: null,
      answer: { classSessionId: id, marked: 1, kept: 0, registerTaken: true },
    })
    expect(JSON.stringify(row)).not.toMatch(new RegExp(`${studentId}|yard`))
  })

  it('is neither a failure of ours nor what asks to try again, and of those no effect stays', async () => {
    for (const failure of [new Error('broken'), conflict('try_again', 'At the same time')]) {
      const outcomes: (Error | undefined)[] = [failure, undefined]
      const name = aKey()
      const app = express()
      const once = createOnce({ db: school.db, now: () => new Date() })
      app.post('/rooms', (req, res, next) => {
        const inTransaction = once({ actor: { userId: adminId }, req, res })
        inTransaction(async (tx) => {
          await tx.room.create({ data: { code: name, name } })
          const outcome = outcomes.shift()
          if (outcome) throw outcome
          return { name }
        }).then((answer) => res.json(answer), next)
      })
      app.use(problemHandler({ log: pino({ level: 'silent' }) }))
      const send = () => request(app).post('/rooms').set('Idempotency-Key', name)
      expect([409, 500]).toContain((await send()).status)
      const again = await send().expect(200)
      expect(isReplay(again)).toBe(false)
      const replayed = await send().expect(200)
      expect([isReplay(replayed), replayed.body]).toEqual([true, { name }])
      expect(await school.db.room.count({ where: { code: name } })).toBe(1)
    }
  })
})

describe('the header', () => {
  it('returns 400 for what is no key of 1 to 200 visible characters', async () => {
    for (const key of ['', 'a b', 'é', 'a\tb', 'k'.repeat(201)]) {
      const body = await anEnrollment()
      const answer = await enroll(body, key).expect(400)
      expect(answer.body).toMatchObject({
        code: 'invalid_input',
        errors: [{ path: 'Idempotency-Key' }],
      })
      expect(await enrolledIn(body.sectionId)).toBe(0)
    }
    await enroll(await anEnrollment(), `${aKey()}${'k'.repeat(164)}`).expect(201)
  })

  it('is not needed: without it every request stands for itself', async () => {
    const { id, entries } = await aRegister()
    const body = { classSessionId: id, entries }
    for (let i = 0; i < 2; i++) {
      const answer = await teacher.post('/attendance/mark').send(body).expect(200)
      expect(isReplay(answer)).toBe(false)
    }
  })
})
