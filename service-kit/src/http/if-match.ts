import type { Request } from 'express'
import { AppError, invalidInput } from '../errors/app-error.ts'

/** The versions a client expects to find; undefined when any version will do. */
export type ExpectedVersions = readonly number[] | undefined

/**
 * The versions that the `If-Match` header of a request names: RFC 9110, section 13.1.1. An ETag here is `"<version>"`.
 * @returns undefined when any version will do
 * @throws AppError 400 for something that is not a list of entity tags
 */
export function expectedVersions(req: Request): ExpectedVersions {
  const header = req.get('if-match')?.trim()
  if (!header || header === '*') return undefined
  return header.split(',').flatMap((item) => {
    const tag = /^(?:W\/)?"([^"]*)"$/.exec(item.trim())
    if (!tag)
      throw invalidInput([{ path: 'If-Match', message: 'must be "<version>", as the ETag says' }])
    // Any other tag is well-formed and simply matches nothing.
    return /^\d{1,9}$/.test(tag[1] ?? '') ? [Number(tag[1])] : []
  })
}

/** The condition of an UPDATE: a row at one of the versions. */
export const versionIn = (versions: ExpectedVersions): { version?: { in: number[] } } =>
  versions ? { version: { in: [...versions] } } : {}

/**
 * Refuses to change what somebody else has changed since it was read. Call it when the row is locked.
 * @throws AppError 412 `version_mismatch`
 */
export function requireVersion(version: number, expected: ExpectedVersions): void {
  if (expected && !expected.includes(version)) throw versionMismatch()
}

/** The same for a row. @throws AppError 412 `version_mismatch` */
export const checkVersion = (row: { version: number }, expected: ExpectedVersions): void =>
  requireVersion(row.version, expected)

/** 412 */
export const versionMismatch = () =>
  new AppError(
    'precondition_failed',
    'version_mismatch',
    'Somebody has changed this since it was read',
  )
