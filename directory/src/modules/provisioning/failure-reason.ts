import { RuntimeAwayError } from '#src/runtime/school-runtime.ts'

/** Why something failed, for the owner: no stack, and no password that a driver quotes. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Something unexpected went wrong'
  if (isUnreachable(error))
    return `PostgreSQL does not answer (${(error as NodeJS.ErrnoException).code ?? error.message})`
  return error.message.replace(/(\w+:\/\/[^:/\s]+:)[^@\s]+@/g, '$1***@')
}

/** Whether a failed query says nothing about itself, but that there is no server to ask. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as NodeJS.ErrnoException
  return (code !== undefined && UNREACHABLE.has(code)) || LOST_CONNECTION.test(error.message)
}

/** Whether what failed is what everything here stands on, PostgreSQL or what schools run on: it passes, and then it can be done again. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error instanceof RuntimeAwayError || isUnreachable(error) || isAway(error.cause)
}

const UNREACHABLE = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  // admin_shutdown, cannot_connect_now, too_many_connections
  '57P01',
  '57P03',
  '53300',
])

// node-postgres and its pool say these by their text alone.
const LOST_CONNECTION = /^(Connection terminated|timeout e\w+ when trying to connect)/i
