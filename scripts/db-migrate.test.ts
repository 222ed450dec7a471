import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { authorMigration } from './db-migrate.ts'

const service = 'school-api'
let root: string

const schema = (...fields: string[]) =>
  `datasource db {\n  provider = "postgresql"\n}\n\nmodel Note {\n  id Int @id\n  ${fields.join('\n  ')}\n\n  @@map("note")\n}\n`
const writeSchema = (text: string) =>
  writeFileSync(join(root, service, 'prisma/schema.prisma'), text)
// Nothing of ours: run from a git hook, its variables would make this commit to the project itself.
const GIT_ENV = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'x',
  GIT_AUTHOR_EMAIL: 'x@example.org',
  GIT_COMMITTER_NAME: 'x',
  GIT_COMMITTER_EMAIL: 'x@example.org',
}
const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { env: GIT_ENV })
const commitAll = () => {
  git('add', '--all')
  git('commit', '--quiet', '--message', 'x')
}
const author = (name: string, at: string, empty = false) =>
  authorMigration({ root, service, name, now: new Date(at), empty })

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'usms-author-'))
  mkdirSync(join(root, service, 'prisma'), { recursive: true })
  git('init', '--quiet')
})
afterEach(() => rm(root, { recursive: true }))

describe('db:migrate', () => {
  it('begins from nothing without a commit, and from HEAD afterwards', async () => {
    writeSchema(schema('text String'))
    const first = await author('init', '2026-01-02T03:04:05Z')
    expect(first).toBe('school-api/prisma/migrations/20260102030405_init/migration.sql')
    expect(readFileSync(join(root, first), 'utf8')).toContain('CREATE TABLE "note"')
    expect(readdirSync(join(root, service, 'prisma/migrations'))).toContain('migration_lock.toml')
    commitAll()

    writeSchema(schema('text String', 'pinned Boolean @default(false)'))
    const second = readFileSync(join(root, await author('pinned', '2026-01-03T00:00:00Z')), 'utf8')
    expect(second).toContain('ADD COLUMN')
    expect(second).not.toContain('CREATE TABLE')
  })

  it('refuses a second one before the first is committed', async () => {
    writeSchema(schema('text String'))
    await author('init', '2026-01-02T00:00:00Z')
    await expect(author('again', '2026-01-03T00:00:00Z')).rejects.toThrow(
      /20260102000000_init is not committed/,
    )
  })

  it('refuses when nothing changed, and writes an empty one when asked to', async () => {
    writeSchema(schema('text String'))
    await author('init', '2026-01-02T00:00:00Z')
    commitAll()
    await expect(author('nothing', '2026-01-03T00:00:00Z')).rejects.toThrow(/asks for nothing/)
    const file = await author('by_hand', '2026-01-03T00:00:00Z', true)
    expect(readFileSync(join(root, file), 'utf8')).toBe('-- Written by hand.\n')
  })

  it('refuses a name that would be applied before the last one', async () => {
    writeSchema(schema('text String'))
    await author('init', '2026-01-02T00:00:00Z')
    commitAll()
    writeSchema(schema('title String'))
    await expect(author('early', '2026-01-01T00:00:00Z')).rejects.toThrow(/applied before/)
  })

  it.each([
    ['web', 'x'],
    ['directory', 'Bad Name'],
    ['directory', '../x'],
    ['', ''],
  ])('answers %j %j with its usage', async (wrongService, name) => {
    await expect(
      authorMigration({ root, service: wrongService, name, now: new Date() }),
    ).rejects.toThrow(/^Usage: npm run db:migrate/)
  })
})
