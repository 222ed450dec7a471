import { createHash } from 'node:crypto'
import type { SchoolSpec } from './school-runtime.ts'

/**
 * The same for two specs by which the same program would run, whatever the decision and the port. It tells nothing about the
 * secrets, every one of which is random and long, so it may stand where people see it.
 */
export function fingerprintOf({ release, settings, secrets, limits }: SchoolSpec): string {
  const sorted = (record: object) => Object.entries(record).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return createHash('sha256')
    .update(JSON.stringify([release, sorted(settings), sorted(secrets), sorted(limits)]))
    .digest('hex')
    .slice(0, 32)
}
