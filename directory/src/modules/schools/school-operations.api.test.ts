import { hashToken } from '@usms/service-kit/auth/opaque-token'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'
import { eventually, finish } from '#src/testing/provisioner-side.ts'

let directory: TestDirectory
let token: string
let deliver: (operationId: string) => Promise<unknown>
let delivered: string[]

beforeAll(async () => {
  directory = await startDirectory({
    deliver: (operationId) => deliver(operationId),
  })
  token = await directory.signIn()
  delivered = []
  deliver = async (operationId) => delivered.push(operationId)
})
afterAll(() => directory.stop())

const call = <Body = Record<string, unknown>>(method: string, path: string, body?: unknown) =>
  directory.call<Body>(method, `/owner/schools${path}`, { token, body })

const operationOf = (tenantId: string) =>
  directory.db.operation.findFirstOrThrow({
    where: { tenantId },
    orderBy: { id: 'desc' },
    include: { steps: { orderBy: { position: 'asc' } } },
  })

describe('POST /owner/schools/:id/provision', () => {
  it('records the operation with its steps, marks the school and delivers', async () => {
    const { id } = await directory.school('PENDING')
    const answer = await call<{ jobId: string }>('POST', `/${id}/provision`)
    expect(answer.status).toBe(202)
    expect(answer.headers.get('location')).toBe(`/owner/jobs/${answer.body.jobId}`)
    const operation = await operationOf(id)
    expect(operation).toMatchObject({
      id: answer.body.jobId,
      kind: 'PROVISION',
      status: 'QUEUED',
      input: {},
      requestedById: directory.owner.id,
    })
    expect(operation.steps.map(({ name, status }) => [name, status])).toEqual([
      ['create-database', 'PENDING'],
      ['migrate', 'PENDING'],
      ['seed', 'PENDING'],
      ['start-runtime', 'PENDING'],
      ['check-health', 'PENDING'],
      ['activate', 'PENDING'],
    ])
    expect(delivered).toContain(operation.id)
    const school = await directory.db.tenant.findUniqueOrThrow({ where: { id } })
    expect(school.status).toBe('PROVISIONING')
    const audit = await directory.db.ownerAudit.findMany({ where: { tenantId: id } })
    expect(audit).toMatchObject([{ action: 'school.provision', ownerId: directory.owner.id }])
  })

  it('answers with the unfinished job, however many ask at once', async () => {
    const { id } = await directory.school('PENDING')
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call<{ jobId: string }>('POST', `/${id}/provision`)),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    const jobIds = new Set(answers.map(({ body }) => body.jobId))
    expect(jobIds.size).toBe(1)
    expect(delivered.filter((jobId) => jobIds.has(jobId))).toHaveLength(1)
    expect(await directory.db.operation.count({ where: { tenantId: id } })).toBe(1)
  })

  it('makes a new job for a school that FAILED', async () => {
    const { id } = await directory.school('PENDING')
    const first = await call<{ jobId: string }>('POST', `/${id}/provision`)
    await finish(directory.db, first.body.jobId, 'FAILED', 'the disk is full')
    await directory.db.tenant.update({ where: { id }, data: { status: 'FAILED' } })
    const second = await call<{ jobId: string }>('POST', `/${id}/provision`)
    expect(second.status).toBe(202)
    expect(second.body.jobId).not.toBe(first.body.jobId)
  })

  it('returns 409 already_active for an ACTIVE school and wrong_state for a SUSPENDED one', async () => {
    const active = await directory.school('ACTIVE')
    const answer = await call('POST', `/${active.id}/provision`)
    expect([answer.status, answer.body.code]).toEqual([409, 'already_active'])
    const suspended = await directory.school('SUSPENDED')
    const other = await call('POST', `/${suspended.id}/provision`)
    expect([other.status, other.body.code]).toEqual([409, 'wrong_state'])
    expect(await directory.db.operation.count({ where: { tenantId: active.id } })).toBe(0)
  })

  it('keeps the operation when it cannot be delivered: the reconciler finds it', async () => {
    const usual = deliver
    deliver = async () => {
      throw new Error('the queue is away')
    }
    try {
      const { id } = await directory.school('PENDING')
      const answer = await call<{ jobId: string }>('POST', `/${id}/provision`)
      expect(answer.status).toBe(202)
      expect((await operationOf(id)).status).toBe('QUEUED')
    } finally {
      deliver = usual
    }
  })
})

describe('POST /owner/schools/:id/restart', () => {
  it('records a restart; a second call while it is unfinished is the same job', async () => {
    const { id } = await directory.school('ACTIVE')
    const first = await call<{ jobId: string }>('POST', `/${id}/restart`)
    const second = await call<{ jobId: string }>('POST', `/${id}/restart`)
    expect([first.status, second.status]).toEqual([202, 202])
    expect(second.body).toEqual(first.body)
    const operation = await operationOf(id)
    expect(operation.kind).toBe('RESTART')
    expect(operation.steps.map(({ name }) => name)).toEqual([
      'stop-runtime',
      'start-runtime',
      'check-health',
    ])
    expect((await directory.db.tenant.findUniqueOrThrow({ where: { id } })).status).toBe('ACTIVE')
  })
})

describe('POST /owner/schools/:id/admin-invite', () => {
  interface Invite {
    username: string
    token: string
    url: string
    expiresAt: string
  }

  const unfinishedInvite = (tenantId: string) =>
    eventually(() =>
      directory.db.operation.findFirst({
        where: { tenantId, kind: 'ADMIN_INVITE', status: 'QUEUED' },
      }),
    )

  it('gives the token once the school has stored its hash, and keeps the token nowhere', async () => {
    const { id, code } = await directory.school('ACTIVE')
    const asked = call<Invite>('POST', `/${id}/admin-invite`, { role: 'OWNER' })
    const operation = await unfinishedInvite(id)
    await finish(directory.db, operation.id, 'SUCCEEDED')
    const answer = await asked
    expect(answer.status).toBe(201)
    expect(answer.headers.get('cache-control')).toBe('no-store')
    const { token: secret, url, username, expiresAt } = answer.body
    expect(username).toBe('admin')
    expect(secret).toMatch(/^[\w-]{43}$/)
    expect(url).toBe(`http://localhost:4000/app/accept-invite?school=${code}#token=${secret}`)
    expect(operation.input).toEqual({ role: 'OWNER', tokenHash: hashToken(secret), expiresAt })
    const hoursLeft = (new Date(expiresAt).getTime() - Date.now()) / 3_600_000
    expect(hoursLeft).toBeGreaterThan(71.9)
    expect(hoursLeft).toBeLessThanOrEqual(72)
  })

  it('invites an ADMIN when no role is named', async () => {
    const { id } = await directory.school('ACTIVE')
    const asked = call('POST', `/${id}/admin-invite`)
    const operation = await unfinishedInvite(id)
    expect(operation.input).toMatchObject({ role: 'ADMIN' })
    await finish(directory.db, operation.id, 'SUCCEEDED')
    expect((await asked).status).toBe(201)
  })

  it('gives two that ask at once a stored token each, one after the other', async () => {
    const { id } = await directory.school('ACTIVE')
    const asked = Promise.all([1, 2].map(() => call<Invite>('POST', `/${id}/admin-invite`)))
    const hashes: unknown[] = []
    for (let i = 0; i < 2; i++) {
      const operation = await unfinishedInvite(id)
      hashes.push((operation.input as { tokenHash: string }).tokenHash)
      await finish(directory.db, operation.id, 'SUCCEEDED')
    }
    const answers = await asked
    expect(answers.map(({ status }) => status)).toEqual([201, 201])
    expect(answers.map(({ body }) => hashToken(body.token)).toSorted()).toEqual(hashes.toSorted())
  })

  it('returns 503 when the school could not take it', async () => {
    const { id } = await directory.school('ACTIVE')
    const asked = call('POST', `/${id}/admin-invite`)
    await finish(directory.db, (await unfinishedInvite(id)).id, 'FAILED', 'no such database')
    const answer = await asked
    expect([answer.status, answer.body.code]).toEqual([503, 'invite_not_stored'])
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(JSON.stringify(answer.body)).not.toContain('no such database')
  })

  it('withdraws an invite that nobody begins in time, so that it resets nothing later', async () => {
    const other = await startDirectory({ inviteTimeoutMs: 50 })
    try {
      const { id } = await other.school('ACTIVE')
      const answer = await other.call('POST', `/owner/schools/${id}/admin-invite`, {
        token: await other.signIn(),
      })
      expect(answer.status).toBe(503)
      const operation = await other.db.operation.findFirstOrThrow({ include: { events: true } })
      expect(operation).toMatchObject({ status: 'FAILED', events: [{ type: 'done' }] })
    } finally {
      await other.stop()
    }
  })

  it('returns 400 for a role that the platform does not give', async () => {
    const { id } = await directory.school('ACTIVE')
    expect((await call('POST', `/${id}/admin-invite`, { role: 'TEACHER' })).status).toBe(400)
    expect((await call('POST', `/${id}/admin-invite`, { user: 'x' })).status).toBe(400)
    expect(await directory.db.operation.count({ where: { tenantId: id } })).toBe(0)
  })
})
