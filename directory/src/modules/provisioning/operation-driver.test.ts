import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { STEPS_OF } from '#src/modules/operations/operation-kinds.ts'
import { RuntimeAwayError } from '#src/runtime/school-runtime.ts'
import type { Step } from './step.ts'
import { readWork, requestWork } from './testing/operations.ts'
import { prepareScriptedDriver, type ScriptedDriver } from './testing/scripted-driver.ts'

let scripted: ScriptedDriver

beforeAll(async () => {
  scripted = await prepareScriptedDriver()
})
afterAll(() => scripted?.close())
beforeEach(() => scripted.reset())

const PROVISION = STEPS_OF.PROVISION

const failOnce = (message: string): Step => {
  let failed = false
  return async () => {
    if (failed) return
    failed = true
    throw new Error(message)
  }
}

describe('driving an operation', () => {
  it('runs the steps in their order and tells every one of them, then that it is done', async () => {
    const { id, school } = await scripted.newWork()
    scripted.script.seed = ({ say }) => say('seeding')
    expect(await scripted.newDriver().drive(id)).toEqual({ tenantId: school.id })

    expect(scripted.done).toEqual([...PROVISION])
    const work = await readWork(scripted.pool, id)
    expect(work).toMatchObject({ status: 'SUCCEEDED', error: null, leaseOwner: null, fence: 1 })
    expect(work.steps.map(({ status }) => status)).toEqual(PROVISION.map(() => 'SUCCEEDED'))
    const told = work.events.map(({ type, data }) =>
      type === 'step' ? `${String(data['name'])} ${String(data['status'])}` : type,
    )
    const expected = PROVISION.flatMap((name) => [
      `${name} RUNNING`,
      ...(name === 'seed' ? ['log'] : []),
      `${name} SUCCEEDED`,
    ])
    expect(told).toEqual([...expected, 'done'])
    expect(work.events.find(({ type }) => type === 'log')?.data).toEqual({
      level: 'info',
      message: 'seeding',
    })
  })

  it('does nothing for an operation that has ended, or that is not there', async () => {
    const { id } = await scripted.newWork()
    await scripted.newDriver().drive(id)
    scripted.done = []
    expect(await scripted.newDriver().drive(id)).toBeUndefined()
    expect(await scripted.newDriver().drive('00000000-0000-7000-8000-000000000000')).toBeUndefined()
    expect(scripted.done).toEqual([])
  })

  it('runs once when it is asked for several times at once, by one driver or by two', async () => {
    const { id } = await scripted.newWork()
    const [here, there] = [scripted.newDriver(), scripted.newDriver({ owner: 'there|data|2|b' })]
    await Promise.all([here.drive(id), here.drive(id), there.drive(id), there.drive(id)])
    expect(scripted.done).toEqual([...PROVISION])
  })
})

describe('what a step keeps', () => {
  it('is there for the steps after it, and for who takes over', async () => {
    const { id } = await scripted.newWork()
    scripted.script.migrate = ({ keep }) => keep({ one: 1, list: ['a'] })
    scripted.script.seed = ({ keep }) => keep({ two: 2, list: ['b'] })
    const seen: unknown[] = []
    scripted.script['start-runtime'] = async ({ operation }) => void seen.push(operation.input)
    await scripted.newDriver().drive(id)
    const kept = { one: 1, two: 2, list: ['b'] }
    expect(seen).toEqual([kept])
    const { rows } = await scripted.pool.query('select input from operation where id = $1', [id])
    expect(rows).toEqual([{ input: kept }])
  })

  it('is kept together with what is written with it, or not at all', async () => {
    const { id } = await scripted.newWork()
    scripted.script.seed = ({ keep }) =>
      keep({ done: true }, async (tx) => {
        await tx.query(`update tenant set name = 'half' where code like 'DRV%'`)
        throw new Error('cut off')
      })
    await scripted.newDriver().drive(id)
    const { rows } = await scripted.pool.query(
      `select o.input, t.name = 'half' as changed from operation o join tenant t on t.id = o.tenant_id where o.id = $1`,
      [id],
    )
    expect(rows).toEqual([{ input: {}, changed: false }])
  })
})

describe('a step that fails', () => {
  it('fails the operation and the school with the reason, and runs nothing after it', async () => {
    const { id } = await scripted.newWork()
    scripted.script.seed = failOnce('no room for seeds')
    await scripted.newDriver().drive(id)

    const work = await readWork(scripted.pool, id)
    expect(work).toMatchObject({
      status: 'FAILED',
      error: 'no room for seeds',
      schoolStatus: 'FAILED',
      leaseOwner: null,
    })
    expect(work.steps.map(({ status }) => status)).toEqual([
      'SUCCEEDED',
      'SUCCEEDED',
      'FAILED',
      'PENDING',
      'PENDING',
      'PENDING',
    ])
    expect(work.steps[2]?.error).toBe('no room for seeds')
    expect(work.events.slice(-2)).toEqual([
      { type: 'log', data: { level: 'error', message: 'no room for seeds' } },
      { type: 'done', data: { status: 'FAILED', error: 'no room for seeds' } },
    ])
    expect(scripted.done).toEqual(['create-database', 'migrate'])
  })

  it('keeps what was made: a second request starts over, finds it and ends well', async () => {
    const { id, school } = await scripted.newWork()
    scripted.script.seed = failOnce('no room for seeds')
    await scripted.newDriver().drive(id)
    await scripted.pool.query(`update tenant set status = 'PROVISIONING' where id = $1`, [
      school.id,
    ])
    const again = await requestWork(scripted.pool, school.id, 'PROVISION')
    await scripted.newDriver().drive(again)
    expect(await readWork(scripted.pool, again)).toMatchObject({ status: 'SUCCEEDED' })
    expect(scripted.done).toEqual(['create-database', 'migrate', ...PROVISION])
  })

  it('leaves an active school active when it was only to be restarted', async () => {
    const school = await scripted.newSchool('ACTIVE')
    const id = await requestWork(scripted.pool, school.id, 'RESTART')
    scripted.script['start-runtime'] = failOnce('it does not start')
    await scripted.newDriver().drive(id)
    expect(await readWork(scripted.pool, id)).toMatchObject({
      status: 'FAILED',
      schoolStatus: 'ACTIVE',
    })
  })

  it.each([
    ['UPGRADE', 'smoke-test', 'ACTIVE', 'ACTIVE'],
    ['ERASE', 'drop-database', 'ARCHIVED', 'ARCHIVED'],
    // Its runtime is gone and its database may be closed: what resumed it would start it in vain.
    ['ARCHIVE', 'close-database', 'SUSPENDED', 'FAILED'],
    ['ARCHIVE', 'close-database', 'FAILED', 'FAILED'],
  ] as const)('of %s at %s makes a school that is %s %s', async (kind, step, before, after) => {
    const school = await scripted.newSchool(before)
    const id = await requestWork(scripted.pool, school.id, kind)
    scripted.script[step] = failOnce('it cannot be done')
    await scripted.newDriver().drive(id)
    expect(await readWork(scripted.pool, id)).toMatchObject({
      status: 'FAILED',
      schoolStatus: after,
    })
  })

  it('tells nobody the password of a connection URL', async () => {
    const { id } = await scripted.newWork()
    scripted.script.migrate = failOnce('cannot reach postgres://usms:very-secret@localhost/usms')
    await scripted.newDriver().drive(id)
    const work = await readWork(scripted.pool, id)
    expect(JSON.stringify(work)).not.toContain('very-secret')
    expect(work.error).toContain('postgres://usms:***@localhost/usms')
  })

  it('is written down whatever bytes there are in it', async () => {
    const { id } = await scripted.newWork()
    scripted.script.seed = ({ say }) => say('half a character: \ud83d')
    scripted.script['check-health'] = failOnce('\u001b[31mlast words\u001b[0m: \0\ud83d\n\tmore')
    await scripted.newDriver().drive(id)
    const work = await readWork(scripted.pool, id)
    expect(work).toMatchObject({ status: 'FAILED', schoolStatus: 'FAILED' })
    expect(work.error).toBe('last words: \ufffd\ufffd\n\tmore')
  })

  it('tells nobody where files lie on this machine', async () => {
    const { id } = await scripted.newWork()
    scripted.script.seed = ({ say }) => say(`ENOENT: no such file, open '/srv/usms/keys/router'`)
    scripted.script['check-health'] = failOnce(
      'POST /auth/login: file:///srv/usms/releases/a1/main.mjs:1, see https://example.org/a/b/c',
    )
    await scripted.newDriver().drive(id)
    const work = await readWork(scripted.pool, id)
    expect(work.error).toBe('POST /auth/login: …/main.mjs:1, see https://example.org/a/b/c')
    const { rows } = await scripted.pool.query<{ data: unknown }>(
      'select data from operation_event where operation_id = $1',
      [id],
    )
    expect(JSON.stringify(rows)).toContain(`open '…/router'`)
    expect(JSON.stringify([work, rows])).not.toContain('/srv/usms')
  })

  it('is taken again while what everything stands on is away, however deep that is the cause', async () => {
    const { id } = await scripted.newWork()
    let times = 0
    scripted.script['start-runtime'] = async () => {
      if (++times < 3)
        throw new Error('it did not start', {
          cause: new Error('so', { cause: new RuntimeAwayError() }),
        })
    }
    await scripted.newDriver({ patienceMs: 60_000 }).drive(id)
    expect(times).toBe(3)
    expect(await readWork(scripted.pool, id)).toMatchObject({ status: 'SUCCEEDED', error: null })
  })

  it('says that PostgreSQL does not answer when that is why', async () => {
    const { id } = await scripted.newWork()
    scripted.script['create-database'] = async () => {
      const client = new pg.Client({ host: '127.0.0.1', port: 1 })
      await client.connect()
    }
    await scripted.newDriver().drive(id)
    expect((await readWork(scripted.pool, id)).error).toContain(
      'PostgreSQL does not answer (ECONNREFUSED)',
    )
  })
})
