import type { IncomingHttpHeaders } from 'node:http'

/** Headers between two neighbours; a proxy is one end of each (RFC 9110 §7.6.1). */
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authentication-info',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
]

/** `expect` too: it was answered here, and the proxy library skips its hooks where it sees one. */
const NOT_FORWARDED = new Set([...HOP_BY_HOP, 'expect', 'host'])
/** What only a proxy of ours may say. */
const PROXY_SAYS = new Set(['forwarded', 'x-real-ip', 'x-request-id'])

interface RequestFacts {
  trusted: boolean
  /** Kept only for an upgrade, where it is the point of the request. */
  upgrade: string | undefined
  set: {
    clientIp: string
    proto: string
    prefix: string
    code: string
    hopSecret: string
    requestId: string
    /** The school's own address. */
    address: string
  }
}

/** The headers with which a school sees a request: nothing that was written for somebody else, and our own word on the rest. */
export function cleanRequestHeaders(
  headers: IncomingHttpHeaders,
  { trusted, upgrade, set }: RequestFacts,
): IncomingHttpHeaders {
  const nominated = nominatedBy(headers.connection)
  const clean: IncomingHttpHeaders = {}
  for (const name in headers) {
    if (NOT_FORWARDED.has(name) || nominated?.has(name) || name.includes('_')) continue
    if (name.charCodeAt(0) === X && name.startsWith('x-school-')) continue
    if (!trusted && (PROXY_SAYS.has(name) || name.startsWith('x-forwarded-'))) continue
    clean[name] = headers[name]
  }
  // Framing is ours to repeat, not to pass on: without it the library would end the request before its body.
  if (headers['transfer-encoding'] !== undefined && headers['content-length'] === undefined)
    clean['transfer-encoding'] = 'chunked'
  if (upgrade !== undefined) {
    clean.connection = 'Upgrade'
    clean.upgrade = upgrade
  }
  // One address, not a list: a school trusts one hop and takes the last entry for the client's.
  clean['x-forwarded-for'] = set.clientIp
  clean['x-forwarded-proto'] = set.proto
  if (!trusted || clean['x-forwarded-host'] === undefined)
    clean['x-forwarded-host'] = headers.host ?? ''
  clean['x-forwarded-prefix'] = set.prefix
  clean['x-school-code'] = set.code
  clean['x-school-secret'] = set.hopSecret
  clean['x-request-id'] = set.requestId
  clean.host = set.address
  return clean
}

const X = 'x'.charCodeAt(0)

/** The header names that a Connection header makes hop-by-hop; undefined for the usual `keep-alive`. */
function nominatedBy(connection: string | undefined): Set<string> | undefined {
  if (connection === undefined || connection === 'keep-alive' || connection === 'close')
    return undefined
  return new Set(
    connection
      .toLowerCase()
      .split(',')
      .map((token) => token.trim()),
  )
}

/**
 * What holds for the whole origin, which is not one school's to say; and what the router says itself. `alt-svc` and the reporting
 * headers would send the origin's visitors, or news of them, elsewhere.
 */
const NOT_A_SCHOOLS_TO_SAY = new Set([
  ...HOP_BY_HOP,
  'alt-svc',
  'clear-site-data',
  'content-security-policy',
  'nel',
  'origin-agent-cluster',
  'public-key-pins',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'strict-transport-security',
  'x-content-type-options',
  'x-request-id',
])

interface ResponseFacts {
  /** Under which path the client sees the school. */
  prefix: string
  /** host:port under which the router reached it. */
  address: string
  requestId: string
}

/**
 * The headers with which a client sees a school's answer, as a flat list of names and values.
 * @param rawHeaders likewise
 */
export function cleanResponseHeaders(
  rawHeaders: readonly string[],
  facts: ResponseFacts,
): string[] {
  const clean: string[] = []
  let nominated: Set<string> | undefined
  let saysCacheControl = false
  for (let i = 0; i < rawHeaders.length; i += 2)
    if (rawHeaders[i]?.toLowerCase() === 'connection')
      nominated = union(nominated, nominatedBy(rawHeaders[i + 1]))
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? ''
    const key = name.toLowerCase()
    let value: string | undefined = rawHeaders[i + 1] ?? ''
    if (NOT_A_SCHOOLS_TO_SAY.has(key) || nominated?.has(key)) continue
    if (key.startsWith('access-control-') || key.startsWith('x-school-')) continue
    if (key === 'set-cookie') value = cookieWithin(value, facts.prefix)
    else if (key === 'location' || key === 'content-location') value = locationWithin(value, facts)
    else if (key === 'cache-control') saysCacheControl = true
    if (value !== undefined) clean.push(name, value)
  }
  if (!saysCacheControl) clean.push('Cache-Control', 'no-store')
  clean.push('X-Content-Type-Options', 'nosniff')
  // No page of a school runs a script on the origin that all schools share.
  clean.push('Content-Security-Policy', 'sandbox')
  clean.push('X-Request-Id', facts.requestId)
  return clean
}

const union = (a: Set<string> | undefined, b: Set<string> | undefined) =>
  a && b ? new Set([...a, ...b]) : (a ?? b)

/** The cookie, or undefined when a browser would send it to somebody else than this school. */
export function cookieWithin(cookie: string, prefix: string): string | undefined {
  const [pair = '', ...attributes] = cookie.split(';')
  // A nameless cookie is sent as its bare value, which may spell any other cookie's name.
  if (!/^\s*[^=\s][^=]*=/.test(pair)) return undefined
  let path: string | undefined
  for (const attribute of attributes) {
    const equals = attribute.indexOf('=')
    const name = (equals < 0 ? attribute : attribute.slice(0, equals)).trim().toLowerCase()
    const value = equals < 0 ? '' : attribute.slice(equals + 1).trim()
    if (name === 'domain' && value !== '') return undefined
    // Browsers take the last one, and anything without a leading slash as none.
    if (name === 'path') path = value.startsWith('/') ? value : undefined
  }
  if (path === undefined) return `${cookie}; Path=${prefix}/`
  const known = path.toLowerCase()
  const own = prefix.toLowerCase()
  return known === own || known.startsWith(`${own}/`) ? cookie : undefined
}

/** A school speaks of its paths as it knows them; the client knows them under a prefix. */
export function locationWithin(
  location: string,
  { prefix, address }: Pick<ResponseFacts, 'prefix' | 'address'>,
): string {
  let path = location
  const base = `http://${address}`
  if (location.toLowerCase().startsWith(base)) {
    path = location.slice(base.length)
    if (path === '' || path.startsWith('?') || path.startsWith('#')) path = `/${path}`
  }
  if (!path.startsWith('/') || path.startsWith('//')) return location
  if (path === prefix || path.startsWith(`${prefix}/`)) return path
  return prefix + path
}
