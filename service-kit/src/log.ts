import { type DestinationStream, type Logger, pino } from 'pino'
import { currentContext } from './http/request-context.ts'

export interface LogOptions {
  service: string
  level: string
  /** The school this process serves; stands in every line. */
  schoolCode?: string
  destination?: DestinationStream
}

/** Names under which a secret or a person's data could reach a log line, at the top level or one below. */
const SECRET_NAMES = [
  'password',
  'currentPassword',
  'newPassword',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'authorization',
  'cookie',
  'set-cookie',
  'x-school-secret',
  'connectionString',
  'databaseUrl',
]

/**
 * The process's logger: one JSON line an event, with service, school and request id, secrets removed. A database URL
 * inside an error message is cut too, since drivers like to quote it.
 */
export function createLogger({ service, level, schoolCode, destination }: LogOptions): Logger {
  return pino(
    {
      level,
      // The number of the process too: two of a school write to one log while one takes over from the other.
      base: { service, pid: process.pid, ...(schoolCode && { school: schoolCode }) },
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: {
        paths: SECRET_NAMES.flatMap((name) => [
          quoted(name),
          `*${bracketed(name)}`,
          `*.headers${bracketed(name)}`,
        ]),
        censor: '[redacted]',
      },
      serializers: { err: serializeError },
      mixin: () => {
        const context = currentContext()
        if (!context) return {}
        return {
          requestId: context.requestId,
          ...(context.schoolCode && { school: context.schoolCode }),
        }
      },
    },
    destination ?? logTo(STANDARD_OUTPUT),
  )
}

const STANDARD_OUTPUT = 1
/** What is kept to be written when there is room again; more is dropped. */
const MAX_UNWRITTEN_BYTES = 1_000_000

/** Synchronous writes: a line must not be lost when the process is killed right after it. A full disk ends nobody who only logs. */
export function logTo(dest: string | number): DestinationStream {
  const destination = pino.destination({ dest, sync: true, maxLength: MAX_UNWRITTEN_BYTES })
  destination.on('error', () => {})
  return destination
}

const quoted = (name: string) => (name.includes('-') ? `["${name}"]` : name)
const bracketed = (name: string) => `["${name}"]`

const maskCredentials = (text: string) => text.replace(/(\w+:\/\/[^:/\s]+:)[^@\s]+@/g, '$1***@')

function serializeError(error: unknown): unknown {
  if (!(error instanceof Error)) return error
  // node-postgres hangs the whole connection on its errors.
  const { client: _, ...plain } = pino.stdSerializers.err(error)
  return { ...plain, message: maskCredentials(plain.message), stack: maskCredentials(plain.stack) }
}
