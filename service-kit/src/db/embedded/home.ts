import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { constants } from 'node:fs'
import {
  access,
  chmod,
  lstat,
  mkdir,
  readFile,
  realpath,
  rename,
  stat,
  writeFile,
} from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { Logger } from 'pino'
import { type Binaries, copyBinaries, exists } from './binaries.ts'
import { endPostmaster, findLivingPostmaster } from './postmaster.ts'

/** The account PostgreSQL runs as when we are root: it refuses root. */
export interface Account {
  uid: number
  gid: number
}

/** Where a server's files are, and as whom it runs; `account` is undefined for "as ourselves". */
export interface Home {
  dir: string
  clusterDir: string
  binaries: Binaries
  account: Account | undefined
}

/** In the data directory: says that the database lies elsewhere. Its first line is read again at the next start. */
const NOTE = 'cluster-elsewhere.txt'
const isRoot = () => process.getuid?.() === 0

/**
 * Makes the data directory and settles where the database lies and as whom PostgreSQL runs. Not root: in the data
 * directory, as ourselves. Root: as the directory's owner, or as `postgres`, or as `nobody`; when that account cannot reach the
 * data directory (a parent with mode 0700, as /root has) or the binaries, both go below /var/lib/usms.
 * @throws Error saying what to do, when the directory cannot be used
 */
export async function settleHome(dataDir: string, binaries: Binaries, log: Logger): Promise<Home> {
  await makeDirectory(dataDir)
  const dir = await realpath(dataDir)
  const clusterDir = join(dir, 'cluster')
  if (!isRoot()) {
    await requireOurOwn(dir, clusterDir)
    return { dir, clusterDir, binaries, account: undefined }
  }
  const elsewhere = await readNote(dir)
  const settled = elsewhere ?? ((await exists(clusterDir)) ? dir : undefined)
  const account =
    (await ownerOf(join(settled ?? dir, 'cluster'))) ??
    (await ownerOf(dir)) ??
    (await serviceAccount())

  let home = settled
  if (!home)
    home = (await canPass(account, dir))
      ? dir
      : await makeHomeElsewhere(dir, account, log, binaries)
  else if (!(await canPass(account, home)))
    throw new Error(
      `The account PostgreSQL runs as (uid ${account.uid}) cannot reach ${home} any more. ` +
        'Give its parent directories the x permission for others again.',
    )
  const readable = (await canRun(account, binaries))
    ? binaries
    : await copyBinaries(binaries, await sharedRoot(account))
  return { dir: home, clusterDir: join(home, 'cluster'), binaries: readable, account }
}

async function makeDirectory(dataDir: string) {
  try {
    const firstMade = await mkdir(dataDir, { recursive: true, mode: 0o700 })
    if (!isRoot() || firstMade === undefined) return
    // The account of the server must pass through what root makes here; it need not list it.
    for (let dir = dataDir; dir.length >= firstMade.length; dir = dirname(dir))
      await chmod(dir, 0o711)
  } catch (cause) {
    throw new Error(
      `The data directory ${dataDir} cannot be made (${(cause as NodeJS.ErrnoException).code}). ` +
        'Set USMS_DATA_DIR to a directory this account can write to.',
      { cause },
    )
  }
}

async function requireOurOwn(dir: string, clusterDir: string) {
  try {
    await access(dir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch (cause) {
    throw new Error(
      `The data directory ${dir} is not writable for this account. ` +
        'Set USMS_DATA_DIR to a directory of your own, or change its owner.',
      { cause },
    )
  }
  const cluster = await stat(clusterDir).catch(() => undefined)
  if (cluster && process.getuid && cluster.uid !== process.getuid())
    throw new Error(
      `The database in ${clusterDir} belongs to another account (uid ${cluster.uid}). ` +
        'Start as that account, or set USMS_DATA_DIR to another directory.',
    )
}

/** The account that owns a path, unless that is root or the path is missing. */
async function ownerOf(path: string): Promise<Account | undefined> {
  const { uid, gid } = await stat(path).catch(() => ({ uid: 0, gid: 0 }))
  return uid === 0 ? undefined : { uid, gid }
}

async function serviceAccount(): Promise<Account> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n')
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = lines.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (uid && gid) return { uid: Number(uid) >>> 0, gid: Number(gid) >>> 0 }
  }
  throw new Error(
    'PostgreSQL refuses to run as root, and /etc/passwd has neither a "postgres" nor a "nobody" account. ' +
      'Start as an ordinary user, add a system account "postgres", or set POSTGRES_ADMIN_URL.',
  )
}

/** Asks the kernel, by trying as that account: modes alone do not tell (ACLs, mount options, user namespaces). */
const tryAs = (account: Account, test: string, ...args: string[]) =>
  promisify(execFile)('/bin/sh', ['-c', test, 'sh', ...args], {
    ...account,
    cwd: '/',
    env: {},
  }).then(
    () => true,
    () => false,
  )

/** Whether the account gets through to a directory, which is made passable itself where only its own mode forbids it. */
async function canPass(account: Account, dir: string): Promise<boolean> {
  if (!(await tryAs(account, 'cd -- "$1"', dirname(dir)))) return false
  if (await tryAs(account, 'cd -- "$1"', dir)) return true
  await chmod(dir, (await stat(dir)).mode | 0o011)
  return tryAs(account, 'cd -- "$1"', dir)
}

const canRun = (account: Account, { postgres, initdb, root }: Binaries) =>
  tryAs(
    account,
    'test -x "$1" && test -x "$2" && test -r "$3"',
    postgres,
    initdb,
    join(root, 'share/postgresql/postgres.bki'),
  )

async function readNote(dataDir: string): Promise<string | undefined> {
  const note = await readFile(join(dataDir, NOTE), 'utf8').catch(() => '')
  const home = note.split('\n')[0]?.trim()
  if (!home) return undefined
  if (await exists(home)) return home
  throw new Error(
    `${join(dataDir, NOTE)} says that the database lies in ${home}, which does not exist. ` +
      'Bring that directory back, or remove the note to begin with an empty database.',
  )
}

async function makeHomeElsewhere(
  dataDir: string,
  account: Account,
  log: Logger,
  { pgCtl }: Binaries,
) {
  const key = createHash('sha256').update(dataDir).digest('hex').slice(0, 16)
  const home = join(await sharedRoot(account), key)
  if (await exists(home)) {
    // Its note is gone, so its data directory was deleted or replaced. Whatever still runs on it must end; the
    // files are nobody's to delete.
    const clusterDir = join(home, 'cluster')
    const living = await findLivingPostmaster(clusterDir)
    if (living) await endPostmaster({ pid: living.pid, clusterDir, log, pgCtl })
    const aside = `${home}.left-${Date.now()}`
    await rename(home, aside)
    log.warn({ dataDir, aside }, 'a database of an earlier data directory was set aside')
  }
  await mkdir(home)
  await chmod(home, 0o711)
  await writeFile(
    join(dataDir, NOTE),
    `${home}\n\nPostgreSQL does not run as root, and the account it runs as (uid ${account.uid}) cannot reach\n` +
      `${basename(dataDir)}/. The database of this data directory therefore lies in the directory above.\n` +
      'Removing this file begins with an empty database.\n',
    { mode: 0o644 },
  )
  log.warn(
    { dataDir, home },
    'the data directory is out of reach for PostgreSQL; the database lies elsewhere',
  )
  return home
}

/** A directory of root's that every account can pass through and no other can write to. */
async function sharedRoot(account: Account): Promise<string> {
  for (const dir of ['/var/lib/usms', '/var/tmp/usms']) {
    await mkdir(dir, { mode: 0o755 }).catch(() => {})
    const found = await lstat(dir).catch(() => undefined)
    // In /var/tmp somebody else may have been first: what they control must not be run or trusted.
    if (!found?.isDirectory() || found.uid !== 0 || (found.mode & 0o022) !== 0) continue
    if (await canPass(account, dir)) return dir
  }
  throw new Error(
    `PostgreSQL refuses to run as root, and no place is reachable for the account it would run as (uid ${account.uid}). ` +
      'Start as an ordinary user, set USMS_DATA_DIR to a directory below one that all may pass (mode 0711), or set POSTGRES_ADMIN_URL.',
  )
}
