import type { Request, Response } from 'express'
import { endpoint, type DirectoryEndpoint } from '#src/auth/endpoint.ts'
import { acceptedEncoding } from '#src/http/accepted-encoding.ts'
import type { PublicList } from './public-list.ts'
import {
  publicSchools,
  publicSchoolsQuery,
  resolved,
  resolveQuery,
} from './public-schools.schema.ts'
import { createPublicSchoolsService, type PublicSchoolsDeps } from './public-schools.service.ts'

export function publicSchoolsRoutes(deps: PublicSchoolsDeps): DirectoryEndpoint[] {
  const schools = createPublicSchoolsService(deps)
  return [
    endpoint({
      method: 'get',
      path: '/public/schools',
      summary: 'List the schools one can sign in to',
      access: 'public',
      query: publicSchoolsQuery,
      response: publicSchools,
      async handle({ query, req, res }) {
        await sendList(req, res, schools.list(query.q))
        return []
      },
    }),
    endpoint({
      method: 'get',
      path: '/resolve',
      summary: 'Find where a school is reached',
      access: 'public',
      query: resolveQuery,
      response: resolved,
      handle: async ({ query }) => schools.resolve(query.code),
    }),
  ]
}

/** The bytes as they are kept, and none at all for whoever has them. */
async function sendList(req: Request, res: Response, list: PublicList) {
  const encoding = acceptedEncoding(req.headers['accept-encoding'])
  const { body, etag } = encoding ? await list.compressed(encoding) : list
  res.setHeader('Vary', 'Accept-Encoding')
  res.setHeader('ETag', etag)
  res.setHeader('Cache-Control', 'public, max-age=30')
  if (has(req.headers['if-none-match'], etag)) return void res.status(304).end()
  if (encoding) res.setHeader('Content-Encoding', encoding)
  res.setHeader('Content-Type', 'application/json; charset=utf-8')
  res.setHeader('Content-Length', body.length)
  res.status(200).end(body)
}

/** If-None-Match compares weakly (RFC 9110 §13.1.2): a cache on the way may have marked it so. */
const has = (ifNoneMatch: string | undefined, etag: string) =>
  ifNoneMatch !== undefined &&
  (ifNoneMatch.trim() === '*' ||
    ifNoneMatch.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag))
