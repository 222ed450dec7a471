import type { Request, Response } from 'express'

const MAX_AGE_MS = 30 * 24 * 3_600_000

/**
 * How the refresh token travels. A browser that sends `X-Token-Transport: cookie` gets it in a cookie that no script can read and
 * that goes to the sign-in paths alone, and keeps getting it that way; other clients get it in the body. The cookie is safe to take
 * without the header: SameSite=Strict keeps foreign pages from sending it, and they could not read the answer.
 */
export interface RefreshCookie {
  /** The token of the body or else of the cookie. */
  read(req: Request, inBody: string | undefined): PresentedToken
  /** The answer as this client gets it: the token in the cookie or in the body, never in both. */
  deliver<T extends { refreshToken: string }>(
    exchange: Exchange,
    answer: T,
    presented?: PresentedToken,
  ): T | Omit<T, 'refreshToken'>
  clear(exchange: Exchange): void
}

interface PresentedToken {
  refreshToken: string | undefined
  fromCookie: boolean
}

interface Exchange {
  req: Request
  res: Response
}

interface CookieOptions {
  name: string
  /** Where the sign-in paths are, as the browser sees them. */
  pathOf(req: Request): string
}

export function createRefreshCookie({ name, pathOf }: CookieOptions): RefreshCookie {
  // Secure also without TLS: browsers take localhost for a secure place, and nothing else should speak plain HTTP to them.
  const options = (req: Request) =>
    ({ path: pathOf(req), httpOnly: true, secure: true, sameSite: 'strict' }) as const

  return {
    read(req, inBody) {
      const refreshToken = inBody ?? cookieOf(req, name)
      return { refreshToken, fromCookie: refreshToken !== inBody }
    },
    deliver({ req, res }, answer, presented) {
      if (!presented?.fromCookie && req.headers['x-token-transport'] !== 'cookie') return answer
      const { refreshToken, ...rest } = answer
      res.cookie(name, refreshToken, { ...options(req), maxAge: MAX_AGE_MS })
      return rest
    },
    clear: ({ req, res }) => void res.clearCookie(name, options(req)),
  }
}

function cookieOf(req: Request, name: string): string | undefined {
  for (const pair of req.headers.cookie?.split(';') ?? []) {
    const [key, ...value] = pair.split('=')
    if (key?.trim() === name) return value.join('=').trim() || undefined
  }
  return undefined
}
