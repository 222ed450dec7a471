import type { Request, Response } from 'express'

const MAX_AGE_MS = 30 * 24 * 3_600_000

/**
 * How the refresh token travels. A browser that sends `X-Token-Transport: cookie` has it in a cookie that no script can read and
 * that goes to the sign-in paths alone; other clients have it in the body. Without that header no cookie is read, set or removed:
 * a page of another origin can send a form here, and SameSite does not hold it back where it is a neighbour under the same domain,
 * but a header of its own needs a preflight that nobody answers.
 */
export interface RefreshCookie {
  /** The token of the body or else of the cookie. */
  read(req: Request, inBody: string | undefined): string | undefined
  /** The answer as this client gets it: the token in the cookie or in the body, never in both. */
  deliver<T extends { refreshToken: string }>(
    exchange: Exchange,
    answer: T,
  ): T | Omit<T, 'refreshToken'>
  clear(exchange: Exchange): void
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
    read: (req, inBody) => inBody ?? (wantsCookie(req) ? cookieOf(req, name) : undefined),
    deliver({ req, res }, answer) {
      if (!wantsCookie(req)) return answer
      const { refreshToken, ...rest } = answer
      res.cookie(name, refreshToken, { ...options(req), maxAge: MAX_AGE_MS })
      return rest
    },
    clear({ req, res }) {
      if (wantsCookie(req)) res.clearCookie(name, options(req))
    },
  }
}

const wantsCookie = (req: Request) => req.headers['x-token-transport'] === 'cookie'

function cookieOf(req: Request, name: string): string | undefined {
  for (const pair of req.headers.cookie?.split(';') ?? []) {
    const [key, ...value] = pair.split('=')
    if (key?.trim() === name) return value.join('=').trim() || undefined
  }
  return undefined
}
