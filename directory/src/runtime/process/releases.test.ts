import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { schemaLevel } from '@usms/school-api/provision'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { buildSchoolBundle, releasesDirOf } from '../school-bundle.ts'
import { UnknownReleaseError } from '../school-runtime.ts'
import { createReleases } from './releases.ts'
import { markSchool } from './school-files.ts'

let dataDir: string

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'usms-releases-'))
})
afterEach(() => rm(dataDir, { recursive: true, force: true }))

/** The last one is the newest. */
async function addOldReleases(...ids: string[]) {
  for (const [index, id] of ids.entries()) {
    const dir = join(releasesDirOf(dataDir), id)
    await mkdir(dir, { recursive: true })
    await writeFile(join(dir, 'main.mjs'), '')
    await utimes(dir, index + 1, index + 1)
  }
}

const mark = (code: string, release: string) =>
  markSchool(dataDir, { schoolId: `id of ${code}`, code, release })

it('keeps the three newest of those before, and every one that a school was started from last or before', async () => {
  await addOldReleases('r1', 'r2', 'r3', 'r4', 'r5', 'r6', 'r7', 'r8')
  await mark('ONE', 'r1')
  await mark('TWO', 'r2')
  await mark('TWO', 'r3')
  await mark('TWO', 'r4')
  const { release } = await buildSchoolBundle({ dataDir })
  const left = (await readdir(releasesDirOf(dataDir))).toSorted()
  expect(left).toEqual(['r1', 'r3', 'r4', 'r6', 'r7', 'r8', release].toSorted())
})

it('describes what was built, and knows nothing of what was built before that was written down', async () => {
  await addOldReleases('r1')
  const current = await buildSchoolBundle({ dataDir })
  expect(current).toMatchObject({ version: '0.1.0', schemaLevel: schemaLevel() })
  expect(await buildSchoolBundle({ dataDir })).toEqual(current)
  const releases = createReleases({ dataDir, current })
  expect(await releases.find('r1')).toMatchObject({ version: 'r1', schemaLevel: null })
})

it('finds a release by its id, by a beginning that is long enough and its own, and by `current`', async () => {
  const current = await buildSchoolBundle({ dataDir })
  await addOldReleases('aaaaaaaa1', 'aaaaaaaa2', 'bbbbbbbb1')
  await mkdir(join(releasesDirOf(dataDir), 'cccccccc1'))
  const releases = createReleases({ dataDir, current })
  const idOf = async (name: string) => (await releases.named(name)).release

  expect(await idOf('current')).toBe(current.release)
  expect(await idOf(current.release.slice(0, 8))).toBe(current.release)
  expect(await idOf('bbbbbbbb')).toBe('bbbbbbbb1')
  expect(await idOf('aaaaaaaa1')).toBe('aaaaaaaa1')
  for (const name of ['bbbbbbb', 'aaaaaaaa', 'cccccccc1', '..', '../releases/bbbbbbbb1'])
    await expect(releases.named(name)).rejects.toThrow(UnknownReleaseError)
})
