import jwt from 'jsonwebtoken'
import { z } from 'zod'
import { unauthenticated } from '../errors/app-error.ts'

const claims = z.object({ sub: z.guid(), sid: z.guid(), role: z.string() })

export type AccessClaims = z.output<typeof claims>

export interface AccessTokens {
  sign(claims: AccessClaims): string
  /** @throws AppError 401 for anything but a live token of exactly this audience */
  verify(token: string): AccessClaims
  expiresInSeconds: number
}

interface AccessTokenOptions {
  /** At least 256 bits, this audience's alone. */
  secret: string
  /** `school:ABC` or `owner`: a token of one audience is refused by every other. */
  audience: string
  expiresInSeconds?: number
  /** Milliseconds since the epoch. */
  now?: () => number
}

const ISSUER = 'usms'

/** HS256 with one key per audience; algorithm, type, issuer and audience are pinned (RFC 8725). */
export function createAccessTokens({
  secret,
  audience,
  expiresInSeconds = 900,
  now = Date.now,
}: AccessTokenOptions): AccessTokens {
  return {
    expiresInSeconds,
    sign: (payload) =>
      jwt.sign({ ...payload, iat: Math.floor(now() / 1000) }, secret, {
        algorithm: 'HS256',
        issuer: ISSUER,
        audience,
        expiresIn: expiresInSeconds,
        header: { alg: 'HS256', typ: 'at+jwt' },
      }),
    verify(token) {
      try {
        const { header, payload } = jwt.verify(token, secret, {
          algorithms: ['HS256'],
          issuer: ISSUER,
          audience,
          complete: true,
          clockTimestamp: Math.floor(now() / 1000),
        })
        if (header.typ !== 'at+jwt') throw new Error('not an access token')
        return claims.parse(payload)
      } catch (cause) {
        if (cause instanceof jwt.TokenExpiredError)
          throw unauthenticated('The access token has expired', 'token_expired')
        throw unauthenticated('The access token is not valid here', 'invalid_token')
      }
    },
  }
}

/** The token of `Authorization: Bearer …`. */
export function bearerToken(authorization: string | undefined): string {
  const token = authorization && /^Bearer ([\w.~+/-]+=*)$/i.exec(authorization)?.[1]
  if (!token) throw unauthenticated()
  return token
}
