import { sameSecret } from '@usms/service-kit/auth/opaque-token'
import { AppError } from '@usms/service-kit/errors/app-error'
import type { RequestHandler } from 'express'

/**
 * Answers 421 to everybody who is not the router speaking to this very school. Addresses get reused: a password sent to where
 * another school was a minute ago must not be read, so this stands before anything that reads a body.
 */
export function hopGuard({ code, hopSecret }: { code: string; hopSecret: string }): RequestHandler {
  return (req, _res, next) => {
    const secret = req.headers['x-school-secret']
    const forUs =
      req.headers['x-school-code'] === code &&
      typeof secret === 'string' &&
      sameSecret(secret, hopSecret)
    if (!forUs)
      throw new AppError('misdirected', 'misdirected_request', 'This address serves another school')
    next()
  }
}
