export interface Terminal {
  /** Says what goes on while it goes on; several things may at a time. */
  during<T>(what: string, work: () => Promise<T>): Promise<T>
  say(line?: string): void
  table(rows: readonly (readonly string[])[]): void
}

/** What `npm start` says: one line a step with how long it took, and at the end one table. Everything else goes to the log files. */
export function createTerminal(out: NodeJS.WriteStream = process.stdout): Terminal {
  const say = (line = '') => void out.write(`${line}\n`)
  const underWay = new Set<string>()

  /** What is done, and below it what still goes on. */
  function show(done = '') {
    if (!out.isTTY) return void out.write(done)
    const goingOn = underWay.size > 0 ? `  … ${[...underWay].join(', ')}` : ''
    out.write(`\r\x1B[K${done}${goingOn}`)
  }

  return {
    say,
    async during(what, work) {
      const startedAt = performance.now()
      underWay.add(what)
      show()
      try {
        const result = await work()
        const seconds = ((performance.now() - startedAt) / 1000).toFixed(1)
        underWay.delete(what)
        show(`  ✓ ${what} (${seconds} s)\n`)
        return result
      } catch (error) {
        underWay.delete(what)
        show(`  ✗ ${what}\n`)
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
