import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { SchoolSpec } from '../school-runtime.ts'

/** Where a school's files lie: `<dataDir>/schools/<CODE>/`. */
export const schoolDir = (dataDir: string, code: string) => join(dataDir, 'schools', code)
export const logFileOf = (dataDir: string, code: string) => join(schoolDir(dataDir, code), 'log')

/**
 * Writes a school's secrets as files that only this account can read.
 * @returns the settings that name them: `{ JWT_SECRET_FILE: <path> }`
 */
export async function writeSecrets(
  dataDir: string,
  code: string,
  secrets: Readonly<Record<string, string>>,
): Promise<Record<string, string>> {
  const dir = join(schoolDir(dataDir, code), 'secrets')
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const settings: Record<string, string> = {}
  for (const [name, value] of Object.entries(secrets)) {
    const file = join(dir, name)
    // A new file put in place of the old one: never half written, and never with the mode of what was there.
    const fresh = `${file}.${process.pid}`
    await rm(fresh, { force: true })
    await writeFile(fresh, value, { mode: 0o600, flag: 'wx' })
    await rename(fresh, file)
    settings[`${name}_FILE`] = file
  }
  return settings
}

export const removeSchoolDir = (dataDir: string, code: string) =>
  rm(schoolDir(dataDir, code), { recursive: true, force: true })

/** Whose folder it is, and what it was started from last: those releases are kept. */
interface SchoolMark {
  schoolId: string
  releases: string[]
}

/** What it ran before an upgrade is what it goes back to. */
const RELEASES_REMEMBERED = 2

const markOf = (dataDir: string, code: string) => join(schoolDir(dataDir, code), 'school.json')

/** Makes the school's folder, and writes down whose it is and what is started. */
export async function markSchool(
  dataDir: string,
  { schoolId, code, release }: Pick<SchoolSpec, 'schoolId' | 'code' | 'release'>,
): Promise<void> {
  await mkdir(schoolDir(dataDir, code), { recursive: true, mode: 0o700 })
  const before = (await readMark(dataDir, code))?.releases ?? []
  const releases = [release, ...before.filter((id) => id !== release)].slice(0, RELEASES_REMEMBERED)
  const file = markOf(dataDir, code)
  const fresh = `${file}.${process.pid}`
  await writeFile(fresh, JSON.stringify({ schoolId, releases } satisfies SchoolMark))
  await rename(fresh, file)
}

async function readMark(dataDir: string, code: string): Promise<SchoolMark | undefined> {
  try {
    return JSON.parse(await readFile(markOf(dataDir, code), 'utf8')) as SchoolMark
  } catch {
    // A folder from before marks were written, or somebody else's: it is left alone.
    return undefined
  }
}

/** Every marked folder of a school in this data folder. */
export async function readMarks(dataDir: string): Promise<(SchoolMark & { code: string })[]> {
  const codes = await readdir(join(dataDir, 'schools')).catch((): string[] => [])
  const marks = await Promise.all(
    codes.map(async (code) => {
      const mark = await readMark(dataDir, code)
      return mark ? [{ ...mark, code }] : []
    }),
  )
  return marks.flat()
}
