import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { hashToken } from '@usms/service-kit/auth/opaque-token'
import { appliedLevel } from '@usms/service-kit/db/migrate'
import { type ClonedDatabase, cloneDatabase } from '@usms/service-kit/testing/postgres'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { createDb, type Db } from './db.ts'
import { PRISMA_DIR, schemaLevel } from './provision.ts'

const CLI = fileURLToPath(new URL('./cli.ts', import.meta.url))
const EMPTY = `usms_test_${inject('testPostgres').runId}_cli_empty`

let school: ClonedDatabase
let db: Db
let emptyUrl: string

beforeAll(async () => {
  const { adminUrl } = inject('testPostgres')
  school = await cloneDatabase({ prismaDir: PRISMA_DIR })
  db = createDb(school.url, 1)
  await onServer(`CREATE DATABASE ${EMPTY} TEMPLATE template0`)
  emptyUrl = Object.assign(new URL(adminUrl), { pathname: `/${EMPTY}` }).href
})
afterAll(async () => {
  await db.$disconnect()
  await school.drop()
  await onServer(`DROP DATABASE ${EMPTY} WITH (FORCE)`)
})

async function onServer(sql: string) {
  const client = new Client({ connectionString: inject('testPostgres').adminUrl })
  await client.connect()
  await client.query(sql)
  await client.end()
}

const start = (args: string[], env: Record<string, string>) =>
  spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] })

async function textOf(child: ChildProcess, stream: 'stdout' | 'stderr') {
  let text = ''
  for await (const chunk of child[stream] ?? []) text += String(chunk)
  return text
}

async function run(args: string[], env: Record<string, string> = {}) {
  const child = start(args, env)
  const [stdout, stderr, [code]] = await Promise.all([
    textOf(child, 'stdout'),
    textOf(child, 'stderr'),
    once(child, 'close'),
  ])
  return { stdout, stderr, code: code as number | null }
}

const seedSettings = () => ({
  DATABASE_URL: school.url,
  SCHOOL_CODE: 'HAND',
  SCHOOL_NAME: 'School by Hand',
})

describe('the command line of a school', () => {
  it.each([
    [[], 'Name a command'],
    [['paint'], 'No command “paint”'],
    [['migrate', 'twice'], 'No command “migrate twice”'],
    [['migrate', '--role', 'OWNER'], '--role belongs to invite-admin'],
    [['migrate', '--force'], '--force'],
  ])('ends with 2 and the usage for %j', async (args, why) => {
    const { code, stdout, stderr } = await run(args)
    expect(code).toBe(2)
    expect(stdout).toBe('')
    expect(stderr).toContain(why)
    for (const name of ['serve', 'migrate', 'seed', 'invite-admin'])
      expect(stderr).toMatch(new RegExp(`^  ${name} `, 'm'))
  })

  it('prints the usage when asked', async () => {
    const { code, stdout } = await run(['--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('Usage:')
  })

  it('ends with 1 and names every setting that is missing or wrong', async () => {
    const { code, stderr } = await run(['seed'], {
      SCHOOL_CODE: 'hand',
      SCHOOL_TIMEZONE: 'Mars/Base',
      SCHOOL_LOCALE: 'en_IN',
    })
    expect(code).toBe(1)
    for (const name of [
      'DATABASE_URL',
      'SCHOOL_CODE',
      'SCHOOL_NAME',
      'SCHOOL_TIMEZONE',
      'SCHOOL_LOCALE',
    ])
      expect(stderr).toContain(`${name}: `)
  })

  it('says which command comes first', async () => {
    const { code, stderr } = await run(['seed'], { ...seedSettings(), DATABASE_URL: emptyUrl })
    expect(code).toBe(1)
    expect(stderr).toContain('run migrate')
    const invited = await run(['invite-admin'], seedSettings())
    expect(invited.code).toBe(1)
    expect(invited.stderr).toContain('run seed')
  })

  it('migrates an empty database, reading its address from a file, and does nothing the second time', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'usms-cli-'))
    const file = join(folder, 'database-url')
    await writeFile(file, `${emptyUrl}\n`, { mode: 0o600 })
    const first = await run(['migrate'], { DATABASE_URL_FILE: file })
    expect(first).toMatchObject({ code: 0, stderr: '' })
    expect(first.stdout).toContain(`applied ${schemaLevel()}`)
    expect(await appliedLevel(emptyUrl)).toBe(schemaLevel())
    const second = await run(['migrate'], { DATABASE_URL_FILE: file })
    expect(second.code).toBe(0)
    expect(second.stdout).not.toContain('applied')
    await rm(folder, { recursive: true })
  })

  it('seeds once and leaves what is there; then invites with a link that is shown once', async () => {
    expect(await run(['seed'], seedSettings())).toMatchObject({ code: 0, stderr: '' })
    await run(['seed'], { ...seedSettings(), SCHOOL_NAME: 'Another name' })
    expect(await db.schoolSettings.findFirst()).toMatchObject({
      code: 'HAND',
      name: 'School by Hand',
      timezone: 'Asia/Kolkata',
    })
    expect(await db.user.findMany()).toMatchObject([{ username: 'admin', role: 'ADMIN' }])

    const settings = { ...seedSettings(), APP_URL: 'https://usms.example/app/' }
    const { code, stdout } = await run(['invite-admin', '--role', 'OWNER'], settings)
    expect(code).toBe(0)
    expect(stdout).toContain('Username: admin')
    const token = /^https:\/\/usms\.example\/app\/accept-invite\?school=HAND#token=(\S+)$/m.exec(
      stdout,
    )?.[1]
    const open = await db.invite.findMany({ where: { closedAt: null }, include: { user: true } })
    expect(open).toMatchObject([{ tokenHash: hashToken(token ?? ''), user: { role: 'OWNER' } }])

    const again = await run(['invite-admin'], settings)
    expect(again.stdout).not.toContain(token)
    expect(await db.invite.count({ where: { closedAt: null } })).toBe(1)
  })

  it('ends with 1 for a role that cannot be invited', async () => {
    const { code, stderr } = await run(['invite-admin', '--role', 'TEACHER'], seedSettings())
    expect(code).toBe(1)
    expect(stderr).toContain('--role is ADMIN or OWNER')
  })

  it('serves until it is told to stop', async () => {
    const hopSecret = 'test-only-hop-secret-of-sufficient-length'
    const child = start(['serve'], {
      ...seedSettings(),
      PORT: '0',
      JWT_SECRET: 'test-only-jwt-secret-of-sufficient-length',
      REFRESH_KEY: 'test-only-refresh-key-of-sufficient-length',
      HOP_SECRET: hopSecret,
    })
    const ended = once(child, 'close')
    const port = await new Promise<number>((resolve, reject) => {
      let text = ''
      child.stdout.on('data', (chunk) => {
        text += String(chunk)
        const found = /"port":(\d+).*"listening"/.exec(text)
        if (found) resolve(Number(found[1]))
      })
      void ended.then(() => reject(new Error(`ended before it listened: ${text}`)))
    })
    const headers = { 'X-School-Code': 'HAND', 'X-School-Secret': hopSecret }
    const health = await fetch(`http://127.0.0.1:${port}/health`, { headers })
    child.kill('SIGTERM')
    expect(await ended).toEqual([0, null])
    expect(health.status).toBe(200)
  })
})
