/** What one school is called in the cluster. */
export interface SchoolNames {
  database: string
  /** The role its API signs in with. */
  role: string
}

/** The directory's database has a name of the same form; a school must not get it. */
const RESERVED = new Set(['DIRECTORY'])

/**
 * Database and role of a school. They go into SQL as identifiers: whatever is not a school code is refused here too.
 * @throws Error for anything else than a school code, and for a reserved one
 */
export function schoolNames(code: string): SchoolNames {
  if (!/^[A-Z][A-Z0-9]{1,15}$/.test(code) || RESERVED.has(code))
    throw new Error(`${JSON.stringify(code)} cannot be the code of a school`)
  const database = `usms_${code.toLowerCase()}`
  return { database, role: `${database}_app` }
}

/** The same server under another role or database. Parameters (sslmode and such) stay. */
export function urlWith(
  base: string,
  change: { role?: string; password?: string; database?: string },
): string {
  const url = new URL(base)
  if (change.role !== undefined) url.username = encodeURIComponent(change.role)
  if (change.password !== undefined) url.password = encodeURIComponent(change.password)
  if (change.database !== undefined) url.pathname = `/${encodeURIComponent(change.database)}`
  return url.href
}
