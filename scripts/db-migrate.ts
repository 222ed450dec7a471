import { execFile } from 'node:child_process'
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { createMigrationSql } from '@usms/service-kit/db/migrate'

const SERVICES = ['directory', 'school-api']
const USAGE = `Usage: npm run db:migrate -- <${SERVICES.join('|')}> <name> [--empty]
  Writes a migration that leads from the datamodel at git HEAD to the one in the working tree.
  name     lower-case letters, digits and _
  --empty  an empty one, for SQL written by hand`

export interface AuthorOptions {
  /** The root of the repository. */
  root: string
  service: string
  name: string
  /** Makes the name's time stamp, in UTC. */
  now: Date
  empty?: boolean
}

/**
 * Writes `<service>/prisma/migrations/<yyyymmddhhmmss>_<name>/migration.sql`.
 * @returns the path of the file, from the root
 * @throws Error when nothing changed, or when a migration that is not committed yet already stands for the change
 */
export async function authorMigration(options: AuthorOptions): Promise<string> {
  const { root, service, name } = options
  if (!SERVICES.includes(service) || !/^[a-z0-9_]+$/.test(name)) throw new Error(USAGE)
  const schemaPath = `${service}/prisma/schema.prisma`
  const migrationsPath = `${service}/prisma/migrations`
  const existing = (await readdir(join(root, migrationsPath)).catch(() => [])).sort()
  const folders = existing.filter((entry) => entry !== 'migration_lock.toml')
  const committed = await git(root, 'ls-tree', '--name-only', `HEAD:${migrationsPath}`)
  const uncommitted = folders.filter((folder) => !committed.split('\n').includes(folder))
  // The comparison starts from HEAD: it would write the uncommitted one's statements a second time.
  if (uncommitted.length > 0 && !options.empty)
    throw new Error(
      `${migrationsPath}/${uncommitted.join(', ')} is not committed. Commit it with its datamodel first, ` +
        'or delete it and author one migration for the whole change.',
    )

  const sql = options.empty
    ? '-- Written by hand.\n'
    : await createMigrationSql({
        fromSchema: await git(root, 'show', `HEAD:${schemaPath}`),
        toSchema: await readFile(join(root, schemaPath), 'utf8'),
      })
  if (sql === '') throw new Error(`${schemaPath} asks for nothing that HEAD does not have`)

  const stamp = options.now.toISOString().replace(/\D/g, '').slice(0, 14)
  const folder = `${stamp}_${name}`
  const last = folders.at(-1)
  if (last !== undefined && folder <= last)
    throw new Error(`${folder} would be applied before ${last}; is the clock right?`)
  const file = `${migrationsPath}/${folder}/migration.sql`
  await mkdir(join(root, migrationsPath, folder), { recursive: true })
  await writeFile(join(root, file), sql)
  if (!existing.includes('migration_lock.toml'))
    await writeFile(join(root, migrationsPath, 'migration_lock.toml'), 'provider = "postgresql"\n')
  return file
}

/** Inside a git hook these point at another repository than the one that is asked about. */
const HOOK_VARIABLES = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX']
const gitEnv = () =>
  Object.fromEntries(Object.entries(process.env).filter(([name]) => !HOOK_VARIABLES.includes(name)))

/** Empty where HEAD, or the path in it, does not exist. */
const git = (root: string, ...args: string[]) =>
  promisify(execFile)('git', ['-C', root, ...args], { maxBuffer: 64_000_000, env: gitEnv() }).then(
    ({ stdout }) => stdout,
    (error: Error & { code?: unknown }) => {
      if (error.code === 'ENOENT')
        throw new Error('git is needed to compare with', { cause: error })
      return ''
    },
  )

if (import.meta.main) {
  const [service = '', name = '', ...flags] = process.argv.slice(2)
  try {
    const file = await authorMigration({
      root: join(import.meta.dirname, '..'),
      service,
      name,
      now: new Date(),
      empty: flags.includes('--empty'),
    })
    console.log(`Wrote ${file}. Read it, add what the datamodel cannot say, and commit both.`)
  } catch (error) {
    console.error((error as Error).message)
    process.exitCode = 1
  }
}
