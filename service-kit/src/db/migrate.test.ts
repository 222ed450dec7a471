import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { type QueryResultRow, Client } from 'pg'
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest'
import { appliedLevel, createMigrationSql, migrate, schemaLevelOf } from './migrate.ts'

const fixture = fileURLToPath(new URL('./fixtures/prisma', import.meta.url))
const LEVEL = '20260102000000_notes'
const { adminUrl, runId } = inject('testPostgres')
const name = `usms_test_${runId}_migrate`
let url: string
let prismaDir: string

async function query<Row extends QueryResultRow>(sql: string, at = url): Promise<Row[]> {
  const client = new Client({ connectionString: at })
  await client.connect()
  try {
    return (await client.query<Row>(sql)).rows
  } finally {
    await client.end()
  }
}

async function until(sql: string) {
  const deadline = Date.now() + 20_000
  while ((await query(sql)).length === 0) {
    if (Date.now() > deadline) expect.fail(`never true: ${sql}`)
    await sleep(20)
  }
}

async function addMigration(folder: string, sql: string) {
  await mkdir(join(prismaDir, 'migrations', folder))
  await writeFile(join(prismaDir, 'migrations', folder, 'migration.sql'), sql)
}

beforeEach(async () => {
  prismaDir = await mkdtemp(join(tmpdir(), 'usms-migrate-'))
  await cp(fixture, prismaDir, { recursive: true })
  await query(`CREATE DATABASE ${name} TEMPLATE template0`, adminUrl)
  const parsed = new URL(adminUrl)
  parsed.pathname = `/${name}`
  url = parsed.href
})

afterEach(async () => {
  // Without FORCE: fails when migrate() left a connection open.
  await query(`DROP DATABASE ${name}`, adminUrl)
  await rm(prismaDir, { recursive: true })
})

describe('migrate', () => {
  it('applies what is missing, in order, and nothing the second time', async () => {
    expect(await migrate({ url, prismaDir })).toEqual({
      applied: ['20260101000000_init', LEVEL],
      level: LEVEL,
    })
    expect(await query('SELECT text FROM note')).toEqual([{ text: 'one; two' }])
    expect(await migrate({ url, prismaDir })).toEqual({ applied: [], level: LEVEL })
  })

  it('applies each migration once when several do it at the same moment', async () => {
    const results = await Promise.all([1, 2, 3].map(() => migrate({ url, prismaDir })))
    expect(results.flatMap(({ applied }) => applied)).toEqual(['20260101000000_init', LEVEL])
    expect(await query('SELECT migration_name FROM _prisma_migrations')).toHaveLength(2)
  })

  it('leaves nothing of a migration that fails, says why, and goes on once it is mended', async () => {
    await addMigration('20260103000000_bad', 'CREATE TABLE half (id int); SELECT 1/0;')
    await expect(migrate({ url, prismaDir })).rejects.toThrow(
      /20260103000000_bad.*division by zero/s,
    )
    expect(await query(`SELECT to_regclass('half') AS half`)).toEqual([{ half: null }])
    expect(await appliedLevel(url)).toBe(LEVEL)

    await rm(join(prismaDir, 'migrations/20260103000000_bad'), { recursive: true })
    await addMigration('20260103000000_bad', 'CREATE TABLE half (id int);')
    expect((await migrate({ url, prismaDir })).applied).toEqual(['20260103000000_bad'])
    expect(await appliedLevel(url)).toBe('20260103000000_bad')
  })

  it('is done again after a kill in the middle of a migration', async () => {
    await addMigration('20260103000000_slow', 'CREATE TABLE slow (id int); SELECT pg_sleep(600);')
    const program = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { migrate } from ${JSON.stringify(new URL('./migrate.ts', import.meta.url).href)}
         await migrate({ url: process.argv[1], prismaDir: process.argv[2] })`,
        url,
        prismaDir,
      ],
      { stdio: 'inherit' },
    )
    await until(
      `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'`,
    )
    program.kill('SIGKILL')
    await once(program, 'exit')

    await writeFile(
      join(prismaDir, 'migrations/20260103000000_slow/migration.sql'),
      'CREATE TABLE slow (id int);',
    )
    expect((await migrate({ url, prismaDir })).applied).toEqual(['20260103000000_slow'])
  })

  it('only notes what a kill right after the migration left unnoted', async () => {
    await migrate({ url, prismaDir })
    await query(
      `UPDATE _prisma_migrations SET finished_at = NULL WHERE migration_name = '${LEVEL}'`,
    )
    expect(await appliedLevel(url)).toBe('20260101000000_init')
    expect(await migrate({ url, prismaDir })).toEqual({ applied: [], level: LEVEL })
    expect(await appliedLevel(url)).toBe(LEVEL)
    expect(await query('SELECT text FROM note')).toHaveLength(1)
  })

  it('can make an index without blocking writers', async () => {
    await addMigration(
      '20260103000000_index',
      '-- on its own\nCREATE INDEX CONCURRENTLY note_text ON note (text);\n',
    )
    expect((await migrate({ url, prismaDir })).level).toBe('20260103000000_index')
    expect(await query(`SELECT FROM pg_indexes WHERE indexname = 'note_text'`)).toHaveLength(1)
  })

  it('refuses when an applied migration was edited', async () => {
    await migrate({ url, prismaDir })
    await writeFile(join(prismaDir, 'migrations', LEVEL, 'migration.sql'), 'SELECT 1;')
    await expect(migrate({ url, prismaDir })).rejects.toThrow(/edited after.*20260102000000_notes/)
  })

  it('refuses a database that is ahead of this release', async () => {
    await migrate({ url, prismaDir })
    await rm(join(prismaDir, 'migrations', LEVEL), { recursive: true })
    await expect(migrate({ url, prismaDir })).rejects.toThrow(/does not know.*20260102000000_notes/)
  })

  it('says so when the server is not there', async () => {
    await expect(
      migrate({ url: 'postgres://nobody:x@127.0.0.1:1/none', prismaDir }),
    ).rejects.toThrow(/ECONNREFUSED/)
  })
})

describe('levels', () => {
  it('is the last migration of the folder, and of the database', async () => {
    expect(schemaLevelOf(prismaDir)).toBe(LEVEL)
    expect(await appliedLevel(url)).toBeNull()
    await migrate({ url, prismaDir })
    expect(await appliedLevel(url)).toBe(LEVEL)
  })

  it('does not exist where there is no migration', async () => {
    await rm(join(prismaDir, 'migrations'), { recursive: true })
    await mkdir(join(prismaDir, 'migrations'))
    expect(() => schemaLevelOf(prismaDir)).toThrow(/holds no migration/)
  })
})

describe('createMigrationSql', () => {
  it('writes what leads from one datamodel to another, without a database', async () => {
    const toSchema = await readFile(join(fixture, 'schema.prisma'), 'utf8')
    const fromNothing = await createMigrationSql({ fromSchema: '', toSchema })
    expect(fromNothing).toMatch(/CREATE TABLE "note"/)
    const fromSchema = toSchema.replace(/^.*writtenAt.*$/m, '')
    const step = await createMigrationSql({ fromSchema, toSchema })
    expect(step).toMatch(/^-- AlterTable\nALTER TABLE "note" ADD COLUMN\s+"writtenAt"/)
    expect(await createMigrationSql({ fromSchema: toSchema, toSchema })).toBe('')
  })

  it('says what is wrong with a datamodel it cannot read', async () => {
    await expect(
      createMigrationSql({ fromSchema: '', toSchema: 'model Note { id Strin @id }' }),
    ).rejects.toThrow(/schema\.prisma:1/)
  })
})
