import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

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
