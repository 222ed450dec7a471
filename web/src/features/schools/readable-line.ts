/** Who reads the log of one school knows these already. */
const KNOWN = new Set(['time', 'level', 'msg', 'service', 'pid', 'school'])

/** A line of a school's log as people read it: the time, how bad it is, what, and the rest. Whatever is no JSON stays as it is. */
export function readableLine(line: string, toTime: (instant: string) => string): string {
  const told = parse(line)
  if (!told) return line
  const { time, level, msg } = told
  const rest = Object.entries(told)
    .filter(([name]) => !KNOWN.has(name))
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
  return [
    typeof time === 'string' && !Number.isNaN(Date.parse(time)) ? toTime(time) : undefined,
    typeof level === 'string' ? level.toUpperCase() : undefined,
    typeof msg === 'string' ? msg : undefined,
    ...rest,
  ]
    .filter(Boolean)
    .join(' ')
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const told: unknown = JSON.parse(line)
    return typeof told === 'object' && told !== null && !Array.isArray(told)
      ? (told as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
