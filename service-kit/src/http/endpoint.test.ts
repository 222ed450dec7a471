import express from 'express'
import { pino } from 'pino'
import request from 'supertest'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { conflict, forbidden, unauthenticated } from '../errors/app-error.ts'
import { endpointFactory, mountEndpoints } from './endpoint.ts'
import { openApiDocument } from './openapi.ts'
import { noSuchRoute, problemHandler } from './problem.ts'
import { requestContext } from './request-context.ts'

type Access = 'public' | 'members'
const endpoint = endpointFactory<Access, { name: string }, 'public'>()
const thing = z.object({ id: z.string(), name: z.string(), version: z.number() })

const endpoints = [
  endpoint({
    method: 'post',
    path: '/things/:id/parts',
    summary: 'Make a thing',
    access: 'members',
    params: z.strictObject({ id: z.string().max(3) }),
    query: z.strictObject({ dry: z.stringbool().default(false) }),
    body: z.strictObject({ name: z.string().min(1), size: z.number().int().optional() }),
    response: thing,
    status: 201,
    location: ({ id }) => `/things/${id}`,
    handle: async ({ body, actor }) => {
      if (body.name === 'taken')
        throw conflict('name_taken', 'That name is taken', { by: actor.name })
      if (body.name === 'boom') throw new Error('the inside of the server: postgres://u:pw@h/db')
      return { id: 't1', name: body.name, version: 3, passwordHash: 'never sent' }
    },
  }),
  endpoint({
    method: 'get',
    path: '/open',
    summary: 'Anyone',
    access: 'public',
    response: z.object({ ok: z.boolean() }),
    handle: async () => ({ ok: true }),
  }),
]

const app = express()
app.use(requestContext({ trustRequestId: true }))
mountEndpoints(app, endpoints, {
  authorize: async (req, access) => {
    if (access === 'public') return undefined
    if (!req.headers.authorization) throw unauthenticated()
    if (req.headers.authorization !== 'Bearer good') throw forbidden()
    return { name: 'Asha' }
  },
})
app.use(noSuchRoute)
app.use(problemHandler({ log: pino({ level: 'silent' }) }))

const post = (body: unknown, path = '/things/t1/parts') =>
  request(app)
    .post(path)
    .set('Authorization', 'Bearer good')
    .send(body as object)

describe('endpoint()', () => {
  it('answers with what the contract names and nothing more, with Location and ETag', async () => {
    const answer = await post({ name: 'a' }).expect(201)
    expect(answer.body).toEqual({ id: 't1', name: 'a', version: 3 })
    expect(answer.headers).toMatchObject({ location: '/things/t1', etag: '"3"' })
  })

  it('names the faults of params, query and body together', async () => {
    const answer = await post(
      { name: '', extra: 1 },
      '/things/long-id/parts?dry=perhaps&x=1',
    ).expect(400)
    expect(answer.body.errors.map((issue: { path: string }) => issue.path).sort()).toEqual([
      'dry',
      'extra',
      'id',
      'name',
      'x',
    ])
    expect(answer.body).toMatchObject({
      status: 400,
      code: 'invalid_input',
      error: answer.body.detail,
      requestId: expect.any(String),
    })
  })

  it('asks who it is before it reads the body', async () => {
    await request(app)
      .post('/things/t1/parts')
      .set('Content-Type', 'text/plain')
      .send('x')
      .expect(401)
    await request(app)
      .post('/things/t1/parts')
      .set('Authorization', 'Bearer other')
      .send({})
      .expect(403)
    await post('text').set('Content-Type', 'text/plain').expect(415)
  })

  it('sends stable codes and details of a conflict', async () => {
    const answer = await post({ name: 'taken' }).expect(409)
    expect(answer.body).toMatchObject({
      code: 'name_taken',
      details: { by: 'Asha' },
      type: 'urn:usms:problem:name_taken',
    })
  })

  it('sends nothing of an unknown failure', async () => {
    const answer = await post({ name: 'boom' }).expect(500)
    expect(JSON.stringify(answer.body)).not.toContain('postgres')
    expect(answer.body.code).toBe('internal_error')
  })

  it('takes a body only as a JSON object: null, arrays and numbers are 400', async () => {
    for (const text of ['null', '[]', '7', '"text"', ''])
      await post(undefined).set('Content-Type', 'application/json').send(text).expect(400)
  })

  it('answers HEAD like GET, 405 for other methods and 404 for other paths', async () => {
    await request(app).head('/open').expect(200)
    expect((await request(app).patch('/open').expect(405)).headers.allow).toBe('GET, HEAD')
    await request(app).get('/nothing').expect(404)
  })

  it('keeps a well-formed request id and replaces a bad one', async () => {
    expect(
      (await request(app).get('/open').set('X-Request-Id', 'abc-1')).headers['x-request-id'],
    ).toBe('abc-1')
    expect(
      (await request(app).get('/open').set('X-Request-Id', 'a b<c>')).headers['x-request-id'],
    ).toMatch(/^[0-9a-f-]{36}$/)
  })

  it('describes itself as OpenAPI 3.1', () => {
    const document = openApiDocument(endpoints, { title: 'T', version: '1', serverUrl: '/' }) as {
      openapi: string
      paths: Record<
        string,
        Record<
          string,
          {
            parameters: { name: string; required: boolean }[]
            security: unknown[]
            responses: object
          }
        >
      >
    }
    const operation = document.paths['/things/{id}/parts']?.post
    expect(document.openapi).toBe('3.1.0')
    expect(operation?.parameters).toMatchObject([
      { name: 'id', in: 'path', required: true },
      { name: 'dry', in: 'query', required: false },
    ])
    expect(operation?.responses).toHaveProperty('201')
    expect(document.paths['/open']?.get?.security).toEqual([])
  })
})
