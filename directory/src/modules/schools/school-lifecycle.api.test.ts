import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OperationKind } from '#src/modules/operations/operation-kinds.ts'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'
import { finish } from '#src/testing/provisioner-side.ts'

let directory: TestDirectory
let token: string
let delivered: string[]

beforeAll(async () => {
  delivered = []
  directory = await startDirectory({ deliver: async (operationId) => delivered.push(operationId) })
  token = await directory.signIn()
})
afterAll(() => directory.stop())

interface Refusal {
  code?: string
  details?: Record<string, unknown>
  jobId?: string
}

const call = <Body = Refusal>(method: string, path: string, body?: unknown) =>
  directory.call<Body>(method, `/owner/schools${path}`, { token, body })

const operationsOf = (tenantId: string) =>
  directory.db.operation.findMany({
    where: { tenantId },
    orderBy: { id: 'asc' },
    include: { steps: { orderBy: { position: 'asc' } } },
  })

const auditOf = (tenantId: string) =>
  directory.db.ownerAudit.findMany({ where: { tenantId }, orderBy: { id: 'asc' } })

const addOperation = (tenantId: string, kind: OperationKind) =>
  directory.db.operation.create({ data: { tenantId, kind }, select: { id: true } })

describe('POST /owner/schools/:id/upgrade', () => {
  it('records the operation with the release as it was said, delivers, and leaves the school as it is', async () => {
    const { id } = await directory.school('ACTIVE')
    const answer = await call('POST', `/${id}/upgrade`, { release: ' v1.2.3 ' })
    expect(answer.status).toBe(202)
    expect(answer.headers.get('location')).toBe(`/owner/jobs/${answer.body.jobId}`)
    const [operation] = await operationsOf(id)
    expect(operation).toMatchObject({
      id: answer.body.jobId,
      kind: 'UPGRADE',
      input: { release: 'v1.2.3' },
      requestedById: directory.owner.id,
    })
    expect(operation?.steps.map(({ name }) => name)).toEqual([
      'fetch-release',
      'migrate',
      'stage-runtime',
      'smoke-test',
      'switch',
      'drain',
    ])
    expect(delivered).toContain(answer.body.jobId)
    const path = `/owner/jobs/${answer.body.jobId}`
    const job = await directory.call('GET', path, { token })
    expect(job.body).toMatchObject({ release: 'v1.2.3', school: { status: 'ACTIVE' } })
    expect(await auditOf(id)).toMatchObject([
      { action: 'school.upgrade', ownerId: directory.owner.id, fields: ['release'] },
    ])
    const school = await directory.db.tenant.findUniqueOrThrow({ where: { id } })
    expect(school).toMatchObject({ status: 'ACTIVE', release: null, version: 1 })
  })

  it('answers with the job that runs for the same release, by whatever name it is called', async () => {
    const { id } = await directory.school('ACTIVE')
    const first = await call('POST', `/${id}/upgrade`, { release: 'latest' })
    const target = { id: 'sha256:1234', version: '1.2.3', schemaLevel: null }
    await directory.db.operation.update({
      where: { id: String(first.body.jobId) },
      data: { status: 'RUNNING', input: { release: 'latest', target } },
    })
    for (const release of ['latest', '1.2.3', 'sha256:1234']) {
      const again = await call('POST', `/${id}/upgrade`, { release })
      expect([again.status, again.body]).toEqual([202, first.body])
    }
    const other = await call('POST', `/${id}/upgrade`, { release: '1.2.4' })
    expect([other.status, other.body.code]).toEqual([409, 'operation_running'])
    expect(other.body.details).toEqual({ kind: 'UPGRADE', jobId: first.body.jobId })
    expect(await operationsOf(id)).toHaveLength(1)
  })

  it('makes one job of twenty requests at once', async () => {
    const { id } = await directory.school('ACTIVE')
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => call('POST', `/${id}/upgrade`, { release: 'v2' })),
    )
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]))
    expect(new Set(answers.map(({ body }) => body.jobId)).size).toBe(1)
    expect(await auditOf(id)).toHaveLength(1)
  })

  it.each(['PENDING', 'PROVISIONING', 'SUSPENDED', 'FAILED', 'ARCHIVED', 'ERASED'] as const)(
    'returns 409 wrong_state for a school that is %s',
    async (status) => {
      const { id } = await directory.school(status)
      const answer = await call('POST', `/${id}/upgrade`, { release: 'v2' })
      expect([answer.status, answer.body.code]).toEqual([409, 'wrong_state'])
      expect(await operationsOf(id)).toEqual([])
    },
  )

  it('returns 400 for what cannot be the name of a release', async () => {
    const { id } = await directory.school('ACTIVE')
    for (const release of ['', '  ', '-v', 'a b', '$(id)', 'x'.repeat(201), 7, null])
      expect((await call('POST', `/${id}/upgrade`, { release })).status, String(release)).toBe(400)
    expect((await call('POST', `/${id}/upgrade`)).status).toBe(400)
    expect((await call('POST', `/${id}/upgrade`, { release: 'v2', force: true })).status).toBe(400)
  })
})

describe('POST /owner/schools/:id/archive', () => {
  it.each(['PENDING', 'SUSPENDED', 'FAILED'] as const)(
    'records the operation for a school that is %s; asked again it is the same job',
    async (status) => {
      const { id } = await directory.school(status)
      const first = await call('POST', `/${id}/archive`)
      const second = await call('POST', `/${id}/archive`)
      expect([first.status, second.status]).toEqual([202, 202])
      expect(second.body).toEqual(first.body)
      const operations = await operationsOf(id)
      expect(operations).toMatchObject([{ kind: 'ARCHIVE', id: first.body.jobId }])
      expect(operations[0]?.steps.map(({ name }) => name)).toEqual([
        'destroy-runtime',
        'close-database',
        'mark-archived',
      ])
      expect(await auditOf(id)).toMatchObject([{ action: 'school.archive' }])
    },
  )

  it.each(['ACTIVE', 'PROVISIONING', 'ARCHIVED', 'ERASED'] as const)(
    'returns 409 wrong_state for a school that is %s',
    async (status) => {
      const { id } = await directory.school(status)
      const answer = await call('POST', `/${id}/archive`)
      expect([answer.status, answer.body.code]).toEqual([409, 'wrong_state'])
    },
  )

  it('lets nobody put the school into service while it is under way', async () => {
    const { id } = await directory.school('SUSPENDED')
    const { body } = await call('POST', `/${id}/archive`)
    const answer = await call('POST', `/${id}/resume`)
    expect([answer.status, answer.body.code]).toEqual([409, 'operation_running'])
    expect(answer.body.details).toEqual({ kind: 'ARCHIVE', jobId: body.jobId })
    await finish(directory.db, String(body.jobId), 'FAILED', 'no engine')
    expect((await call('POST', `/${id}/resume`)).status).toBe(200)
  })
})

describe('POST /owner/schools/:id/erase', () => {
  it('records the operation when the code was typed again; asked again it is the same job', async () => {
    const { id, code } = await directory.school('ARCHIVED')
    const first = await call('POST', `/${id}/erase`, { code: ` ${code.toLowerCase()} ` })
    const second = await call('POST', `/${id}/erase`, { code })
    expect([first.status, second.status]).toEqual([202, 202])
    expect(second.body).toEqual(first.body)
    const operations = await operationsOf(id)
    expect(operations).toMatchObject([{ kind: 'ERASE', id: first.body.jobId, input: {} }])
    expect(operations[0]?.steps.map(({ name }) => name)).toEqual([
      'destroy-runtime',
      'drop-database',
      'delete-secrets',
      'scrub-records',
      'certify',
    ])
    expect(await auditOf(id)).toMatchObject([{ action: 'school.erase', fields: [] }])
  })

  it('returns 422 code_mismatch for the code of another school', async () => {
    const [school, other] = [await directory.school('ARCHIVED'), await directory.school('ARCHIVED')]
    const answer = await call('POST', `/${school.id}/erase`, { code: other.code })
    expect([answer.status, answer.body.code]).toEqual([422, 'code_mismatch'])
    expect(await operationsOf(school.id)).toEqual([])
    expect(await auditOf(school.id)).toEqual([])
  })

  it('returns 400 without a code', async () => {
    const { id } = await directory.school('ARCHIVED')
    for (const body of [undefined, {}, { code: '' }, { code: null }])
      expect((await call('POST', `/${id}/erase`, body)).status).toBe(400)
  })

  it.each(['PENDING', 'PROVISIONING', 'ACTIVE', 'SUSPENDED', 'FAILED', 'ERASED'] as const)(
    'returns 409 wrong_state for a school that is %s',
    async (status) => {
      const { id, code } = await directory.school(status)
      const answer = await call('POST', `/${id}/erase`, { code })
      expect([answer.status, answer.body.code]).toEqual([409, 'wrong_state'])
    },
  )
})

describe('GET /owner/schools/:id/erasure', () => {
  it('returns the certificate, and 404 before there is one', async () => {
    const { id, code } = await directory.school('ERASED')
    expect((await call('GET', `/${id}/erasure`)).status).toBe(404)
    const document = {
      schoolId: id,
      code,
      name: code,
      requestedBy: directory.owner.id,
      archivedAt: null,
      erasedAt: new Date().toISOString(),
      removed: [{ kind: 'database', name: 'usms_x' }],
      verified: [{ what: 'database usms_x', found: 0 }],
      notes: ['Not covered: backups'],
    }
    await directory.db.erasureCertificate.create({
      data: { tenantId: id, issuedAt: new Date(), document },
    })
    const answer = await call('GET', `/${id}/erasure`)
    expect([answer.status, answer.body]).toEqual([200, document])
  })
})

describe('work of different kinds on one school', () => {
  it('does not run side by side', async () => {
    const active = await directory.school('ACTIVE')
    const restart = await call('POST', `/${active.id}/restart`)
    const upgrade = await call('POST', `/${active.id}/upgrade`, { release: 'v2' })
    expect([upgrade.status, upgrade.body.code]).toEqual([409, 'operation_running'])
    expect(upgrade.body.details).toEqual({ kind: 'RESTART', jobId: restart.body.jobId })

    const archived = await directory.school('ARCHIVED')
    const erase = await call('POST', `/${archived.id}/erase`, { code: archived.code })
    const provision = await call('POST', `/${archived.id}/provision`)
    expect([provision.status, provision.body.code]).toEqual([409, 'operation_running'])
    expect(provision.body.details).toEqual({ kind: 'ERASE', jobId: erase.body.jobId })
    const school = await directory.db.tenant.findUniqueOrThrow({ where: { id: archived.id } })
    expect(school.status).toBe('ARCHIVED')

    const suspended = await directory.school('SUSPENDED')
    await addOperation(suspended.id, 'UPGRADE')
    const archive = await call('POST', `/${suspended.id}/archive`)
    expect([archive.status, archive.body.code]).toEqual([409, 'operation_running'])
  })

  it('waits for no invite', async () => {
    const { id } = await directory.school('ACTIVE')
    await addOperation(id, 'ADMIN_INVITE')
    expect((await call('POST', `/${id}/restart`)).status).toBe(202)
  })

  it('may be asked for again once the other has ended', async () => {
    const { id } = await directory.school('ACTIVE')
    const restart = await call('POST', `/${id}/restart`)
    await finish(directory.db, String(restart.body.jobId), 'SUCCEEDED')
    expect((await call('POST', `/${id}/upgrade`, { release: 'v2' })).status).toBe(202)
  })

  it('leaves an owner free to suspend a school that is being upgraded', async () => {
    const { id } = await directory.school('ACTIVE')
    await call('POST', `/${id}/upgrade`, { release: 'v2' })
    expect((await call('POST', `/${id}/suspend`)).status).toBe(200)
  })
})

describe('an archived school', () => {
  it('is brought back by provisioning', async () => {
    const { id } = await directory.school('ARCHIVED')
    expect((await call('POST', `/${id}/provision`)).status).toBe(202)
    const school = await directory.db.tenant.findUniqueOrThrow({ where: { id } })
    expect(school.status).toBe('PROVISIONING')
  })

  it('can only be erased on once its data is going', async () => {
    const { id, code } = await directory.school('ARCHIVED')
    const { body } = await call('POST', `/${id}/erase`, { code })
    await directory.db.operationStep.updateMany({
      where: { operationId: String(body.jobId), name: 'drop-database' },
      data: { status: 'FAILED' },
    })
    await finish(directory.db, String(body.jobId), 'FAILED', 'no room')
    const provision = await call('POST', `/${id}/provision`)
    expect([provision.status, provision.body.code]).toEqual([409, 'half_erased'])
    const again = await call('POST', `/${id}/erase`, { code })
    expect(again.status).toBe(202)
    expect(again.body.jobId).not.toBe(body.jobId)
  })
})

describe('a school that is being erased', () => {
  it('is not changed while that runs', async () => {
    const { id, code } = await directory.school('ARCHIVED')
    const { body } = await call('POST', `/${id}/erase`, { code })
    const patch = await call('PATCH', `/${id}`, { name: 'Somebody' })
    expect([patch.status, patch.body.code]).toEqual([409, 'operation_running'])
    expect(patch.body.details).toEqual({ kind: 'ERASE', jobId: body.jobId })
    const school = await directory.db.tenant.findUniqueOrThrow({ where: { id } })
    expect(school).toMatchObject({ name: 'A school', version: 1 })
    await finish(directory.db, String(body.jobId), 'FAILED', 'no room')
    expect((await call('PATCH', `/${id}`, { name: 'Somebody' })).status).toBe(200)
  })
})

describe('an erased school', () => {
  it('is listed when it is asked for alone, and can still be read', async () => {
    const { id, code } = await directory.school('ERASED')
    interface Page {
      items: { code: string; status: string }[]
      total?: number
    }
    const listed = async (query: string) => {
      const { body } = await call<Page>('GET', `?q=${code}${query}`)
      return body.items.map((item) => item.code)
    }
    expect(await listed('')).toEqual([])
    expect(await listed('&status=ERASED')).toEqual([code])
    expect((await call('GET', `/${id}`)).body).toMatchObject({ code, status: 'ERASED' })
  })

  it('is not changed any more, and its code stays taken', async () => {
    const { id, code } = await directory.school('ERASED')
    const patch = await call('PATCH', `/${id}`, { name: 'Somebody' })
    expect([patch.status, patch.body.code]).toEqual([409, 'wrong_state'])
    for (const verb of ['provision', 'restart', 'suspend', 'resume', 'admin-invite'])
      expect((await call('POST', `/${id}/${verb}`)).status, verb).toBe(409)
    const again = await call('POST', '', { code, name: 'Another' })
    expect([again.status, again.body.code]).toEqual([409, 'code_taken'])
  })
})

const ASKED = [
  ['POST', 'upgrade', { release: 'v2' }],
  ['POST', 'archive', undefined],
  ['POST', 'erase', { code: 'ABC' }],
  ['GET', 'erasure', undefined],
] as const

describe.each(ASKED)('%s /owner/schools/:id/%s', (method, verb, body) => {
  it('returns 404 for no school, 400 for what is no id, 401 for nobody', async () => {
    const { id } = await directory.school('ACTIVE')
    expect((await call(method, `/${crypto.randomUUID()}/${verb}`, body)).status).toBe(404)
    expect((await call(method, `/x/${verb}`, body)).status).toBe(400)
    const nobody = await directory.call(method, `/owner/schools/${id}/${verb}`, { body })
    expect(nobody.status).toBe(401)
  })
})
