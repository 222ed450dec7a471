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

/**
 * What the process with this number said. While one takes over from the other, two of a school write to one log; a line that bears no
 * number (what Node prints of a crash) may be either's.
 */
export const saidBy = (pid: number | undefined, lines: readonly string[]) =>
  lines.filter((line) => [undefined, pid].includes(pidIn(line)))

function pidIn(line: string): number | undefined {
  try {
    const { pid } = JSON.parse(line) as { pid?: unknown }
    return typeof pid === 'number' ? pid : undefined
  } catch {
    return undefined
  }
}
