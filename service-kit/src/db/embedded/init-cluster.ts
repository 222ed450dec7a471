import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  chown,
  link,
  mkdir,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { exists } from './binaries.ts'
import type { Home } from './home.ts'
import { isRunning } from './postmaster.ts'

/** The name of PostgreSQL's superuser. */
export const SUPERUSER = 'postgres'

/** What PostgreSQL's programs get: none of our secrets, and no PG* variable that would steer them. */
export const SERVER_ENV = { PATH: '/usr/bin:/bin', LC_ALL: 'C' }

/** Only TCP on the loopback address, only with a password. */
const HBA = `# Written by USMS at initialisation.
host all all 127.0.0.1/32 scram-sha-256
`

/**
 * Makes the cluster where there is none yet: UTF-8, `builtin` C.UTF-8 collation, checksums, passwords over TCP only.
 * @throws Error when initdb fails, or the cluster there is of another major version
 */
export async function ensureCluster(home: Home, password: string, durable: boolean): Promise<void> {
  const { clusterDir, binaries, account } = home
  if (await exists(clusterDir)) return requireVersion(home)
  await sweepHalfMade(home.dir)

  // Made beside and renamed: a crash in the middle of initdb leaves no half cluster behind.
  const half = `${clusterDir}.init-${process.pid}-${randomBytes(4).toString('hex')}`
  const passwordFile = `${half}.password`
  try {
    await mkdir(half, { mode: 0o700 })
    await writeFile(passwordFile, password, { mode: 0o600, flag: 'wx' })
    if (account) {
      await chown(half, account.uid, account.gid)
      await chown(passwordFile, account.uid, account.gid)
    }
    await promisify(execFile)(
      binaries.initdb,
      [
        `--pgdata=${half}`,
        `--username=${SUPERUSER}`,
        `--pwfile=${passwordFile}`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--data-checksums',
        '--no-instructions',
        ...(durable ? [] : ['--no-sync']),
      ],
      { ...account, cwd: '/', env: SERVER_ENV },
    )
    await writeFile(join(half, 'pg_hba.conf'), HBA)
    await rename(half, clusterDir)
  } catch (error) {
    // Another process may have been first; its cluster has the same password.
    if (await exists(clusterDir)) return requireVersion(home)
    const { stderr, message } = error as Error & { stderr?: string }
    throw new Error(
      `A database cannot be made in ${home.dir}: ${stderr?.trim() || message}. ` +
        'Set USMS_DATA_DIR to another directory, or POSTGRES_ADMIN_URL to a PostgreSQL server.',
      { cause: error },
    )
  } finally {
    await rm(passwordFile, { force: true })
    await rm(half, { recursive: true, force: true })
  }
}

async function requireVersion({ clusterDir, binaries }: Home) {
  const found = await readFile(join(clusterDir, 'PG_VERSION'), 'utf8').then(
    (text) => text.trim(),
    () => undefined,
  )
  if (found === binaries.majorVersion) return
  throw new Error(
    found === undefined
      ? `${clusterDir} is not a PostgreSQL data directory. Move it away, or set USMS_DATA_DIR to another directory.`
      : `The database in ${clusterDir} is of PostgreSQL ${found}; this release brings PostgreSQL ${binaries.majorVersion}. ` +
          'Start the release that made it, or dump it there and restore it into a new data directory.',
  )
}

async function sweepHalfMade(homeDir: string) {
  for (const name of await readdir(homeDir)) {
    const pid = /^cluster\.init-(\d+)/.exec(name)?.[1]
    if (pid && !(await isRunning(Number(pid))))
      await rm(join(homeDir, name), { recursive: true, force: true })
  }
}

/** Reads the superuser's password, or makes one: 192 random bits in `superuser-password`, mode 0600. */
export async function readOrMakePassword({ dir }: Home): Promise<string> {
  const file = join(dir, 'superuser-password')
  if (!(await exists(file))) {
    const half = `${file}.${randomBytes(4).toString('hex')}`
    await writeFile(half, randomBytes(24).toString('base64url'), { mode: 0o600, flag: 'wx' })
    await giveToOwnerOf(dir, half)
    // A link fails where a rename would overwrite: of two processes at once both read the first one's password.
    await link(half, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    await rm(half)
  }
  return (await readFile(file, 'utf8')).trim()
}

/** The port of the last start, from `port`; undefined before the first one. */
export async function readPort({ dir }: Home): Promise<number | undefined> {
  const port = Number(await readFile(join(dir, 'port'), 'utf8').catch(() => ''))
  return Number.isInteger(port) && port > 0 && port < 65_536 ? port : undefined
}

export async function keepPort({ dir }: Home, port: number): Promise<void> {
  const half = join(dir, `port.${randomBytes(4).toString('hex')}`)
  await writeFile(half, `${port}\n`, { mode: 0o644 })
  await giveToOwnerOf(dir, half)
  await rename(half, join(dir, 'port'))
}

/** Root in somebody's directory: the files must stay usable for that one without root. */
export async function giveToOwnerOf(dir: string, file: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const { uid, gid } = await stat(dir)
  await chown(file, uid, gid)
}
