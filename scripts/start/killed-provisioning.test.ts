import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

const STEPS = ['create-database', 'migrate', 'seed', 'start-runtime', 'check-health', 'activate']
const KILLABLE = fileURLToPath(new URL('../testing/killed-start.ts', import.meta.url))

/** One data folder; every round starts the whole program in it, lets it be killed, and starts it again. */
let folder: string
let port: number
let program: ChildProcess | undefined
const url = () => `http://127.0.0.1:${port}`

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'usms-killed-'))
  chmodSync(folder, 0o755)
  port = await freePort()
})

afterEach(stop)
afterAll(() => {
  rmSync(folder, { recursive: true, force: true })
})

describe('kill -9 of the whole program while a school is provisioned', () => {
  const rounds = STEPS.flatMap((step) => [`before:${step}`, `after:${step}`])
  it.each(rounds.map((round, i) => [round, `K${i + 1}`]))(
    '%s: the operation finishes by itself, with one of everything (%s)',
    async (round, code) => {
      await start(round)
      const owner = await signIn()
      const { id } = await call('POST', '/owner/schools', owner, { code, name: `Killed ${round}` })
      // The program may be gone before it can answer.
      await call('POST', `/owner/schools/${id}/provision`, owner).catch(() => undefined)
      await ended(program)
      expect(program?.signalCode).toBe('SIGKILL')

      await start()
      const school = await eventually(async () => {
        const found = await call('GET', `/owner/schools/${id}`, await signIn())
        return found.status === 'ACTIVE' ? found : undefined
      })
      expect(school.code).toBe(code)
      const { items } = await call('GET', `/owner/schools/${id}/jobs`, await signIn())
      expect(items.map((job) => job.status)).toEqual(['SUCCEEDED'])
      await expectOneOfEverything(code)
    },
    90_000,
  )
})

async function expectOneOfEverything(code: string) {
  const admin = new pg.Client({ connectionString: adminUrl() })
  await admin.connect()
  const count = async (sql: string) =>
    Number(
      (await admin.query(`select count(*) as n from ${sql}`, [`%usms_${code.toLowerCase()}%`]))
        .rows[0].n,
    )
  expect(await count('pg_database where datname like $1')).toBe(1)
  expect(await count('pg_roles where rolname like $1')).toBe(1)
  await admin.end()
  const school = new pg.Client({ connectionString: adminUrl(`usms_${code.toLowerCase()}`) })
  await school.connect()
  expect((await school.query('select username, role from app_user')).rows).toEqual([
    { username: 'admin', role: 'ADMIN' },
  ])
  expect((await school.query('select code from school_settings')).rows).toEqual([{ code }])
  await school.end()
  const processes = await eventually(async () => {
    const found = processesNaming(join(folder, 'releases')).filter((pid) =>
      readFileSync(`/proc/${pid}/environ`, 'utf8').includes(`SCHOOL_CODE=${code}\0`),
    )
    return found.length > 0 ? found : undefined
  })
  expect(processes).toHaveLength(1)
  const health = await fetch(`${url()}/proxy/${code}/health`)
  expect(health.status).toBe(200)
}

async function start(killAt = '') {
  program = spawn(process.execPath, [KILLABLE], {
    env: {
      PATH: process.env.PATH,
      USMS_DATA_DIR: folder,
      PORT: String(port),
      DEMO: '0',
      LOG_LEVEL: 'info',
      KILL_AT: killAt,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  await eventually(async () => {
    if (program?.exitCode !== null)
      throw new Error(`the program ended with ${program?.exitCode}; see ${folder}/logs`)
    return fetch(`${url()}/public/schools`).then(
      (answer) => answer.ok || undefined,
      () => undefined,
    )
  })
}

async function stop() {
  program?.kill('SIGTERM')
  await ended(program)
}

const ended = (child: ChildProcess | undefined) =>
  new Promise<void>((resolve) => {
    if (!child || child.exitCode !== null || child.signalCode !== null) return resolve()
    child.once('exit', () => resolve())
  })

const adminUrl = (database = 'postgres') => {
  const read = (name: string) => readFileSync(join(folder, 'postgres', name), 'utf8').trim()
  return `postgres://postgres:${encodeURIComponent(read('superuser-password'))}@127.0.0.1:${read('port')}/${database}`
}

function processesNaming(text: string): string[] {
  try {
    return execFileSync('pgrep', ['-f', text], { encoding: 'utf8' }).trim().split('\n')
  } catch {
    return []
  }
}

async function signIn(): Promise<string> {
  const { owner } = JSON.parse(readFileSync(join(folder, 'credentials.json'), 'utf8'))
  return (await call('POST', '/owner/auth/login', undefined, owner)).accessToken
}

/** What this test reads of answers. */
interface Answer {
  id: string
  status: string
  code: string
  accessToken: string
  items: { status: string }[]
}

async function call(method: string, path: string, token?: string, body?: unknown) {
  const answer = await fetch(url() + path, {
    method,
    headers: {
      ...(token && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  })
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`)
  return (await answer.json()) as Answer
}

/** Until it gives something, 30 s at most: what the issue of a crash is allowed to take. */
async function eventually<T>(look: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (Date.now() > deadline) throw new Error('it did not come within 30 s')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
