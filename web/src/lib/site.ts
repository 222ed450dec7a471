/** What the page was served as; see `directory/src/web`. */
export type Site =
  | { kind: 'shared' }
  /** A school's own host. */
  | { kind: 'school'; code: string; name: string }
  /** A host of no school. */
  | { kind: 'unknown' }

const contentOf = (name: string): string =>
  document.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content ?? ''

/** The shared origin where nothing was filled in: the development server serves no school's own host. */
export function readSite(): Site {
  const content = contentOf('usms-site')
  return content.startsWith('{') ? (JSON.parse(content) as Site) : { kind: 'shared' }
}

export const readStyleNonce = (): string => contentOf('usms-style-nonce')

/** Where a school's API is, as this page reaches it. */
export const apiBaseOf = (site: Site, code: string): string =>
  site.kind === 'school' ? '/api' : `/proxy/${code}`
