import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { bundleProgram } from '@usms/service-kit/build/bundle-program'
import { schemaLevelOf } from '@usms/service-kit/db/migrate'
import { readMarks } from './process/school-files.ts'

/** What a school's process runs: one file with everything in it but the native parts, which lie beside it. */
export interface SchoolBundle {
  entry: string
  /** Hash of everything it was made of: the name under which a school records what it runs. */
  release: string
  /** What people call it. */
  version: string
  /** The last migration it was built with; null of one that was built before this was written down. */
  schemaLevel: string | null
  /** V8's compiled code of the bundle: halves the time from spawn to ready. */
  compileCacheDir: string
}

const ROOT = fileURLToPath(new URL('../../../', import.meta.url))
const INPUTS = ['school-api/src', 'school-api/prisma', 'service-kit/src', 'package-lock.json']
/** Raise it when the way of bundling changes: sources alone do not tell. */
const RECIPE = 3
const RELEASES_KEPT = 3
const DESCRIPTION = 'release.json'

/**
 * Bundles the school API of this source tree into `<dataDir>/releases/<release>/main.mjs`, unless it is there already.
 * From sources a school needs twice the time to start and a third more memory. A release that was built half (kill -9)
 * is not seen: the folder gets its name last.
 * @throws Error when the sources do not compile or the folder cannot be written
 */
export async function buildSchoolBundle({ dataDir }: { dataDir: string }): Promise<SchoolBundle> {
  const release = await releaseOf(INPUTS)
  const releasesDir = releasesDirOf(dataDir)
  const dir = join(releasesDir, release)
  const entry = join(dir, 'main.mjs')
  if (existsSync(entry)) return bundleIn(dataDir, release)
  await mkdir(releasesDir, { recursive: true })
  const building = await mkdtemp(join(releasesDir, '.building-'))
  try {
    await bundleProgram({
      root: ROOT,
      entry: 'school-api/src/main.ts',
      outFile: join(building, 'main.mjs'),
    })
    await writeFile(join(building, DESCRIPTION), JSON.stringify(await describeSources()))
    // Two provisioners may have built the same release: whoever comes second uses the first one's.
    await rename(building, dir).catch((error: NodeJS.ErrnoException) => {
      if (!existsSync(entry)) throw error
    })
  } finally {
    await rm(building, { recursive: true, force: true })
  }
  await removeOldReleases(dataDir, release)
  return bundleIn(dataDir, release)
}

export const releasesDirOf = (dataDir: string) => join(dataDir, 'releases')

/** The bundle with this id; whether it is there shows its entry. */
export async function bundleIn(dataDir: string, release: string): Promise<SchoolBundle> {
  const dir = join(releasesDirOf(dataDir), release)
  const description = await readFile(join(dir, DESCRIPTION), 'utf8').then(
    (text) => JSON.parse(text) as Description,
    (): Description => ({ version: release, schemaLevel: null }),
  )
  return {
    entry: join(dir, 'main.mjs'),
    release,
    ...description,
    compileCacheDir: join(dir, 'compile-cache'),
  }
}

type Description = Pick<SchoolBundle, 'version' | 'schemaLevel'>

async function describeSources(): Promise<Description> {
  const manifest = await readFile(join(ROOT, 'school-api/package.json'), 'utf8')
  const { version } = JSON.parse(manifest) as { version: string }
  return { version, schemaLevel: schemaLevelOf(join(ROOT, 'school-api/prisma')) }
}

/** Of those before, what schools were started from stays, and some to go back to; every change of the sources makes another one. */
async function removeOldReleases(dataDir: string, current: string): Promise<void> {
  const releasesDir = releasesDirOf(dataDir)
  const inUse = new Set((await readMarks(dataDir)).flatMap(({ releases }) => releases))
  const others = (await readdir(releasesDir)).filter((name) => name !== current && !inUse.has(name))
  const dated = await Promise.all(
    others.map(async (name) => ({ name, at: (await stat(join(releasesDir, name))).mtimeMs })),
  )
  for (const { name } of dated.toSorted((a, b) => b.at - a.at).slice(RELEASES_KEPT))
    await rm(join(releasesDir, name), { recursive: true, force: true })
}

/** Paths and contents of everything a bundle is made of, and of what it is made for (it has native parts). */
async function releaseOf(inputs: readonly string[]): Promise<string> {
  const hash = createHash('sha256')
  hash.update(JSON.stringify([RECIPE, process.version, process.platform, process.arch]))
  for (const input of inputs)
    for (const file of await filesOf(join(ROOT, input)))
      hash.update(`\0${file.slice(ROOT.length)}\0`).update(await readFile(file))
  return hash.digest('hex').slice(0, 16)
}

async function filesOf(path: string): Promise<string[]> {
  if ((await stat(path)).isFile()) return [path]
  const entries = await readdir(path, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
