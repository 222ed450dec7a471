import type { networkInterfaces } from 'node:os'
import { expect, it } from 'vitest'
import { createSchoolSide } from './school-side.ts'

const at = (cidr: string, internal = false) => [
  {
    address: cidr.split('/')[0] ?? '',
    cidr,
    internal,
    netmask: '',
    mac: '',
    family: 'IPv4' as const,
  },
]
const interfaces: typeof networkInterfaces = () => ({
  lo: at('127.0.0.1/8', true),
  edge: at('172.20.0.2/16'),
  schools: at('172.23.0.2/16'),
})

it('is the network on which a school lives, whole, and no other', () => {
  const side = createSchoolSide(interfaces)
  expect(side.has('172.23.0.5')).toBe(false)
  side.add('172.23.0.4')
  expect(side.has('172.23.0.4')).toBe(true)
  expect(side.has('172.23.200.9')).toBe(true)
  for (const other of ['172.20.0.1', '172.24.0.1', '127.0.0.1', '::1', '203.0.113.7', ''])
    expect(side.has(other), other).toBe(false)
})

it('is never this machine alone, nor where no interface leads, nor what is no address', () => {
  const side = createSchoolSide(interfaces)
  for (const host of ['127.0.0.1', '10.9.8.7', 'school.example.org', 'fd00::4']) side.add(host)
  for (const host of ['127.0.0.1', '10.9.8.7', '172.23.0.4', 'fd00::4'])
    expect(side.has(host), host).toBe(false)
})
