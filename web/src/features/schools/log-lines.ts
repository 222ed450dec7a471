import type { StreamEvent } from '#src/lib/http/event-stream.ts'

/** Numbered since the log was opened, so that a line stays itself while older ones go. */
export type LogLine = { no: number } & (
  | { text: string }
  /** Lines that the service had to leave out; null: nobody knows how many. */
  | { leftOut: number | null }
)

export const MAX_LINES = 1_000
export const NO_LINES: readonly LogLine[] = []

/** The newest lines after what the stream told. */
export function appendLines(
  known: readonly LogLine[],
  events: readonly StreamEvent[],
): readonly LogLine[] {
  let no = known.at(-1)?.no ?? 0
  const added = events.flatMap(({ type, data }): LogLine[] => {
    const told = JSON.parse(data) as { line?: string; lines?: number | null }
    if (type === 'log') return [{ no: ++no, text: told.line ?? '' }]
    if (type === 'left-out') return [{ no: ++no, leftOut: told.lines ?? null }]
    return []
  })
  return [...known, ...added].slice(-MAX_LINES)
}
