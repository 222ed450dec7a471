import { randomBytes } from 'node:crypto'
import {
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { writePrivateFile } from '@usms/service-kit/private-file'

/** A problem that the person at the terminal can mend; printed without a stack. */
export class StartError extends Error {}

export interface DataFolder {
  path: string
  file(name: string): string
  /** The text kept under this name; made once, 0600. */
  secret(name: string): string
  /** Puts the secret kept under one name in the place of another. */
  promoteSecret(name: string, to: string): void
  unlock(): void
}

/**
 * Opens the data folder for this program alone.
 * @throws StartError when it cannot be made or written, or when a running program holds it
 */
export function openDataFolder(path: string): DataFolder {
  try {
    // Passable for the account that PostgreSQL runs under; what stands in it is closed by itself.
    mkdirSync(path, { recursive: true, mode: 0o755 })
    mkdirSync(join(path, 'keys'), { recursive: true, mode: 0o700 })
    mkdirSync(join(path, 'logs'), { recursive: true, mode: 0o700 })
    writeFileSync(join(path, '.writable'), '')
    rmSync(join(path, '.writable'))
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new StartError(
      `The data folder ${path} cannot be written (${code}). Make it writable for this user, or set USMS_DATA_DIR to another one.`,
      { cause: error },
    )
  }
  const lock = join(path, 'usms.pid')
  takeLock(lock, path)
  const file = (name: string) => join(path, name)

  return {
    path,
    file,
    secret(name) {
      const place = join(path, 'keys', name)
      try {
        return readFileSync(place, 'utf8')
      } catch (error) {
        // One that is there and cannot be read must not be replaced: what it sealed would be lost.
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        const text = randomBytes(32).toString('base64url')
        writePrivateFile(place, text)
        return text
      }
    },
    promoteSecret: (name, to) => renameSync(join(path, 'keys', name), join(path, 'keys', to)),
    unlock: () => rmSync(lock, { force: true }),
  }
}

function takeLock(lock: string, folder: string) {
  const own = `${lock}.${process.pid}`
  writeFileSync(own, String(process.pid), { mode: 0o600 })
  try {
    takeWith(own, lock, folder)
  } finally {
    rmSync(own, { force: true })
  }
}

function takeWith(own: string, lock: string, folder: string) {
  for (;;)
    try {
      // A link appears with its content: nobody reads a lock that does not name its holder yet.
      linkSync(own, lock)
      return
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
      const holder = existsSync(lock) ? Number(readFileSync(lock, 'utf8')) : 0
      if (isRunningStart(holder))
        throw new StartError(
          `USMS is running on ${folder} already (process ${holder}). Stop it, or set USMS_DATA_DIR to another folder.`,
        )
      // Left behind by a program that was killed.
      rmSync(lock, { force: true })
    }
}

/** Whether this process id is alive and is a program of ours: ids are given out again. */
function isRunningStart(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false
  try {
    process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('start')
  } catch {
    return true
  }
}
