import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

/** 256 random bits, for invites and refresh tokens. */
export const newOpaqueToken = (): string => randomBytes(32).toString('base64url')

/** What is kept of a token. A fast hash suffices: there is nothing to guess in 256 bits. */
export const hashToken = (token: string): string => createHash('sha256').update(token).digest('hex')

/** The refresh token that follows a spent one: the same question gets the same answer without the answer being kept. */
export const successorOf = (spentToken: string, serverKey: string): string =>
  createHmac('sha256', serverKey).update(`refresh:${spentToken}`).digest('base64url')

/** The secret with which the router proves to one school that it is the router. */
export const hopSecretOf = (schoolId: string, routerKey: string): string =>
  createHmac('sha256', routerKey).update(`hop:${schoolId}`).digest('base64url')

/** Compares in constant time. */
export function sameSecret(given: string, expected: string): boolean {
  const a = createHash('sha256').update(given).digest()
  const b = createHash('sha256').update(expected).digest()
  return timingSafeEqual(a, b)
}
