import { isDatabaseAway } from '@usms/service-kit/db/prisma-errors'
import { RuntimeAwayError } from '#src/runtime/school-runtime.ts'

/** Why something failed, for the owner: no stack, no password that a driver quotes, and no place on this machine. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'Something unexpected went wrong'
  if (isUnreachable(error))
    return `PostgreSQL does not answer (${(error as NodeJS.ErrnoException).code ?? error.message})`
  return forPeople(error.message.replace(/(\w+:\/\/[^:/\s]+:)[^@\s]+@/g, '$1***@'))
}

/**
 * What a school or an engine said, as people read it and PostgreSQL stores it: a text with a NUL or with half a character in it would
 * be refused, and what was to be written with it would never be. Files keep their names and lose the folders in which they lie here;
 * the paths of an API (`/auth/login`) are not as long.
 */
export const forPeople = (text: string): string =>
  text.replace(COLOURS, '').replace(CONTROLS, '\ufffd').toWellFormed().replace(FOLDERS, '…/')

const COLOURS = /\u001b\[[\d;]*m/g
const CONTROLS = /(?![\t\n])\p{Cc}/gu
const FOLDERS = /(?<![\w.:/-])(?:file:\/\/)?(?:\/[\w@%.+-]+){2,}\/(?=[\w@%.+-])/g

/** Whether a failed query says nothing about itself, but that there is no server to ask. */
export function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code } = error as NodeJS.ErrnoException
  return (code !== undefined && UNREACHABLE.has(code)) || isDatabaseAway(error)
}

/** Whether what failed is what everything here stands on, PostgreSQL or what schools run on: it passes, and then it can be done again. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return error instanceof RuntimeAwayError || isUnreachable(error) || isAway(error.cause)
}

/** Besides what the kit knows: a name or an address that is gone, and a server that has no time. */
const UNREACHABLE = new Set([
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  // admin_shutdown, cannot_connect_now, too_many_connections
  '57P01',
  '57P03',
  '53300',
])
