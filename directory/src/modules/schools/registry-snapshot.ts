import { randomUUID } from 'node:crypto'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import type { Logger } from 'pino'
import { z } from 'zod'
import type { SchoolRow } from './registry-feed.ts'

const snapshot = z.object({
  format: z.literal(1),
  /** When the database last said the same. */
  confirmedAt: z.iso.datetime(),
  schools: z.array(
    z.object({
      schoolId: z.string(),
      code: z.string(),
      name: z.string(),
      listed: z.boolean(),
      subdomain: z.string().nullable(),
      address: z.string().nullable(),
      generation: z.number().int(),
    }),
  ),
})

export interface RegistrySnapshot {
  /** @returns the schools as last confirmed; undefined when the file is missing, broken or too old */
  read(): Promise<SchoolRow[] | undefined>
  /** Writes soon; many changes become one write. */
  save(): void
  /** What is on the disk is what the database just confirmed; written again only when that was long ago. */
  confirm(): void
  /** Writes what is still to be written. */
  close(): Promise<void>
}

interface SnapshotDeps {
  file: string
  /** A file confirmed longer ago than this is not believed. */
  maxAgeMs: number
  log: Logger
  /** The schools of this moment. */
  current(): SchoolRow[]
}

const DEBOUNCE_MS = 250

/** The registry as a file, for a start while the database is down. No secrets in it: those are derived from a key it does not hold. */
export function createRegistrySnapshot({
  file,
  maxAgeMs,
  log,
  current,
}: SnapshotDeps): RegistrySnapshot {
  const renewEveryMs = Math.min(maxAgeMs / 4, 300_000)
  let timer: NodeJS.Timeout | undefined
  let writing: Promise<void> = Promise.resolve()
  let writtenAt = 0

  async function write() {
    const text = JSON.stringify({
      format: 1,
      confirmedAt: new Date().toISOString(),
      schools: current(),
    } satisfies z.input<typeof snapshot>)
    // Whoever reads it finds the old one or the new one, whenever this process ends.
    const temporary = `${file}.${randomUUID()}.tmp`
    try {
      await writeFile(temporary, text, { mode: 0o600, flag: 'wx' })
      await rename(temporary, file)
    } catch (error) {
      log.warn({ err: error, file }, 'the registry snapshot could not be written')
      await rm(temporary, { force: true }).catch(() => {})
    }
  }

  function flush() {
    clearTimeout(timer)
    timer = undefined
    writtenAt = Date.now()
    writing = writing.then(write)
  }

  const save = () => {
    timer ??= setTimeout(flush, DEBOUNCE_MS)
  }

  return {
    save,
    confirm() {
      if (Date.now() - writtenAt >= renewEveryMs) save()
    },
    async read() {
      let text: string
      try {
        text = await readFile(file, 'utf8')
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT')
          log.warn({ err: error, file }, 'the registry snapshot could not be read')
        return undefined
      }
      const parsed = parse(text)
      if (!parsed) {
        log.warn({ file }, 'the registry snapshot is broken and not used')
        return undefined
      }
      const ageMs = Date.now() - Date.parse(parsed.confirmedAt)
      if (ageMs > maxAgeMs) {
        log.warn(
          { file, confirmedAt: parsed.confirmedAt },
          'the registry snapshot is too old and not used',
        )
        return undefined
      }
      return parsed.schools
    },
    async close() {
      if (timer) flush()
      await writing
    },
  }
}

function parse(text: string) {
  try {
    return snapshot.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}
