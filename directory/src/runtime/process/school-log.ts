import { copyFile, open, stat, truncate } from 'node:fs/promises'

/** What one school writes, in a file that its process appends to by itself: it survives both of us. */
export interface SchoolLog {
  file: string
  /** The newest lines, oldest first, those of before the last turn of the file included when needed. */
  tail(lines: number): Promise<string[]>
  /** Keeps the file small: what is too long becomes `<file>.1`. */
  turn(): Promise<void>
  /** Where the file ends now, in bytes. */
  end(): Promise<number>
  /** What was written after this offset. A file that was turned in the meantime is read from its start. */
  linesSince(offset: number): Promise<{ lines: string[]; end: number }>
}

/** More than any question for recent lines needs. */
const TAIL_BYTES = 256 * 1024

/** @param maxBytes at which the file is turned: twice as much is kept at most, and what comes between two looks */
export function createSchoolLog(file: string, maxBytes: number): SchoolLog {
  const sizeOf = (path: string) =>
    stat(path).then(
      ({ size }) => size,
      () => 0,
    )

  async function read(path: string, from: number, to: number): Promise<string> {
    if (to <= from) return ''
    const handle = await open(path)
    try {
      const buffer = Buffer.alloc(to - from)
      const { bytesRead } = await handle.read(buffer, 0, buffer.length, from)
      return buffer.toString('utf8', 0, bytesRead)
    } finally {
      await handle.close()
    }
  }

  async function tailOf(path: string): Promise<string[]> {
    const size = await sizeOf(path)
    const from = Math.max(0, size - TAIL_BYTES)
    const lines = linesOf(await read(path, from, size))
    return from > 0 ? lines.slice(1) : lines
  }

  return {
    file,
    async tail(lines) {
      const newest = await tailOf(file)
      if (newest.length >= lines) return newest.slice(-lines)
      return [...(await tailOf(`${file}.1`)), ...newest].slice(-lines)
    },

    async turn() {
      if ((await sizeOf(file)) <= maxBytes) return
      // The process holds the file open for appending: renamed it would go on writing to the old one.
      await copyFile(file, `${file}.1`)
      await truncate(file, 0)
    },

    end: () => sizeOf(file),

    async linesSince(offset) {
      const size = await sizeOf(file)
      const from = size < offset ? 0 : offset
      const text = await read(file, from, size)
      const complete = text.slice(0, text.lastIndexOf('\n') + 1)
      return { lines: linesOf(complete), end: from + Buffer.byteLength(complete) }
    },
  }
}

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '')

const LAST_LINES = 5
const LAST_CHARACTERS = 2_000
/** Of a crash Node prints where before and after what: the calls, and its own version. */
const NOT_SAID = /^\s+at |^Node\.js v\d|^\s*\^*\s*$/

/** How many lines to read for `lastWords`: more than a crash prints. */
export const LAST_WORDS_FROM_LINES = 40

/** The end of a school's log, for people: of a JSON line what happened and why, of any other line all, of a crash no stack. */
export function lastWords(lines: readonly string[]): string {
  const said = lines.filter((line) => !NOT_SAID.test(line))
  return said.slice(-LAST_LINES).map(forPeople).join('\n').slice(-LAST_CHARACTERS)
}

function forPeople(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: unknown; err?: { message?: unknown } }
    if (typeof msg !== 'string') return line
    return typeof err?.message === 'string' ? `${msg}: ${err.message}` : msg
  } catch {
    return line
  }
}
