import { invalidInput } from '@usms/service-kit/errors/app-error'
import type { Db } from '#src/db.ts'

/** @throws AppError 400 for a time zone that PostgreSQL does not know by exactly this name */
export type RequireTimezone = (name: string) => Promise<void>

/** Reading the list takes PostgreSQL tens of milliseconds, and it does not change under a running server: asked once. */
export function createTimezoneCheck(db: Db): RequireTimezone {
  let names: Promise<Set<string>> | undefined

  async function load() {
    const rows = await db.$queryRaw<{ name: string }[]>`select name from pg_timezone_names`
    return new Set(rows.map(({ name }) => name))
  }

  return async (name) => {
    names ??= load()
    const known = await names.catch((error: unknown) => {
      names = undefined
      throw error
    })
    if (!known.has(name))
      throw invalidInput([{ path: 'timezone', message: 'is not a known time zone' }])
  }
}
