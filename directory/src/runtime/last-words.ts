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
