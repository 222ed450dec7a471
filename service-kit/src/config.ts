import { readFileSync } from 'node:fs'
import { z } from 'zod'

/** Thrown when the environment does not describe a runnable process; `problems` holds every fault, not the first. */
export class ConfigError extends Error {
  readonly problems: readonly string[]
  constructor(problems: readonly string[]) {
    super(
      `The configuration has ${problems.length} problem(s):\n${problems.map((p) => `  - ${p}`).join('\n')}`,
    )
    this.name = 'ConfigError'
    this.problems = problems
  }
}

type Environment = Record<string, string | undefined>

/**
 * Reads settings from an environment. A setting `X` may stand in a file named by `X_FILE` (the way containers and the
 * process driver hand over secrets); one trailing newline of the file is dropped. Empty strings count as not set.
 * @throws ConfigError naming every missing, malformed or unreadable setting at once
 */
export function parseConfig<Schema extends z.ZodObject>(
  schema: Schema,
  env: Environment,
): z.output<Schema> {
  const problems: string[] = []
  const values: Environment = {}
  for (const name of Object.keys(schema.shape)) {
    const file = env[`${name}_FILE`]
    if (file && env[name]) problems.push(`${name} and ${name}_FILE are both set; use one`)
    if (file) {
      try {
        values[name] = readFileSync(file, 'utf8').replace(/\r?\n$/, '')
      } catch (error) {
        problems.push(
          `${name}_FILE: cannot read ${file} (${(error as NodeJS.ErrnoException).code})`,
        )
      }
    } else if (env[name]) values[name] = env[name]
  }
  const unreadable = new Set(problems.map((problem) => problem.split('_FILE')[0]))
  const parsed = schema.safeParse(values)
  if (!parsed.success)
    for (const issue of parsed.error.issues)
      if (!unreadable.has(String(issue.path[0])))
        problems.push(
          `${issue.path.join('.')}: ${values[String(issue.path[0])] === undefined ? 'is not set' : issue.message}`,
        )
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems)
  return parsed.data
}

/** For the first line of a program: wrong settings end it with their names, and without a stack that tells nobody anything. */
export function settingsOrExit<Settings>(read: () => Settings): Settings {
  try {
    return read()
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    process.stderr.write(`${error.message}\n`)
    process.exit(1)
  }
}

/** Field shapes that settings share. Numbers arrive as text. */
export const setting = {
  port: z.coerce.number('must be a port number, at most 65535').int().min(0).max(65_535),
  count: z.coerce.number('must be a whole number, at least 1').int().min(1),
  flag: z
    .enum(['0', '1', 'true', 'false'], 'must be 0 or 1')
    .transform((value) => value === '1' || value === 'true'),
  /** At least 256 bits, as base64 or hex or a long passphrase. */
  secret: z.string().min(32, 'needs at least 32 characters'),
  postgresUrl: z.string().regex(/^postgres(ql)?:\/\//, 'must be a postgres:// URL'),
  logLevel: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
}
