import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { mkdtemp, realpath, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type EmbeddedPostgres, startEmbeddedPostgres } from './embedded-postgres.ts'

const isRoot = process.getuid?.() === 0
const log = pino({ level: 'silent' })
const servers: EmbeddedPostgres[] = []
let parent: string
let dataDir: string

beforeEach(async () => {
  parent = await realpath(await mkdtemp(join(tmpdir(), 'usms-embedded-')))
  chmodSync(parent, 0o711)
  dataDir = join(parent, 'data')
})

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.stop()))
  await rm(parent, { recursive: true, force: true })
})

async function start(dir = dataDir, port?: number) {
  const server = await startEmbeddedPostgres({
    dataDir: dir,
    log,
    durable: false,
    ...(port !== undefined && { port }),
  })
  servers.push(server)
  return server
}

async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<unknown[]>({ text: sql, rowMode: 'array' })
    return rows
  } finally {
    await client.end()
  }
}

const processesNaming = (text: string) =>
  execFileSync('ps', ['-ww', '-eo', 'args'], { encoding: 'utf8' })
    .split('\n')
    .filter((line) => line.includes(text))

async function failureOf(starting: Promise<unknown>): Promise<Error> {
  return starting.then(
    () => expect.fail('it started'),
    (error: Error) => error,
  )
}

describe('starting on an empty directory', () => {
  it('gives a PostgreSQL 17 with UTF-8, builtin collation and room for 400 connections', async () => {
    const { adminUrl } = await start()
    expect(await query(adminUrl, 'SHOW max_connections')).toEqual([['400']])
    expect(
      await query(
        adminUrl,
        `SELECT current_setting('server_version_num')::int / 10000, pg_encoding_to_char(encoding), datlocprovider, datlocale
         FROM pg_database WHERE datname = 'postgres'`,
      ),
    ).toEqual([[17, 'UTF8', 'b', 'C.UTF-8']])
  })

  it('keeps the password in a file only its owner reads, and lets nobody in without it', async () => {
    const { adminUrl, port } = await start()
    expect(statSync(join(dataDir, 'superuser-password')).mode & 0o077).toBe(0)
    expect(adminUrl).toContain(readFileSync(join(dataDir, 'superuser-password'), 'utf8'))
    await expect(
      query(`postgres://postgres:wrong@127.0.0.1:${port}/postgres`, 'SELECT 1'),
    ).rejects.toMatchObject({ code: '28P01' })
    expect(await query(adminUrl, 'SELECT DISTINCT auth_method FROM pg_hba_file_rules')).toEqual([
      ['scram-sha-256'],
    ])
  })

  it('carries as many sessions at once as it promises to', async () => {
    const { adminUrl } = await start()
    const clients = Array.from({ length: 250 }, () => new Client({ connectionString: adminUrl }))
    try {
      await Promise.all(clients.map((client) => client.connect()))
      const last = await clients
        .at(-1)
        ?.query<{ sessions: number }>(
          `SELECT count(*)::int AS sessions FROM pg_stat_activity WHERE backend_type = 'client backend'`,
        )
      expect(last?.rows[0]?.sessions).toBe(250)
    } finally {
      await Promise.all(clients.map((client) => client.end()))
    }
  })

  it('makes one server of two starts at once', async () => {
    const [one, other] = await Promise.all([start(), start()])
    expect(one.adminUrl).toBe(other.adminUrl)
    expect([one.adopted, other.adopted].sort()).toEqual([false, true])
  })
})

describe('starting again', () => {
  it('finds the data, the password and the port of the last time', async () => {
    const first = await start()
    await query(first.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const second = await start()
    expect(second.adminUrl).toBe(first.adminUrl)
    expect(second.adopted).toBe(false)
    expect(await query(second.adminUrl, 'SELECT answer FROM kept')).toEqual([[42]])
  })

  it('adopts the server that a killed program left behind', async () => {
    const program = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { startEmbeddedPostgres } from ${JSON.stringify(new URL('./embedded-postgres.ts', import.meta.url).href)}
         import { pino } from ${JSON.stringify(import.meta.resolve('pino'))}
         await startEmbeddedPostgres({ dataDir: process.argv[1], log: pino({ level: 'silent' }), durable: false })
         console.log('started')
         setInterval(() => {}, 1000)`,
        dataDir,
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    )
    await once(program.stdout, 'data')
    program.kill('SIGKILL')
    await once(program, 'exit')

    const adopted = await start()
    expect(adopted.adopted).toBe(true)
    expect(await query(adopted.adminUrl, 'SELECT 1')).toEqual([[1]])
    await adopted.stop()
    expect(processesNaming(dataDir)).toEqual([])
  })

  it('recovers after the server itself was killed', async () => {
    const first = await start()
    await query(first.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const pid = Number(readFileSync(join(dataDir, 'cluster/postmaster.pid'), 'utf8').split('\n')[0])
    process.kill(pid, 'SIGKILL')
    const second = await start()
    expect(second.adopted).toBe(false)
    expect(await query(second.adminUrl, 'SELECT answer FROM kept')).toEqual([[42]])
  })

  it('is not held up by a pid file whose pid now belongs to another process', async () => {
    await (await start()).stop()
    const lines = [process.pid, join(dataDir, 'cluster'), 1, 1, '', '127.0.0.1', '', 'ready', '']
    writeFileSync(join(dataDir, 'cluster/postmaster.pid'), lines.join('\n'))
    expect((await start()).adopted).toBe(false)
  })

  it('takes another port, and keeps it, when its own is taken by somebody else', async () => {
    const first = await start()
    await first.stop()
    const squatter = createServer().listen(first.port, '127.0.0.1')
    await once(squatter, 'listening')
    try {
      const second = await start()
      expect(second.port).not.toBe(first.port)
      await second.stop()
      expect((await start()).port).toBe(second.port)
    } finally {
      squatter.close()
    }
  })
})

describe('stopping', () => {
  it('leaves no process, may be repeated, and cuts open sessions', async () => {
    const server = await start()
    const client = new Client({ connectionString: server.adminUrl })
    const cut = new Promise<Error>((resolve) => client.on('error', resolve))
    await client.connect()
    expect(processesNaming(dataDir).length).toBeGreaterThan(1)
    await Promise.all([server.stop(), server.stop()])
    await server.stop()
    expect(processesNaming(dataDir)).toEqual([])
    expect(await cut).toBeInstanceOf(Error)
  })

  it('can be ordered without waiting, from an exit handler', async () => {
    const server = await start()
    server.stopAtOnce()
    const deadline = Date.now() + 10_000
    while (processesNaming(dataDir).length > 0 && Date.now() < deadline) await sleep(20)
    expect(processesNaming(dataDir)).toEqual([])
  })
})

describe('what cannot be started', () => {
  it('says what to do when the data directory cannot be made', async () => {
    writeFileSync(join(parent, 'file'), '')
    const failure = await failureOf(start(join(parent, 'file/data')))
    expect(failure.message).toMatch(/file\/data cannot be made \(ENOTDIR\).*USMS_DATA_DIR/)
  })

  it.skipIf(isRoot)('says what to do when the data directory is not writable', async () => {
    mkdirSync(dataDir, { mode: 0o500 })
    expect((await failureOf(start())).message).toMatch(/is not writable.*USMS_DATA_DIR/)
  })

  it('refuses the data of another major version', async () => {
    await (await start()).stop()
    writeFileSync(join(dataDir, 'cluster/PG_VERSION'), '16\n')
    expect((await failureOf(start())).message).toMatch(/is of PostgreSQL 16; .* PostgreSQL 17/)
  })

  it("brings PostgreSQL's own last words when it does not come up", async () => {
    await (await start()).stop()
    await rm(join(dataDir, 'cluster/global/pg_control'))
    const failure = await failureOf(start())
    expect(failure.message).toMatch(/does not start .*postgres\.log.*pg_control/s)
    expect((failure.cause as Error).message).toContain('pg_control')
  })
})

describe.runIf(isRoot)('as root, in a directory the server account cannot reach', () => {
  it('keeps the database in a reachable place, says where, and finds it again', async () => {
    chmodSync(parent, 0o700)
    const first = await start()
    await query(first.adminUrl, 'CREATE TABLE kept AS SELECT 42 AS answer')
    const home = readFileSync(join(dataDir, 'cluster-elsewhere.txt'), 'utf8').split('\n')[0] ?? ''
    try {
      expect(existsSync(join(home, 'cluster/PG_VERSION'))).toBe(true)
      expect(processesNaming(dataDir).length).toBeGreaterThan(1)
      await first.stop()
      expect(processesNaming(dataDir)).toEqual([])
      expect(await query((await start()).adminUrl, 'SELECT answer FROM kept')).toEqual([[42]])
    } finally {
      await Promise.all(servers.splice(0).map((server) => server.stop()))
      expect(dirname(home)).toMatch(/^\/var\/(lib|tmp)\/usms$/)
      await rm(home, { recursive: true, force: true })
    }
  })
})
