import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import type { SchoolRuntime, SchoolSpec } from './school-runtime.ts'
import { type ProcessHarness, prepareProcessHarness } from './testing/process-harness.ts'
import { processesNaming } from './testing/processes-naming.ts'

let harness: ProcessHarness
let runtime: SchoolRuntime
let serial = 0

beforeAll(async () => {
  harness = await prepareProcessHarness()
})
afterAll(() => harness?.close())
afterEach(() => runtime?.close())

const newSpec = () => harness.newSpec(`PRO${++serial}`)
const eventually = (check: () => Promise<void> | void) =>
  vi.waitFor(check, { timeout: 15_000, interval: 20 })

async function occupy(port: number): Promise<Server> {
  const server = createServer().listen(port, '127.0.0.1')
  await once(server, 'listening')
  return server
}

const portOf = (address: string | null | undefined) => Number(address?.split(':')[1])

describe('the port of a school', () => {
  it('is kept from start to start', async () => {
    const spec = await newSpec()
    runtime = await harness.createRuntime()
    const first = await runtime.ensure(spec)
    await runtime.stop(spec.schoolId, 2)
    const second = await runtime.ensure({ ...spec, generation: 3, port: first.port })
    expect(second.address).toBe(first.address)
  })

  it('is replaced when somebody else has it, and the new one is kept', async () => {
    const spec = await newSpec()
    const squatter = await occupy(0)
    const taken = (squatter.address() as { port: number }).port
    runtime = await harness.createRuntime()
    const running = await runtime.ensure({ ...spec, port: taken })
    squatter.close()

    expect(running.state).toBe('running')
    expect(portOf(running.address)).not.toBe(taken)
    expect(running.port).toBe(portOf(running.address))
  })
})

describe('a school process', () => {
  it('names the data folder and its school in its command line, and is one', async () => {
    const spec = await newSpec()
    runtime = await harness.createRuntime()
    await runtime.ensure(spec)
    expect(processesNaming(harness.dataDir)).toEqual(harness.pidsOf(spec.code))
    expect(harness.pidsOf(spec.code)).toHaveLength(1)
  })

  it('finds its secrets in files that only this account can read', async () => {
    const spec = await newSpec()
    runtime = await harness.createRuntime()
    await runtime.ensure(spec)
    const dir = join(harness.dataDir, 'schools', spec.code, 'secrets')
    expect(readdirSync(dir).toSorted()).toEqual(Object.keys(spec.secrets).toSorted())
    for (const name of readdirSync(dir)) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
    expect(statSync(dir).mode & 0o777).toBe(0o700)
  })

  it.runIf(process.platform === 'linux')(
    'has the environment that was written for it and nothing of ours',
    async () => {
      process.env['SECRET_OF_THE_PARENT'] = 'do-not-hand-this-on'
      const spec = await newSpec()
      runtime = await harness.createRuntime()
      await runtime.ensure(spec)
      const environment = readFileSync(`/proc/${harness.pidsOf(spec.code)[0]}/environ`, 'utf8')
      delete process.env['SECRET_OF_THE_PARENT']

      const names = environment.split('\0').map((line) => line.split('=')[0])
      expect(names).toContain('JWT_SECRET_FILE')
      expect(names).not.toContain('JWT_SECRET')
      expect(names).not.toContain('PATH')
      expect(environment).not.toContain('do-not-hand-this-on')
      for (const secret of Object.values(spec.secrets)) expect(environment).not.toContain(secret)
    },
  )

  it('is killed when it does not end by itself in time', async () => {
    const spec = await newSpec()
    runtime = await harness.createRuntime({ stopGraceMs: 300 })
    await runtime.ensure(spec)
    const [pid] = harness.pidsOf(spec.code)
    // A process that is halted takes no SIGTERM.
    process.kill(Number(pid), 'SIGSTOP')
    expect(await runtime.stop(spec.schoolId, 2)).toMatchObject({ state: 'stopped' })
    expect(harness.pidsOf(spec.code)).toEqual([])
  })

  it('waits longer after every end, and gives up nothing', async () => {
    const spec = await newSpec()
    const pauses: number[] = []
    runtime = await harness.createRuntime({ backOffMs: 10, maxBackOffMs: 40 })
    let endedAt = 0
    runtime.onChange(({ state, lastError }) => {
      if (state === 'backing-off' && lastError) endedAt = performance.now()
      if (state === 'starting' && endedAt) pauses.push(performance.now() - endedAt)
    })
    const secrets = { ...spec.secrets, REFRESH_KEY: 'short' }
    await runtime.ensure({ ...spec, secrets }).catch(() => {})
    await eventually(() => expect(pauses.length).toBeGreaterThan(3))
    // A timer is never early: the lower bound alone says something.
    for (const [i, atLeast] of [10, 20, 40, 40].entries())
      expect(pauses[i]).toBeGreaterThanOrEqual(atLeast - 1)
  })

  it('has its log turned when it grows too long, and keeps writing', async () => {
    const spec = await newSpec()
    runtime = await harness.createRuntime({ maxLogBytes: 1_000 })
    const running = await runtime.ensure(spec)
    const file = join(harness.dataDir, 'schools', spec.code, 'log')
    writeFileSync(file, `${'old line\n'.repeat(200)}`, { flag: 'a' })
    await runtime.restart({ ...spec, generation: 2, port: running.port })

    expect(readFileSync(`${file}.1`, 'utf8')).toContain('old line')
    // It says that it listens a moment before it writes so.
    await eventually(() => expect(readFileSync(file, 'utf8')).toContain('"msg":"listening"'))
    expect(readFileSync(file, 'utf8')).not.toContain('old line')
    expect(await runtime.logs(spec, 50)).toContain('old line')
  })
})

describe('two processes of a school', () => {
  it('each have their own last words, though they write to one log', async () => {
    const spec = await newSpec()
    runtime = await harness.createRuntime()
    const running = await runtime.ensure(spec)
    let isOver = false
    const ask = async () => {
      while (!isOver) await fetch(`http://${running.address}/anything`).then((res) => res.text())
    }
    const asking = Promise.all([ask(), ask()])
    const secrets = { ...spec.secrets, DATABASE_URL: 'postgresql://nobody@127.0.0.1:1/nothing' }
    const attempt = runtime.stage({ ...spec, generation: 2, secrets })
    const reason = await attempt.then(String, String)
    isOver = true
    await asking
    expect(reason).toContain('could not start')
    expect(reason.split('\n')).not.toContain('request')
  })

  it('are started at once from the same files', async () => {
    const spec = await newSpec()
    runtime = await harness.createRuntime()
    const next = { ...spec, release: await harness.otherRelease() }
    // What is the school is started again, after a crash for instance, just when another one is staged.
    for (const generation of [1, 4, 7]) {
      await Promise.all([
        runtime.stage({ ...next, generation }),
        runtime.ensure({ ...spec, generation: generation + 1 }),
      ])
      expect(harness.pidsOf(spec.code)).toHaveLength(2)
      await runtime.stop(spec.schoolId, generation + 2)
    }
  })
})

describe('the end of the program', () => {
  async function startElsewhere(specs: SchoolSpec[]): Promise<ChildProcess> {
    const program = join(import.meta.dirname, 'testing', 'runtime-program.ts')
    const child = spawn(process.execPath, [program], {
      env: { SPECS: JSON.stringify(specs), DATA_DIR: harness.dataDir },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    })
    await once(child, 'message')
    return child
  }

  it('ends every school when the program is killed without a chance to stop them', async () => {
    const specs = [await newSpec(), await newSpec()]
    const program = await startElsewhere(specs)
    for (const { code } of specs) expect(harness.pidsOf(code)).toHaveLength(1)
    program.kill('SIGKILL')
    await eventually(() => expect(specs.flatMap(({ code }) => harness.pidsOf(code))).toEqual([]))
  })
})
