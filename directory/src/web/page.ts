import { randomBytes } from 'node:crypto'
import { escapeHtml } from '#src/http/escape-html.ts'

/** Whose page it is; `web/src/lib/site.ts` reads it. */
export type Site =
  | { kind: 'shared' }
  /** A school's own host. */
  | { kind: 'school'; code: string; name: string }
  /** An own host of no school that is in service. */
  | { kind: 'unknown' }

export interface Page {
  /** The page for a site, and the nonce that its styles carry: another one each time. */
  fill(site: Site): { html: string; nonce: string }
}

const NONCE_BYTES = 16

/**
 * @param source index.html as it was built
 * @returns undefined where it names no place for what is filled in
 */
export function createPage(source: string): Page | undefined {
  const parts = source.split(/%(SITE|NONCE)%/)
  if (!parts.includes('SITE') || !parts.includes('NONCE')) return undefined
  return {
    fill(site) {
      const nonce = randomBytes(NONCE_BYTES).toString('base64url')
      const values: Record<string, string> = {
        SITE: escapeHtml(JSON.stringify(site)),
        NONCE: nonce,
      }
      // Every second part is the name of a place.
      const html = parts.map((part, i) => (i % 2 ? values[part] : part)).join('')
      return { html, nonce }
    },
  }
}

/**
 * What the page may do: scripts and data of this origin, styles that carry the nonce, nothing of anybody else, and in nobody's frame.
 * @param overTls whether clients reach this directory by HTTPS
 */
export const pagePolicy = (nonce: string, overTls: boolean): string =>
  [
    `default-src 'none'`,
    `script-src 'self'`,
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data:`,
    `font-src 'self'`,
    `connect-src 'self'`,
    `manifest-src 'self'`,
    `form-action 'self'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
    ...(overTls ? ['upgrade-insecure-requests'] : []),
  ].join('; ')
