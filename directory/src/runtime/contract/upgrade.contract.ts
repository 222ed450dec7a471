import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { type Observation, SchoolStartError, type SchoolSpec } from '../school-runtime.ts'
import { BROKEN_SAYS } from '../testing/runtime-harness.ts'
import { eventually, type RuntimeUnderTest } from '../testing/runtime-under-test.ts'
import { NO_SUCH_RELEASE } from './failures.contract.ts'

const GRACE_MS = 8_000
const soon = () => AbortSignal.timeout(20_000)

export function describeUpgrade(underTest: RuntimeUnderTest): void {
  const { harness, runtime, newSpec, askHealth, expectOne, expectGone } = underTest

  /** A school that runs, and what it is to be upgraded to. */
  async function running(): Promise<{ spec: SchoolSpec; next: SchoolSpec; old: Observation }> {
    const spec = await newSpec()
    const old = await runtime().ensure(spec)
    return { spec, old, next: { ...spec, generation: 2, release: await harness().otherRelease() } }
  }

  describe('upgrading', () => {
    it('runs both beside each other until the old one is pruned', async () => {
      const { spec, next, old } = await running()
      const headers = harness().hopHeaders(spec)
      const staged = await runtime().stage(next)
      expect(staged).toMatchObject({ state: 'running', generation: 2, release: next.release })
      expect(staged.address).not.toBe(old.address)
      expect(await runtime().observe(spec.schoolId)).toEqual({ ...old, others: 1 })
      expect(await harness().countRunning(spec.code)).toBe(2)

      const promoted = await runtime().promote(spec.schoolId, next.release)
      expect(promoted).toMatchObject({ ...staged, others: 1 })
      expect(await runtime().observe(spec.schoolId)).toEqual(promoted)
      expect(await askHealth(old, headers)).toBe(200)
      expect(await askHealth(staged, headers)).toBe(200)

      await runtime().prune(spec.schoolId, GRACE_MS)
      await expectOne(spec, { generation: 2, address: staged.address, release: next.release })
      await expectGone(old)
    })

    it('stages one when asked twice, at once or later', async () => {
      const { spec, next } = await running()
      const [first, second] = await Promise.all([runtime().stage(next), runtime().stage(next)])
      const third = await runtime().stage({ ...next, generation: 3 })
      expect(second).toEqual(first)
      expect(third).toEqual(first)
      expect(await harness().countRunning(spec.code)).toBe(2)
    })

    it('replaces what was staged by other settings', async () => {
      const { spec, next } = await running()
      const first = await runtime().stage(next)
      const settings = { ...next.settings, LOG_LEVEL: 'debug' }
      const second = await runtime().stage({ ...next, settings, generation: 3 })
      expect(second.startedAt).not.toEqual(first.startedAt)
      expect(await harness().countRunning(spec.code)).toBe(2)
    })

    it('asks the school and what is staged each how it is', async () => {
      const { spec, next } = await running()
      const check = (which: 'current' | 'staged') => runtime().check(spec.schoolId, which, soon())
      expect(await check('staged')).toBe('nothing is staged')
      await runtime().stage(next)
      expect(await check('staged')).toBeUndefined()
      expect(await check('current')).toBeUndefined()
    })

    it('promotes once, however often it is asked', async () => {
      const { spec, next } = await running()
      await runtime().stage(next)
      const first = await runtime().promote(spec.schoolId, next.release)
      expect(await runtime().promote(spec.schoolId, next.release)).toEqual(first)
      await runtime().prune(spec.schoolId, GRACE_MS)
      await runtime().prune(spec.schoolId, GRACE_MS)
      expect(await runtime().promote(spec.schoolId, next.release)).toEqual({ ...first, others: 0 })
    })

    it('promotes nothing that is not staged', async () => {
      const { spec, next, old } = await running()
      await expect(runtime().promote(spec.schoolId, next.release)).rejects.toThrow(SchoolStartError)
      await runtime().stage(next)
      await expect(runtime().promote(spec.schoolId, NO_SUCH_RELEASE)).rejects.toThrow(
        SchoolStartError,
      )
      expect(await runtime().observe(spec.schoolId)).toEqual({ ...old, others: 1 })
    })

    it('ends what was staged when it is pruned before it was promoted', async () => {
      const { spec, next, old } = await running()
      await runtime().stage(next)
      await runtime().prune(spec.schoolId, GRACE_MS)
      await expectOne(spec, { address: old.address, generation: 1 })
    })

    it('goes back to where it came from', async () => {
      const { spec, next } = await running()
      await runtime().stage(next)
      await runtime().promote(spec.schoolId, next.release)
      await runtime().prune(spec.schoolId, GRACE_MS)
      await runtime().stage({ ...spec, generation: 3 })
      await runtime().promote(spec.schoolId, spec.release)
      await runtime().prune(spec.schoolId, GRACE_MS)
      await expectOne(spec, { generation: 3, release: spec.release })
    })

    it('leaves the old one answering, and nothing else, when the new one does not exist', async () => {
      const { spec, old } = await running()
      const attempt = runtime().stage({ ...spec, generation: 2, release: NO_SUCH_RELEASE })
      await expect(attempt).rejects.toThrow(SchoolStartError)
      await expectOne(spec, { address: old.address, generation: 1 })
    })

    it('leaves the old one answering, and nothing else, when the new one never listens', async () => {
      await underTest.begin({ startTimeoutMs: 4_000 })
      const { spec, old } = await running()
      const release = await harness().brokenRelease()
      const attempt = runtime().stage({ ...spec, generation: 2, release })
      await expect(attempt).rejects.toThrow(SchoolStartError)
      await expect(attempt).rejects.toThrow(BROKEN_SAYS)
      await expectOne(spec, { address: old.address, generation: 1 })
    })

    it('starts the old one again when it is killed while another one is staged', async () => {
      const { spec, next, old } = await running()
      await harness().endAbruptly(old)
      await runtime().stage(next)
      await eventually(async () => {
        const seen = await runtime().observe(spec.schoolId)
        expect(seen).toMatchObject({ state: 'running', generation: 1, release: spec.release })
      })
      await runtime().promote(spec.schoolId, next.release)
      await runtime().prune(spec.schoolId, GRACE_MS)
      await expectOne(spec, { generation: 2, release: next.release })
    })

    it('starts the new one again when it is killed after it was promoted', async () => {
      const { spec, next } = await running()
      await runtime().stage(next)
      const promoted = await runtime().promote(spec.schoolId, next.release)
      await runtime().prune(spec.schoolId, GRACE_MS)
      await harness().endAbruptly(promoted)
      await eventually(() =>
        expectOne(spec, { generation: 2, release: next.release, lastError: null }),
      )
    })

    it('ends both when the school is stopped, and neither by an older decision', async () => {
      const { spec, next, old } = await running()
      const staged = await runtime().stage(next)
      await runtime().stop(spec.schoolId, 1)
      expect(await harness().countRunning(spec.code)).toBe(2)
      await runtime().stop(spec.schoolId, 3)
      expect(await harness().countRunning(spec.code)).toBe(0)
      await Promise.all([expectGone(old), expectGone(staged)])
    })

    it('lets the old one answer what it was asked before it is ended', async () => {
      const { spec, next, old } = await running()
      const request = await beginSignIn(old, harness().hopHeaders(spec))
      await runtime().stage(next)
      await runtime().promote(spec.schoolId, next.release)
      const pruned = runtime().prune(spec.schoolId, GRACE_MS)
      // It takes nothing new any more: it was told to end.
      await eventually(() => expectGone(old))
      expect(await request.finish()).toContain('HTTP/1.1 401')
      await pruned
      await expectOne(spec, { release: next.release })
    })

    it('ends the old one when the grace is over, whatever it is answering', async () => {
      const { spec, next, old } = await running()
      const request = await beginSignIn(old, harness().hopHeaders(spec))
      await runtime().stage(next)
      await runtime().promote(spec.schoolId, next.release)
      await runtime().prune(spec.schoolId, 300)
      await request.closed
      await expectOne(spec, { release: next.release })
    })

    it('drops no request of those who ask where the school is', async () => {
      const { spec, next } = await running()
      const headers = harness().hopHeaders(spec)
      const answers: number[] = []
      let isOver = false
      const ask = async () => {
        while (!isOver)
          answers.push(await askHealth(await runtime().observe(spec.schoolId), headers))
      }
      const asking = Promise.all([ask(), ask(), ask()])
      await runtime().stage(next)
      await runtime().promote(spec.schoolId, next.release)
      await runtime().prune(spec.schoolId, GRACE_MS)
      isOver = true
      await asking
      expect(answers.length).toBeGreaterThan(10)
      expect(answers.filter((status) => status !== 200)).toEqual([])
    })
  })
}

/** A request of which half the body has been sent. */
async function beginSignIn({ address }: Observation, headers: Record<string, string>) {
  const { hostname, port } = new URL(`http://${address}`)
  const body = JSON.stringify({ username: 'nobody', password: 'no password' })
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => void (answer += chunk))
  const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve))
  await once(socket, 'connect')
  const lines = Object.entries({
    ...headers,
    host: hostname,
    'content-type': 'application/json',
    'content-length': String(body.length),
    // The answer says that the headers have arrived.
    expect: '100-continue',
  }).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.write(`POST /auth/login HTTP/1.1\r\n${lines.join('')}\r\n`)
  await eventually(() => expect(answer).toContain('100 Continue'))
  socket.write(body.slice(0, 10))
  return {
    closed,
    async finish() {
      socket.write(body.slice(10))
      await closed
      return answer
    },
  }
}
