import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, rmdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { processesNaming } from '@usms/directory/runtime/testing/processes-naming'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Credentials } from './credentials.ts'
import { call } from '../testing/owner.ts'
import { eventually, freePort, newDataDir } from '../testing/program.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))

let dataDir: string
let port: number
let npm: ChildProcess
let printed = ''

beforeAll(async () => {
  dataDir = await newDataDir()
  port = await freePort()
})
afterEach(async () => {
  // Nothing but what this test has started: npm leads a process group of its own.
  if (npm.exitCode === null && npm.signalCode === null) process.kill(-(npm.pid ?? 0), 'SIGKILL')
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

/** As somebody at a terminal does: npm and the program in one process group. */
function npmStart(env: Record<string, string> = {}) {
  printed = ''
  npm = spawn('npm', ['start'], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOME: process.env.HOME,
      USMS_DATA_DIR: dataDir,
      PORT: String(port),
      DEMO: '0',
      WEB: '0',
      ...env,
    },
  })
  npm.stdout?.on('data', (text: Buffer) => (printed += text.toString()))
}
const until = (text: string) => eventually(async () => printed.includes(text) || undefined)
const ctrlC = () => process.kill(-(npm.pid ?? 0), 'SIGINT')
const exitCode = async () => {
  if (npm.exitCode === null) await once(npm, 'close')
  return npm.exitCode
}
const readCredentials = async () =>
  JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8')) as Credentials
const left = () => processesNaming(dataDir)

describe('npm start with a wrong setting', () => {
  it('names the setting that an owner’s password breaks, and writes no credentials', async () => {
    npmStart({ OWNER_PASSWORD: 'too short' })
    expect(await exitCode()).toBe(1)
    expect(printed).toContain('OWNER_PASSWORD must have at least 12 characters')
    expect(existsSync(join(dataDir, 'credentials.json'))).toBe(false)
    expect(left()).toEqual([])
  })

  it('names the setting of a PostgreSQL server that does not answer', async () => {
    npmStart({ POSTGRES_ADMIN_URL: `postgres://postgres@127.0.0.1:${await freePort()}/postgres` })
    expect(await exitCode()).toBe(1)
    expect(printed).toContain('The server of POSTGRES_ADMIN_URL cannot be used')
    expect(printed).toContain('ECONNREFUSED')
    expect(printed).not.toContain(' at ')
  })
})

describe('npm start', () => {
  it('builds the front end, and serves it at the address that it says to open', async () => {
    npmStart({ WEB: '1' })
    await until(`Ready at http://localhost:${port}/app/`)
    const page = await fetch(`http://127.0.0.1:${port}/app/`)
    expect([page.status, page.headers.get('content-type')]).toEqual([
      200,
      'text/html; charset=utf-8',
    ])
    const [script] = /\/app\/assets\/[\w-]+\.js/.exec(await page.text()) ?? []
    const { status } = await fetch(`http://127.0.0.1:${port}${script}`)
    expect([script, status]).toEqual([expect.any(String), 200])
    ctrlC()
    await exitCode()
    expect(left()).toEqual([])
  })

  it('starts PostgreSQL again when it was killed, and everybody finds it', async () => {
    npmStart()
    await until('Ready')
    const pidFile = join(dataDir, 'postgres', 'cluster', 'postmaster.pid')
    const pidOf = async () => Number((await readFile(pidFile, 'utf8')).split('\n')[0])
    const killed = await pidOf()
    process.kill(killed, 'SIGKILL')

    const url = `http://127.0.0.1:${port}`
    const { owner } = await readCredentials()
    await eventually(async () => (await pidOf().catch(() => killed)) !== killed || undefined)
    const token = await eventually(() =>
      call<{ accessToken: string }>(`${url}/owner/auth/login`, 'POST', owner).catch(
        () => undefined,
      ),
    )
    expect(token.accessToken).toBeTypeOf('string')
    ctrlC()
    await exitCode()
    expect(left()).toEqual([])
  })

  it('says what to do when the owner has a new password and demo schools are still to be made', async () => {
    const credentials = await readCredentials()
    const stale = { ...credentials, owner: { ...credentials.owner, password: 'an earlier one' } }
    const file = join(dataDir, 'credentials.json')
    await writeFile(file, JSON.stringify(stale))
    npmStart({ DEMO: '1' })
    expect(await exitCode()).toBe(1)
    expect(printed).toContain(`the owner's password in ${file}`)
    expect(left()).toEqual([])
    await writeFile(file, JSON.stringify(credentials))
  })

  it('does not replace a key that it cannot read', async () => {
    const key = join(dataDir, 'keys', 'school-secrets')
    const kept = `${key}.kept`
    await rename(key, kept)
    // Not even root can read a folder as a file.
    await mkdir(key)
    npmStart()
    expect(await exitCode()).toBe(1)
    expect(printed).toContain('EISDIR')
    expect(left()).toEqual([])
    await rmdir(key)
    await rename(kept, key)
  })
})

describe('Ctrl-C, which reaches npm and the program, and the program once more through npm', () => {
  it.each(['starting PostgreSQL', 'starting directory and provisioner', 'Ready'])(
    'after “%s” leaves nothing running, and the next start finds all as it was',
    async (text) => {
      // What is printed when a step is done; the first one is sent while PostgreSQL is being made.
      npmStart()
      await (text === 'starting PostgreSQL' ? until('data in') : until(text))
      ctrlC()
      await exitCode()
      expect(left()).toEqual([])
      expect(existsSync(join(dataDir, 'usms.pid'))).toBe(false)
    },
  )

  it('in the middle of onboarding leaves nothing running, and the next start goes on', async () => {
    npmStart({ DEMO: '1' })
    await eventually(async () => existsSync(join(dataDir, 'schools', 'GVPS', 'log')) || undefined)
    ctrlC()
    await exitCode()
    expect(printed).not.toContain('Ready')
    expect(left()).toEqual([])

    npmStart({ DEMO: '1' })
    await until('Ready')
    const schools = await call<{ code: string }[]>(`http://127.0.0.1:${port}/public/schools`, 'GET')
    expect(schools.map(({ code }) => code)).toEqual(['GVPS', 'LAKE'])
    const { schools: written } = await readCredentials()
    expect(written.map(({ code }) => code)).toEqual(['GVPS', 'LAKE'])
    ctrlC()
    await exitCode()
    expect(left()).toEqual([])
    // Two whole starts, the second with both demo schools.
  }, 90_000)
})
