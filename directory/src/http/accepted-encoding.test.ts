import { describe, expect, it } from 'vitest'
import { acceptedEncoding } from './accepted-encoding.ts'

describe('acceptedEncoding', () => {
  it.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['gzip, deflate', 'gzip'],
    ['br;q=0.5, gzip;q=0.8', 'gzip'],
    ['BR', 'br'],
    ['gzip ; Q=1 ,br; q=0', 'gzip'],
    ['*', 'br'],
    ['*;q=0.1, br;q=0', 'gzip'],
    ['identity', undefined],
    ['gzip;q=0, br;q=0.0', undefined],
    ['brotli, xgzip', undefined],
    [';;,,=', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('takes %j for %s', (header, encoding) => {
    expect(acceptedEncoding(header)).toBe(encoding)
  })

  it('chooses among what is at hand', () => {
    expect(acceptedEncoding('br, gzip', (encoding) => encoding === 'gzip')).toBe('gzip')
    expect(acceptedEncoding('br, gzip', () => false)).toBeUndefined()
  })
})
