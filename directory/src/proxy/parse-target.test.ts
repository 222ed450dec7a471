import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hostRules, parseTarget, type RawRequest, type Target } from './parse-target.ts'

const rules = hostRules({
  publicUrl: 'https://usms.example.org',
  baseDomain: 'schools.example.org',
  publicHosts: ['front.schools.example.org'],
})

const parse = (url: string, host = 'localhost', more: Partial<RawRequest> = {}): Target =>
  parseTarget(
    { method: 'GET', url, hosts: [host], httpVersion: '1.1', hasTransferEncoding: false, ...more },
    rules,
  )

const RUNS = { numRuns: 2_000 }
const code = fc.stringMatching(/^[A-Za-z0-9]{2,16}$/)
const segment = fc
  .stringMatching(/^[A-Za-z0-9_~!$&'()*+,;=:@.-]{1,12}$/)
  .filter((text) => !/^\.{1,2}$/.test(text))
/** Anything a request line can hold, with what attacks are made of put in often. */
const anyPath = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        '/',
        '//',
        '.',
        '..',
        '%2e',
        '%2F',
        '%5c',
        '\\',
        '%00',
        '%',
        '%25',
        ';',
        '?',
        '#',
        'proxy',
        'app',
        'App',
        'owner',
        'metrics',
        'internal',
        'A1',
        '@',
        ':',
        'http://x/',
      ),
      fc.string({ unit: 'binary', maxLength: 4 }),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

describe('parseTarget', () => {
  it('gives every request one decision and never throws', () => {
    fc.assert(
      fc.property(anyPath, fc.string(), fc.string(), (url, host, method) => {
        expect(['directory', 'school', 'refused']).toContain(parse(url, host, { method }).kind)
      }),
      RUNS,
    )
  })

  it('leads plain paths to the code that stands in them, unchanged', () => {
    fc.assert(
      fc.property(
        code,
        fc.array(segment, { maxLength: 5 }),
        fc.webQueryParameters(),
        (given, parts, query) => {
          fc.pre(!/^(metrics|ready|internal)(;|$)/i.test(parts[0] ?? ''))
          const rest = `/${parts.join('/')}${query ? `?${query}` : ''}`
          const expected = { kind: 'school', by: 'code', key: given.toUpperCase(), path: rest }
          expect(parse(`/proxy/${given}${rest}`)).toEqual(expected)
        },
      ),
      RUNS,
    )
  })

  it('lets no path out of its school, however a server behind it reads it', () => {
    fc.assert(
      fc.property(code, anyPath, (given, rest) => {
        const target = parse(`/proxy/${given}/${rest}`)
        if (target.kind !== 'school') return
        const path = target.path.split('?', 1)[0] ?? ''
        // Read by the rules of browsers, decoded or not, it is the same path.
        for (const reading of [path, decodeURIComponent(path.replace(/%(?![2-7])/g, '%25'))]) {
          expect(reading.split(/[/\\]/)).not.toContain('..')
          expect(reading.split(/[/\\]/)).not.toContain('.')
        }
        expect(new URL(`http://school${path}`).pathname).toBe(path)
        expect(path).toMatch(/^\/[\x21-\x7e]*$/)
        expect(path).not.toMatch(/\/\/|\\|#/)
        expect(target.key).toBe(given.toUpperCase())
      }),
      RUNS,
    )
  })

  it('never leads to the operational paths of a school', () => {
    const spelled = fc.constantFrom('metrics', 'ready', 'internal').chain((word) =>
      fc
        .array(fc.constantFrom('plain', 'upper', 'hex', 'HEX'), { minLength: 8, maxLength: 8 })
        .map((how) =>
          [...word]
            .map((letter, i) => {
              const hex = letter.charCodeAt(0).toString(16)
              return {
                plain: letter,
                upper: letter.toUpperCase(),
                hex: `%${hex}`,
                HEX: `%${hex.toUpperCase()}`,
              }[how[i] ?? 'plain']
            })
            .join(''),
        ),
    )
    fc.assert(
      fc.property(spelled, fc.constantFrom('', '/', '/x', '?x', ';a=b', '/../x'), (word, end) => {
        expect(parse(`/proxy/AB/${word}${end}`).kind).toBe('refused')
        expect(parse(`/api/${word}${end}`, 'ab.schools.example.org').kind).toBe('refused')
      }),
      RUNS,
    )
  })

  it('leads nothing but /api to a school from its own host, and nowhere but to that school', () => {
    fc.assert(
      fc.property(anyPath, (rest) => {
        const target = parse(`/${rest}`, 'abc1.schools.example.org')
        if (target.kind !== 'school') return
        expect(rest).toMatch(/^api(?:[/?]|$)/)
        expect([target.by, target.key]).toEqual(['host', 'abc1'])
      }),
      RUNS,
    )
  })

  it('leads from an own host to nothing of the directory but its front end, however that reads a path', () => {
    const below = fc
      .tuple(fc.constantFrom('', 'app', 'app/'), anyPath)
      .map((parts) => parts.join(''))
    fc.assert(
      fc.property(below, (rest) => {
        const url = `/${rest}`
        if (parse(url, 'abc1.schools.example.org').kind !== 'directory') return
        const path = url.split('?', 1)[0] ?? ''
        // As it stands, decoded, and by the rules of browsers.
        for (const reading of [
          path,
          decodeURIComponent(path.replace(/%(?![2-7])/g, '%25')),
          new URL(`http://own${path}`).pathname,
        ])
          expect(reading).toMatch(/^\/(?:app(?:\/(?!\.\.?(?:[/\\]|$))[^\\]*)?)?$/)
        expect(parse(url)).toEqual({ kind: 'directory' })
      }),
      RUNS,
    )
  })

  it.each([
    ['/', 'directory'],
    ['/app', 'directory'],
    ['/app?next=/owner', 'directory'],
    ['/app/', 'directory'],
    ['/app/students/1?q=%2e%2e', 'directory'],
    ['/app/a%20b', 'directory'],
    ['/app/../owner', 'bad_path'],
    ['/app/x/..', 'bad_path'],
    ['/app/%2E%2e/owner', 'bad_path'],
    ['/app//', 'bad_path'],
    ['/app/\\owner', 'bad_path'],
    ['/app%2f..', 'not_found'],
    ['/app\\..\\owner', 'not_found'],
    ['//app', 'not_found'],
    ['/App', 'not_found'],
    ['/apps', 'not_found'],
    ['/app#x', 'not_found'],
    ['/owner', 'not_found'],
    ['/public/schools', 'not_found'],
    ['/proxy/AB/x', 'not_found'],
    ['/docs', 'not_found'],
    ['*', 'not_found'],
  ])('takes %s on an own host for: %s', (url, expected) => {
    const target = parse(url, 'abc1.schools.example.org')
    expect(target.kind === 'refused' ? target.error.code : target.kind).toBe(expected)
  })

  it('serves no host but those it was told', () => {
    fc.assert(
      fc.property(fc.domain(), (host) => {
        fc.pre(!host.endsWith('schools.example.org') && host !== 'usms.example.org')
        expect(parse('/proxy/AB/x', host)).toMatchObject({
          kind: 'refused',
          error: { code: 'unknown_host' },
        })
      }),
      RUNS,
    )
  })

  it.each([
    'front.schools.example.org',
    'usms.example.org:443',
    'schools.example.org',
    '10.0.0.1',
    '[fe80::1]:80',
  ])('takes %s for the shared origin', (host) => {
    expect(parse('/owner/schools', host).kind).toBe('directory')
  })

  it("takes a request for * as the directory's", () => {
    expect(parse('*', 'localhost', { method: 'OPTIONS' }).kind).toBe('directory')
  })
})
