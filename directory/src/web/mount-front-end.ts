import { extname } from 'node:path'
import { AppError, notFound, unavailable } from '@usms/service-kit/errors/app-error'
import type { Express, RequestHandler, Response } from 'express'
import { acceptedEncoding } from '#src/http/accepted-encoding.ts'
import type { Registry } from '#src/modules/schools/registry.ts'
import { type HostRules, labelOf, SHARED } from '#src/proxy/parse-target.ts'
import type { FrontEnd, StaticFile } from './front-end.ts'
import { pagePolicy, type Site } from './page.ts'

interface FrontEndDeps {
  frontEnd: FrontEnd
  registry: Pick<Registry, 'byHost' | 'isLoaded'>
  hostRules: HostRules
  /** Whether clients reach this directory by HTTPS. */
  overTls: boolean
}

/** Both halves of the front end: the files may be asked for more often than a client is let ask for anything else. */
export interface MountFrontEnd {
  files(app: Express): void
  /** Last of all that is below `/app`. */
  pages(app: Express): void
}

/** The front end under `/app`: on the shared origin, and on every school's own host. */
export function createMountFrontEnd(deps: FrontEndDeps): MountFrontEnd {
  const { frontEnd, registry, hostRules, overTls } = deps

  function siteOf(host: string | undefined): Site {
    const label = labelOf(host, hostRules)
    if (label === SHARED) return { kind: 'shared' }
    const school = label === undefined ? undefined : registry.byHost(label)
    if (school) return { kind: 'school', code: school.code, name: school.name }
    // Knowing nothing is not the same as knowing that there is no such school.
    if (!registry.isLoaded()) throw unavailable('registry_not_loaded', 'Not ready yet', 1)
    return { kind: 'unknown' }
  }

  const sendPage: RequestHandler = (req, res) => {
    const site = siteOf(req.headers.host)
    const { html, nonce } = frontEnd.page.fill(site)
    res.setHeader('Content-Security-Policy', pagePolicy(nonce, overTls))
    res.setHeader('X-Frame-Options', 'DENY')
    res.setHeader('Permissions-Policy', 'camera=(), microphone=(), geolocation=()')
    // Asked for again each time: it names the files of one build, and a nonce is good for one answer.
    res.setHeader('Cache-Control', 'no-cache')
    res.status(site.kind === 'unknown' ? 404 : 200).type('html')
    res.setHeader('Content-Length', Buffer.byteLength(html))
    // Not `send`, which may answer 304: this nonce would be laid beside a page that carries another.
    res.end(html)
  }

  return {
    files(app) {
      // By the path as it stands on the wire: a file has one spelling.
      app.get('/app/assets/{*path}', (req, res) => {
        const path = req.path.slice('/app/'.length)
        const file = frontEnd.files.get(path)
        if (!file) throw notFound('file')
        // The name holds a hash of what is inside.
        res.setHeader('Cache-Control', 'public, max-age=31536000, immutable')
        sendFile(req.headers['accept-encoding'], res, path, file)
      })
      app.get('/app/:name', (req, res, next) => {
        const path = req.path.slice('/app/'.length)
        const file = frontEnd.files.get(path)
        if (!file) return next()
        res.setHeader('Cache-Control', 'no-cache')
        sendFile(req.headers['accept-encoding'], res, path, file)
      })
    },

    pages(app) {
      // One route a path: the metrics name each by its pattern.
      for (const path of ['/', '/app']) app.get(path, (_req, res) => res.redirect(302, '/app/'))
      app.get('/app/{*path}', sendPage)
      for (const path of ['/', '/app', '/app/{*path}']) app.all(path, refuseMethod)
    },
  }
}

const refuseMethod: RequestHandler = (req, res) => {
  res.setHeader('Allow', 'GET, HEAD')
  throw new AppError(
    'method_not_allowed',
    'method_not_allowed',
    `${req.method} is not offered here`,
  )
}

function sendFile(
  acceptEncoding: string | undefined,
  res: Response,
  path: string,
  { plain, encoded }: StaticFile,
) {
  const encoding = acceptedEncoding(acceptEncoding, (name) => encoded[name] !== undefined)
  const body = (encoding && encoded[encoding]) ?? plain
  if (Object.keys(encoded).length > 0) res.setHeader('Vary', 'Accept-Encoding')
  if (encoding) res.setHeader('Content-Encoding', encoding)
  res.type(extname(path))
  res.setHeader('Content-Length', body.length)
  res.end(body)
}
