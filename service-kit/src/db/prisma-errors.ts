import { AppError, conflict, unavailable, unprocessable } from '../errors/app-error.ts'

/** How a service answers the violation of one named constraint. */
export type ConstraintAnswers = Record<string, () => AppError>

interface DriverCause {
  code?: string
  kind?: string
  originalCode?: string
  originalMessage?: string
  message?: string
  constraint?: { index?: string; fields?: string[] } | { foreignKey?: unknown }
}

/** What node-postgres and its pool throw bare, without a code: the text is all there is to know them by. */
const LOST_CONNECTION = new Set([
  'Connection terminated',
  'Connection terminated unexpectedly',
  'Connection terminated due to connection timeout',
  'Client has encountered a connection error and is not queryable',
  'timeout exceeded when trying to connect',
])

/** Kinds of the driver adapter; a raw query wraps them in a P2010 that says nothing. */
const AWAY_KINDS = new Set(['DatabaseNotReachable', 'ConnectionClosed', 'SocketTimeout'])

/** Codes of Prisma and of Node's sockets for a database that cannot be asked. */
const AWAY_CODES = new Set([
  'P1001',
  'P1002',
  'P1017',
  'P2024',
  'P2028',
  'ECONNREFUSED',
  'ECONNRESET',
])

/** Whether a failed query says nothing about itself, but that there is no server to ask. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, meta } = error as {
    code?: string
    meta?: { driverAdapterError?: { cause?: DriverCause } }
  }
  const kind = meta?.driverAdapterError?.cause?.kind
  return (
    LOST_CONNECTION.has(error.message) ||
    (kind !== undefined && AWAY_KINDS.has(kind)) ||
    (code !== undefined && AWAY_CODES.has(code))
  )
}

const databaseUnavailable = () =>
  unavailable('database_unavailable', 'The database does not answer; try again', 2)

/** The SQLSTATE and constraint behind a failed query, as Prisma's adapter or node-postgres report it. */
export function databaseFailure(
  error: unknown,
): { sqlState: string; constraint: string | undefined; message: string } | undefined {
  if (!(error instanceof Error)) return undefined
  const cause =
    (error as { meta?: { driverAdapterError?: { cause?: DriverCause } } }).meta?.driverAdapterError
      ?.cause ?? (error as { cause?: DriverCause }).cause
  const own = error as { code?: string; constraint?: string }
  const message = cause?.originalMessage ?? cause?.message ?? error.message
  const sqlState =
    cause?.originalCode ?? cause?.code ?? own.code ?? SQLSTATE_OF_PRISMA[own.code ?? '']
  if (!sqlState || !/^[0-9A-Z]{5}$/.test(sqlState)) return undefined
  // PostgreSQL names the constraint last, in double quotes; the adapter drops the field that carries it.
  const constraint =
    own.constraint ??
    /constraint "([^"]+)"/.exec(message)?.[1] ??
    /unique index "([^"]+)"/.exec(message)?.[1]
  return { sqlState, constraint, message }
}

const SQLSTATE_OF_PRISMA: Record<string, string> = {
  P2002: '23505',
  P2003: '23503',
  P2004: '23514',
}

/**
 * The one translation of database failures, by SQLSTATE and constraint name. Where a service names no answer for a
 * constraint, the kind of violation decides.
 */
export function createPrismaTranslation(
  answers: ConstraintAnswers,
): (error: unknown) => AppError | undefined {
  return (error) => {
    const code = (error as { code?: string } | undefined)?.code
    if (code === 'P2025') return new AppError('not_found', 'not_found', 'No such object')
    if (isDatabaseAway(error)) return databaseUnavailable()
    const failure = databaseFailure(error)
    if (!failure) return undefined
    const named = failure.constraint === undefined ? undefined : answers[failure.constraint]
    if (named) return named()
    switch (failure.sqlState) {
      case '23505':
        return conflict('already_exists', 'This already exists')
      case '23503':
        return conflict(
          'in_use',
          'Something this refers to is not there, or something still refers to it',
        )
      case '23514':
      case '23P01':
        return unprocessable('rule_violated', 'A rule of the school refuses this')
      case '22003':
      case '22008':
      case '22021':
      case '22P05':
        return unprocessable('value_out_of_range', 'A value is outside what can be kept')
      case '40001':
      case '40P01':
        return conflict(
          'try_again',
          'Somebody else changed the same thing at the same time; try again',
        )
      case '55P03':
      case '57014':
        return unavailable('busy', 'This took too long; try again', 2)
      case '57P01':
      case '57P03':
      case '53300':
      case '08006':
      case '08001':
        return databaseUnavailable()
      default:
        return undefined
    }
  }
}
