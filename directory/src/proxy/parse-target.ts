import { isIP } from 'node:net'
import { AppError } from '@usms/service-kit/errors/app-error'
import { sharedPathOf } from '#src/modules/schools/url-for.ts'

/** Where a request goes, decided from its raw target and host alone. */
export type Target =
  | { kind: 'directory' }
  | { kind: 'school'; by: 'code' | 'host'; key: string; path: string }
  | { kind: 'refused'; error: AppError }

export interface RawRequest {
  method: string
  /** The request target as it stood on the wire. */
  url: string
  /** Every Host header, in order. */
  hosts: readonly string[]
  httpVersion: string
  /** Whether a Transfer-Encoding header is there. */
  hasTransferEncoding: boolean
}

/** Which host names are the shared origin, and whose the others are. */
export interface HostRules {
  shared: ReadonlySet<string>
  /** With its leading dot. */
  ownHostSuffix: string
}

export function hostRules({
  publicUrl,
  baseDomain,
  publicHosts,
}: {
  publicUrl: string
  baseDomain: string
  publicHosts: readonly string[]
}): HostRules {
  const names = [baseDomain, 'localhost', new URL(publicUrl).hostname, ...publicHosts]
  return {
    shared: new Set(names.map((name) => name.toLowerCase())),
    ownHostSuffix: `.${baseDomain.toLowerCase()}`,
  }
}

const refused = (error: AppError): Target => ({ kind: 'refused', error })

const malformed = (message: string) =>
  refused(new AppError('invalid', 'malformed_request', message))

/** One body for every reason why there is no such school, so that nothing is learnt from the difference. */
export const schoolNotFound = () => new AppError('not_found', 'school_not_found', 'No such school')

const DIRECTORY: Target = { kind: 'directory' }
const ABSOLUTE_FORM = malformed('The request target must be a path')
const HOSTS = malformed('Send exactly one Host header')
const OLD_CHUNKS = malformed('HTTP/1.0 has no Transfer-Encoding')
const METHOD = refused(
  new AppError('method_not_allowed', 'method_not_allowed', 'This method is not offered here'),
)
const BAD_PATH = refused(new AppError('invalid', 'bad_path', 'The path is not in its plain form'))
const NO_SCHOOL = refused(schoolNotFound())
const NO_HOST = refused(new AppError('not_found', 'unknown_host', 'This host name is not served'))
const NO_ROUTE = refused(new AppError('not_found', 'not_found', 'No such route'))

/**
 * Pure and total: any request gets one decision. Nothing is decoded or normalised on the way to a school — what is not in its
 * plain form already is refused, since two readers of one path disagree sooner or later.
 */
export function parseTarget(request: RawRequest, rules: HostRules): Target {
  const { url } = request
  if (url.charCodeAt(0) !== SLASH && url !== '*') return ABSOLUTE_FORM
  if (request.hosts.length > 1) return HOSTS
  if (request.hasTransferEncoding && request.httpVersion === '1.0') return OLD_CHUNKS
  if (request.method === 'TRACE' || request.method === 'CONNECT') return METHOD

  const label = labelOf(request.hosts[0], rules)
  if (label === undefined) return NO_HOST
  if (label === SHARED) {
    if (url.startsWith('/proxy/') || isBare(url, '/proxy')) return byCode(url)
    return isFrontEnd(url) ? toFrontEnd(url) : DIRECTORY
  }
  if (url.startsWith('/api/') || isBare(url, '/api')) return toSchool('host', label, url.slice(4))
  return isFrontEnd(url) ? toFrontEnd(url) : NO_ROUTE
}

const SLASH = 0x2f
/** The label of the origin that all schools share. */
export const SHARED = ''
const LABEL = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/
const CODE = /^[A-Za-z0-9]{2,16}$/

const isBare = (url: string, path: string) =>
  url === path || (url.startsWith(path) && url[path.length] === '?')

/** The front end and the ways to it: of what the directory answers itself, all that a school's own host has. */
const isFrontEnd = (url: string) =>
  isBare(url, '/') || url.startsWith('/app/') || isBare(url, '/app')

/** In its plain form only: what leads to the front end here must not lead anywhere else in the directory, however it is read. */
const toFrontEnd = (url: string): Target => (isPlain(url, withoutQuery(url)) ? DIRECTORY : BAD_PATH)

/** The label of a school's own host, `SHARED`, or undefined for a host that is not ours. */
export function labelOf(host: string | undefined, rules: HostRules): string | undefined {
  // HTTP/1.0 without a Host names nobody, so nobody wrongly.
  if (host === undefined) return SHARED
  const name = hostNameOf(host)
  if (name === undefined) return undefined
  if (rules.shared.has(name) || isIP(name) !== 0) return SHARED
  if (!name.endsWith(rules.ownHostSuffix)) return undefined
  const label = name.slice(0, -rules.ownHostSuffix.length)
  return LABEL.test(label) ? label : undefined
}

/** A Host header without its port and final dot, lower-cased; brackets of IPv6 removed. */
function hostNameOf(host: string): string | undefined {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::\d{1,5})?$/.exec(host)
  const name = parts?.[1] ?? parts?.[2]
  return name?.toLowerCase().replace(/\.$/, '')
}

function byCode(url: string): Target {
  const start = '/proxy/'.length
  let end = start
  while (end < url.length && url[end] !== '/' && url[end] !== '?') end++
  const code = url.slice(start, end)
  if (!CODE.test(code)) return NO_SCHOOL
  return toSchool('code', code.toUpperCase(), url.slice(end))
}

function toSchool(by: 'code' | 'host', key: string, rest: string): Target {
  const path = rest.charCodeAt(0) === SLASH ? rest : `/${rest}`
  const bare = withoutQuery(path)
  if (!isPlain(path, bare)) return BAD_PATH
  if (isOperational(bare)) return NO_ROUTE
  return { kind: 'school', by, key, path }
}

function withoutQuery(path: string): string {
  const queryAt = path.indexOf('?')
  return queryAt < 0 ? path : path.slice(0, queryAt)
}

function isPlain(path: string, bare: string): boolean {
  if (UNPLAIN.test(bare) || DOT_SEGMENT.test(bare)) return false
  // A fragment is never sent, and a control character would end the request line early.
  return bare.length === path.length || !UNPLAIN_QUERY.test(path)
}

/** Anything but printable ASCII, an empty segment, a backslash, or an escape that is broken or stands for a dot, a slash or a control. */
const UNPLAIN =
  /[^\x21-\x7e]|\/\/|[\\#]|%(?:2[efEF]|5[cC]|[01][0-9a-fA-F]|7[fF]|(?![0-9a-fA-F]{2}))/
const DOT_SEGMENT = /\/\.{1,2}(?:\/|$)/
const UNPLAIN_QUERY = /[^\x21-\x7e\x80-\uffff]|#/

/** A school's operational paths, in any spelling that some server might take for them. */
function isOperational(path: string): boolean {
  // Hot path: nearly all paths are told apart by one character.
  if (!/^\/[mri%]/i.test(path)) return false
  return OPERATIONAL.has(canonical(path.split('/', 2)[1] ?? ''))
}

const OPERATIONAL = new Set(['metrics', 'ready', 'internal'])

function canonical(segment: string): string {
  let text = segment
  try {
    text = decodeURIComponent(segment)
  } catch {
    // Not UTF-8: no spelling of an ASCII word.
  }
  return (text.split(';', 1)[0] ?? '').trim().toLowerCase()
}

/** Whether a path within a school is where people sign in. */
export const isSignIn = (method: string, path: string): boolean =>
  method === 'POST' && /^\/auth\/login\/?(?:\?|$)/i.test(path)

/** Under which path the client sees the school: what `X-Forwarded-Prefix` says. */
export const prefixOf = (by: 'code' | 'host', code: string): string =>
  by === 'code' ? sharedPathOf(code) : '/api'
