import { AppError, invalidInput } from '@usms/service-kit/errors/app-error'
import type { Request } from 'express'

/**
 * The versions an `If-Match` header names.
 * @returns undefined when any version will do
 * @throws AppError 400 for something that is not a list of entity tags
 */
export function expectedVersions(req: Request): number[] | undefined {
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

export const versionMismatch = () =>
  new AppError(
    'precondition_failed',
    'version_mismatch',
    'Somebody has changed this since it was read',
  )
