import { describe, expect, it } from 'vitest'
import { createClientReader } from './client-address.ts'

const peer = (remoteAddress: string, encrypted = false) => ({ remoteAddress, encrypted })

describe('the client of a request', () => {
  it('is the other end of the socket when nobody is trusted', () => {
    const read = createClientReader([])
    const headers = { 'x-forwarded-for': '1.2.3.4', 'x-forwarded-proto': 'https' }
    expect(read(peer('203.0.113.9'), headers)).toEqual({
      ip: '203.0.113.9',
      proto: 'http',
      trusted: false,
    })
    expect(read(peer('203.0.113.9', true), {}).proto).toBe('https')
  })

  it('is an IPv4 address also on a socket of both families', () => {
    expect(createClientReader([])(peer('::ffff:203.0.113.9'), {}).ip).toBe('203.0.113.9')
    expect(createClientReader(['203.0.113.9'])(peer('::ffff:203.0.113.9'), {}).trusted).toBe(true)
  })

  it.each([
    ['1.2.3.4', '1.2.3.4'],
    ['6.6.6.6, 1.2.3.4', '1.2.3.4'],
    ['1.2.3.4, 10.0.0.7, 10.0.0.8', '1.2.3.4'],
    ['2001:db8::1', '2001:db8::1'],
    ['10.0.0.7', '10.0.0.1'],
    ['', '10.0.0.1'],
    ['1.2.3.4, unknown', '10.0.0.1'],
    ['1.2.3.4:5678', '10.0.0.1'],
  ])('behind trusted proxies that say "%s" is %s', (forwarded, ip) => {
    const read = createClientReader(['10.0.0.0/8', 'fd00::/8'])
    expect(read(peer('10.0.0.1'), { 'x-forwarded-for': forwarded })).toMatchObject({
      ip,
      trusted: true,
    })
  })

  it('speaks the protocol that the nearest proxy names', () => {
    const read = createClientReader(['10.0.0.1'])
    const proto = (said: string) => read(peer('10.0.0.1'), { 'x-forwarded-proto': said }).proto
    expect(['https', 'http, https', 'https, http', 'gopher', ''].map(proto)).toEqual([
      'https',
      'https',
      'http',
      'http',
      'http',
    ])
  })

  it.each(['10.0.0.0/99', 'localhost', ''])(
    'cannot be told with "%s" as a trusted proxy',
    (entry) => {
      expect(() => createClientReader([entry])).toThrow(/TRUST_PROXY/)
    },
  )
})
