export interface Terminal {
  /** Says what goes on while it goes on. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>
  say(line?: string): void
  table(rows: readonly (readonly string[])[]): void
}

/** What `npm start` says: one line a step with how long it took, and at the end one table. Everything else goes to the log files. */
export function createTerminal(out: NodeJS.WriteStream = process.stdout): Terminal {
  const say = (line = '') => void out.write(`${line}\n`)
  return {
    say,
    async during(what, work) {
      const startedAt = performance.now()
      if (out.isTTY) out.write(`  … ${what}`)
      try {
        const result = await work()
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
        out.write(`${out.isTTY ? '\r\x1B[K' : ''}  ✓ ${what} (${seconds} s)\n`)
        return result
      } catch (error) {
        out.write(`${out.isTTY ? '\r\x1B[K' : ''}  ✗ ${what}\n`)
        throw error
      }
    },
    table(rows) {
      const widths =
        rows[0]?.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0))) ?? []
      for (const row of rows)
        say(
          `  ${row
            .map((cell, column) => cell.padEnd(widths[column] ?? 0))
            .join('   ')
            .trimEnd()}`,
        )
    },
  }
}
