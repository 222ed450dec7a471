import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import { Pool } from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RawAnswer, request, sendRaw } from '#src/proxy/testing/raw-request.ts'
import { insertSchool } from '#src/proxy/testing/router-rig.ts'
import { until } from '#src/proxy/testing/until.ts'
import { type DatabaseGate, startDatabaseGate } from '#src/testing/database-gate.ts'
import { startDirectory, type TestDirectory } from '#src/testing/directory.ts'
import { readFrontEnd } from './front-end.ts'

const SCRIPT = `console.log(${JSON.stringify('x'.repeat(2_000))})`
const HOSTILE = `"><script>alert('1')</script> & Söhne`
const FILES: Record<string, string | Buffer> = {
  'index.html':
    '<!doctype html><meta name="usms-site" content="%SITE%"><meta name="usms-style-nonce" content="%NONCE%"><script type="module" src="/app/assets/main-B1x2.js"></script>',
  'favicon.svg': '<svg xmlns="http://www.w3.org/2000/svg"/>',
  'assets/main-B1x2.js': SCRIPT,
  'assets/main-B1x2.js.br': brotliCompressSync(SCRIPT),
  'assets/main-B1x2.js.gz': gzipSync(SCRIPT),
  'assets/main-C3y4.css': 'body{color:red}',
  '.vite/manifest.json': '{"secret":true}',
}

let webDir: string
let directory: TestDirectory
let port: number

beforeAll(async () => {
  webDir = await mkdtemp(join(tmpdir(), 'usms-web-'))
  for (const [path, content] of Object.entries(FILES)) {
    await mkdir(dirname(join(webDir, path)), { recursive: true })
    await writeFile(join(webDir, path), content)
  }
  await symlink('/etc/hostname', join(webDir, 'assets/link.txt'))
  directory = await startDirectory({ env: { WEB_DIR: webDir } })
  port = Number(new URL(directory.url).port)
  const sql = new Pool({ connectionString: directory.databaseUrl, max: 1 })
  await insertSchool(sql, { code: 'GVPS', name: HOSTILE, subdomain: 'green-valley' })
  await insertSchool(sql, { code: 'HIDE', name: 'Hidden', listed: false })
  await insertSchool(sql, { code: 'GONE', name: 'Gone', status: 'SUSPENDED' })
  await sql.end()
  await until('both are routed', async () => {
    const answers = await Promise.all(['GVPS', 'HIDE'].map((code) => resolve(code)))
    return answers.every(({ status }) => status === 200)
  })
})
afterAll(async () => {
  await directory.stop()
  await rm(webDir, { recursive: true, force: true })
})

const resolve = (code: string) => directory.call('GET', `/resolve?code=${code}`)

const send = (
  line: string,
  host = 'localhost',
  headers: Record<string, string> = {},
): Promise<RawAnswer> => sendRaw(port, request(line, { Host: host, ...headers }))
const get = (path: string, host?: string, headers?: Record<string, string>) =>
  send(`GET ${path}`, host, headers)

const contentOf = (page: string, name: string) =>
  new RegExp(`<meta name="${name}" content="([^"]*)">`).exec(page)?.[1] ?? ''

/** What a browser reads out of the attribute. */
function siteOf({ body }: RawAnswer): unknown {
  const text = Buffer.from(contentOf(body, 'usms-site'), 'latin1').toString('utf8')
  const entities = { '&quot;': '"', '&lt;': '<', '&gt;': '>', '&#39;': "'", '&amp;': '&' }
  return JSON.parse(
    text.replace(
      /&(?:quot|lt|gt|#39|amp);/g,
      (entity) => entities[entity as keyof typeof entities],
    ),
  )
}
const problemOf = ({ body }: RawAnswer) => (JSON.parse(body) as { code: string }).code

describe('the page', () => {
  it.each([
    '/app/',
    '/app/login',
    '/app/a/b.c?x=1',
    '/app/index.html',
    '/app/a%20b',
    '/app/assets',
  ])('is what %s answers, under a policy of its own', async (path) => {
    const answer = await get(path)
    expect(answer.status).toBe(200)
    expect(siteOf(answer)).toEqual({ kind: 'shared' })
    const nonce = contentOf(answer.body, 'usms-style-nonce')
    expect(nonce).toMatch(/^[\w-]{22}$/)
    expect(answer.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-length': String(Buffer.byteLength(answer.body, 'latin1')),
      'cache-control': 'no-cache',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'permissions-policy': 'camera=(), microphone=(), geolocation=()',
      'content-security-policy': [
        "default-src 'none'",
        "script-src 'self'",
        `style-src 'self' 'nonce-${nonce}'`,
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
      ].join('; '),
    })
    expect(answer.headers).not.toHaveProperty('etag')
    expect(answer.headers).not.toHaveProperty('last-modified')
  })

  it('carries another nonce each time', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, () => get('/app/')))
    expect(new Set(answers.map(({ body }) => contentOf(body, 'usms-style-nonce'))).size).toBe(20)
  })

  it('is whole for whoever claims to have it already', async () => {
    const answer = await get('/app/', 'localhost', { 'If-None-Match': '*' })
    expect([answer.status, siteOf(answer)]).toEqual([200, { kind: 'shared' }])
  })

  it('is all but its body for HEAD', async () => {
    const head = await send('HEAD /app/login')
    expect([head.status, head.body]).toEqual([200, ''])
    expect(Number(head.headers['content-length'])).toBeGreaterThan(200)
    expect(head.headers['content-security-policy']).toContain("script-src 'self';")
  })

  it("names the school on its own hosts, and no school's name breaks out of the attribute", async () => {
    for (const host of ['gvps.localhost', 'GVPS.localhost:4000', 'green-valley.localhost']) {
      const answer = await get('/app/', host)
      expect(answer.status).toBe(200)
      expect(siteOf(answer)).toEqual({ kind: 'school', code: 'GVPS', name: HOSTILE })
      expect(answer.body.match(/<script/g)).toHaveLength(1)
      expect(answer.body).not.toContain('%SITE%')
    }
    expect(siteOf(await get('/app/', 'hide.localhost'))).toMatchObject({ code: 'HIDE' })
  })

  it('says 404 on a host of no ACTIVE school, and tells a suspended one from none by nothing', async () => {
    for (const host of ['none.localhost', 'gone.localhost']) {
      const answer = await get('/app/login', host)
      expect([answer.status, siteOf(answer)]).toEqual([404, { kind: 'unknown' }])
      expect((await get('/app/assets/main-B1x2.js', host)).status).toBe(200)
    }
    expect(problemOf(await get('/app/', 'evil.example.com'))).toBe('unknown_host')
  })

  it('comes before the database does; whose host it is, is not guessed', async () => {
    let gate: DatabaseGate | undefined
    const cold = await startDirectory({
      env: { WEB_DIR: webDir },
      through: async (databaseUrl) => {
        gate = await startDatabaseGate(databaseUrl)
        gate.shut()
        return gate.url
      },
    })
    try {
      const coldPort = Number(new URL(cold.url).port)
      const ask = (host: string) => sendRaw(coldPort, request('GET /app/', { Host: host }))
      expect(siteOf(await ask('localhost'))).toEqual({ kind: 'shared' })
      const own = await ask('gvps.localhost')
      expect([own.status, problemOf(own), own.headers['retry-after']]).toEqual([
        503,
        'registry_not_loaded',
        '1',
      ])
    } finally {
      await cold.stop()
      await gate?.close()
    }
  })

  it('asks for TLS where clients come by TLS', async () => {
    const other = await startDirectory({
      env: { WEB_DIR: webDir, PUBLIC_URL: 'https://schools.example.org' },
    })
    try {
      const { headers } = await other.call('GET', '/app/')
      expect(headers.get('content-security-policy')).toMatch(/; upgrade-insecure-requests$/)
      expect(headers.get('strict-transport-security')).toContain('max-age=')
    } finally {
      await other.stop()
    }
  })
})

describe('the way to the page', () => {
  it.each(['localhost', 'gvps.localhost', 'none.localhost'])('leads there on %s', async (host) => {
    for (const path of ['/', '/app', '/app?x=1', '/?x']) {
      const { status, headers } = await get(path, host)
      expect([path, status, headers.location]).toEqual([path, 302, '/app/'])
    }
    expect((await send('HEAD /', host)).status).toBe(302)
  })

  it('is no way for other methods', async () => {
    for (const path of ['/', '/app', '/app/', '/app/x', '/app/login'])
      for (const method of ['POST', 'DELETE', 'PUT', 'OPTIONS']) {
        const answer = await send(`${method} ${path}`, 'gvps.localhost')
        expect([method, path, answer.status, answer.headers.allow]).toEqual([
          method,
          path,
          405,
          'GET, HEAD',
        ])
      }
    expect(problemOf(await send('POST /app/assets/main-B1x2.js'))).toBe('method_not_allowed')
  })
})

describe('the files', () => {
  it('are kept for ever, compressed as the client likes it', async () => {
    const plain = await get('/app/assets/main-B1x2.js')
    expect([plain.status, plain.body]).toEqual([200, SCRIPT])
    expect(plain.headers).toMatchObject({
      'content-type': 'text/javascript; charset=utf-8',
      'cache-control': 'public, max-age=31536000, immutable',
      vary: 'Accept-Encoding',
      'x-content-type-options': 'nosniff',
    })
    for (const [accepted, encoding, decompress] of [
      ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
      ['gzip, deflate', 'gzip', gunzipSync],
    ] as const) {
      const { headers, body } = await get('/app/assets/main-B1x2.js', 'gvps.localhost', {
        'Accept-Encoding': accepted,
      })
      expect([headers['content-encoding'], headers.vary]).toEqual([encoding, 'Accept-Encoding'])
      expect(headers['content-type']).toBe('text/javascript; charset=utf-8')
      expect(String(decompress(Buffer.from(body, 'latin1')))).toBe(SCRIPT)
    }
  })

  it('are sent plain where the build laid nothing beside them', async () => {
    const { headers, body } = await get('/app/assets/main-C3y4.css', 'localhost', {
      'Accept-Encoding': 'br, gzip',
    })
    expect(body).toBe('body{color:red}')
    expect(headers).not.toHaveProperty('content-encoding')
    expect(headers['content-type']).toBe('text/css; charset=utf-8')
  })

  it('are asked for again where their names hold no hash', async () => {
    const { status, headers } = await get('/app/favicon.svg')
    expect([status, headers['cache-control'], headers['content-type']]).toEqual([
      200,
      'no-cache',
      'image/svg+xml',
    ])
  })

  it('answer HEAD with the same headers', async () => {
    const head = await send('HEAD /app/assets/main-B1x2.js')
    expect([head.status, head.body]).toEqual([200, ''])
    expect(head.headers['content-length']).toBe(String(SCRIPT.length))
  })

  it.each([
    '/app/assets/',
    '/app/assets/none.js',
    '/app/assets/main-B1x2.js/',
    '/app/assets/main-B1x2.js.br',
    '/app/assets/main-b1x2.js',
    '/app/assets/main%2dB1x2.js',
    '/app/assets/link.txt',
    '/app/assets/.vite/manifest.json',
    '/app/assets/index.html',
    '/app/assets/constructor',
    '/app/assets/__proto__',
  ])('are 404 and never the page: %s', async (path) => {
    const answer = await get(path)
    expect([answer.status, problemOf(answer)]).toEqual([404, 'not_found'])
    expect(answer.headers['cache-control']).toBe('no-store')
  })

  it.each([
    '/app/assets/../../config.ts',
    '/app/assets/..%2f..%2fetc/passwd',
    '/app/assets/%2e%2e/index.html',
    '/app/assets/..\\..\\x',
    '/app//etc/passwd',
    '/app/%00',
    '/app/..',
  ])('are nowhere but in their folder: %s is 400', async (path) => {
    for (const host of ['localhost', 'gvps.localhost']) {
      const answer = await get(path, host)
      expect([answer.status, problemOf(answer)]).toEqual([400, 'bad_path'])
    }
  })

  it('keep out what begins with a dot', async () => {
    const { body, status } = await get('/app/.vite/manifest.json')
    expect([status, body.includes('secret')]).toEqual([200, false])
  })

  it('stay as they were when the folder is built anew, or goes', async () => {
    const dir = await mkdtemp(join(tmpdir(), 'usms-web-'))
    await mkdir(join(dir, 'assets'))
    await writeFile(join(dir, 'index.html'), String(FILES['index.html']))
    await writeFile(join(dir, 'assets/a-1.js'), '1')
    const other = await startDirectory({ env: { WEB_DIR: dir } })
    try {
      await rm(dir, { recursive: true })
      expect((await other.call('GET', '/app/assets/a-1.js')).body).toBe('1')
      expect((await other.call('GET', '/app/')).status).toBe(200)
    } finally {
      await other.stop()
    }
  })

  it('do not count as questions of a client, unlike everything else', async () => {
    const strict = await startDirectory({
      env: { WEB_DIR: webDir, OWN_CLIENT_REQUESTS: '2', OWN_CLIENT_WINDOW_SECONDS: '60' },
    })
    try {
      for (let i = 0; i < 10; i++)
        for (const file of ['/app/assets/main-B1x2.js', '/app/favicon.svg', '/app/assets/none.js'])
          expect((await strict.call('GET', file)).status).not.toBe(429)
      expect((await strict.call('GET', '/app/')).status).toBe(200)
      expect((await strict.call('GET', '/public/schools')).status).toBe(200)
      expect((await strict.call('GET', '/app/')).status).toBe(429)
      expect((await strict.call('GET', '/app/assets/main-B1x2.js')).status).toBe(200)
    } finally {
      await strict.stop()
    }
  })
})

describe("a school's own host", () => {
  it.each([
    '/owner/auth/me',
    '/owner/schools',
    '/public/schools',
    '/resolve?code=GVPS',
    '/docs',
    '/openapi.json',
    '/health',
    '/ready',
    '/metrics',
    '/proxy/GVPS/health',
    '/proxy/HIDE/health',
    '//app/',
    '/App/',
    '/app%2f..%2fowner/schools',
  ])('has nothing else of the directory: %s is 404', async (path) => {
    const answer = await get(path, 'gvps.localhost')
    expect([answer.status, problemOf(answer)]).toEqual([404, 'not_found'])
  })
})

describe('without WEB_DIR', () => {
  it('has no page, no files and no way there', async () => {
    const bare = await startDirectory()
    try {
      const barePort = Number(new URL(bare.url).port)
      for (const host of ['localhost', 'gvps.localhost'])
        for (const path of ['/', '/app', '/app/', '/app/assets/main-B1x2.js', '/app/favicon.svg']) {
          const answer = await sendRaw(barePort, request(`GET ${path}`, { Host: host }))
          expect([path, answer.status, problemOf(answer)]).toEqual([path, 404, 'not_found'])
        }
    } finally {
      await bare.stop()
    }
  })
})

describe('readFrontEnd', () => {
  it('refuses a folder that is none, or that holds no page to fill in', async () => {
    await expect(readFrontEnd(join(webDir, 'none'))).rejects.toThrow(
      /WEB_DIR: .*none cannot be read \(ENOENT\)/,
    )
    await expect(readFrontEnd(join(webDir, 'assets'))).rejects.toThrow(
      'is not the page of a built front end',
    )
  })
})
