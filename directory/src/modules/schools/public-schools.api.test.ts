import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { request, sendRaw } from '#src/proxy/testing/raw-request.ts'
import { insertSchool } from '#src/proxy/testing/router-rig.ts'
import { until } from '#src/proxy/testing/until.ts'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'
import { Pool } from 'pg'

let directory: TestDirectory

beforeAll(async () => {
  directory = await startDirectory()
  const sql = new Pool({ connectionString: directory.databaseUrl, max: 1 })
  await insertSchool(sql, { code: 'GREEN1', name: 'Green Wood', address: '127.0.0.1:9' })
  await insertSchool(sql, { code: 'BLUE1', name: 'Blue Lake' })
  await insertSchool(sql, { code: 'HIDE1', name: 'Hidden', listed: false })
  await insertSchool(sql, { code: 'OFF1', name: 'Off', status: 'SUSPENDED' })
  await sql.end()
  await until('they are listed', async () => {
    const { body } = await directory.call<unknown[]>('GET', '/public/schools')
    return body.length === 2
  })
})
afterAll(() => directory.stop())

/** `fetch` decompresses by itself. */
const raw = (headers: Record<string, string>) =>
  sendRaw(Number(new URL(directory.url).port), request('GET /public/schools', headers))

describe('GET /public/schools', () => {
  it('answers anyone with a bare array of the listed ACTIVE schools, by name', async () => {
    const { status, headers, body } = await directory.call('GET', '/public/schools')
    expect(status).toBe(200)
    expect(body).toEqual([
      { code: 'BLUE1', name: 'Blue Lake' },
      { code: 'GREEN1', name: 'Green Wood' },
    ])
    expect(headers.get('content-type')).toMatch(/^application\/json/)
    expect(headers.get('cache-control')).toBe('public, max-age=30')
  })

  it('answers 304 without a body to whoever has it, and 200 to whoever has another', async () => {
    const etag = (await directory.call('GET', '/public/schools')).headers.get('etag') ?? ''
    expect(etag).toMatch(/^"/)
    const again = (ifNoneMatch: string) =>
      directory.call('GET', '/public/schools', { headers: { 'if-none-match': ifNoneMatch } })
    for (const known of [etag, `W/${etag}`, `"x", ${etag}`, '*']) {
      const { status, body, headers } = await again(known)
      expect([known, status, body, headers.get('etag')]).toEqual([known, 304, undefined, etag])
    }
    expect((await again('"x"')).status).toBe(200)
  })

  it('is compressed as the client likes it, with an ETag for each form', async () => {
    const etags = new Set<string>()
    for (const [accepted, encoding, decompress] of [
      ['gzip, deflate, br', 'br', brotliDecompressSync],
      ['gzip', 'gzip', gunzipSync],
      ['', undefined, (body: Buffer) => body],
    ] as const) {
      const ask = (ifNoneMatch = '"x"') =>
        raw({ 'Accept-Encoding': accepted, 'If-None-Match': ifNoneMatch })
      const { status, headers, body } = await ask()
      expect([status, headers['content-encoding'], headers.vary]).toEqual([
        200,
        encoding,
        'Accept-Encoding',
      ])
      expect(headers['content-length']).toBe(String(body.length))
      expect(JSON.parse(String(decompress(Buffer.from(body, 'latin1'))))).toEqual([
        { code: 'BLUE1', name: 'Blue Lake' },
        { code: 'GREEN1', name: 'Green Wood' },
      ])
      const again = await ask(headers.etag)
      expect([again.status, again.body, again.headers.vary]).toEqual([304, '', 'Accept-Encoding'])
      for (const other of etags) expect((await ask(other)).status).toBe(200)
      etags.add(headers.etag ?? '')
    }
    expect(etags.size).toBe(3)
  })

  it('answers HEAD with the same headers and no body', async () => {
    const head = await fetch(`${directory.url}/public/schools`, { method: 'HEAD' })
    const get = await fetch(`${directory.url}/public/schools`)
    expect(head.status).toBe(200)
    for (const name of ['etag', 'content-length', 'content-type', 'cache-control'])
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)])
    expect(await head.text()).toBe('')
  })

  it.each([
    ['green', ['GREEN1']],
    ['BLUE1', ['BLUE1']],
    ['hidden', []],
    ['', ['BLUE1', 'GREEN1']],
  ])('with q=%j answers %j', async (q, codes) => {
    const { body } = await directory.call<{ code: string }[]>('GET', `/public/schools?q=${q}`)
    expect(body.map(({ code }) => code)).toEqual(codes)
  })

  it.each(['?x=1', `?q=${'a'.repeat(101)}`, '?q=a&q=b'])('answers 400 for %s', async (query) => {
    expect((await directory.call('GET', `/public/schools${query}`)).status).toBe(400)
  })
})

describe('GET /resolve', () => {
  it.each(['GREEN1', 'green1', 'HIDE1'])(
    'answers with the public address of %s, never with the internal one',
    async (code) => {
      const { status, body } = await directory.call('GET', `/resolve?code=${code}`)
      expect(status).toBe(200)
      expect(body).toMatchObject({
        code: code.toUpperCase(),
        apiBaseUrl: `http://localhost:4000/proxy/${code.toUpperCase()}`,
      })
      expect(JSON.stringify(body)).not.toContain('127.0.0.1')
    },
  )

  it.each(['NONE', 'OFF1'])('answers 404 for %s', async (code) => {
    const { status, body } = await directory.call('GET', `/resolve?code=${code}`)
    expect([status, body]).toEqual([404, expect.objectContaining({ code: 'school_not_found' })])
  })

  it.each(['', '?code=', '?code=a%20b', '?code=A', '?code=GREEN1&x=1'])(
    'answers 400 for "%s"',
    async (query) => {
      expect((await directory.call('GET', `/resolve${query}`)).status).toBe(400)
    },
  )
})
