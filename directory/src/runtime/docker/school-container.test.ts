import { describe, expect, it } from 'vitest'
import { limitsOf } from '../plans.ts'
import type { SchoolSpec } from '../school-runtime.ts'
import {
  containerNameOf,
  schoolContainerOf,
  secretVolumeLabelsOf,
  secretVolumeNameOf,
} from './school-container.ts'

const spec: SchoolSpec = {
  schoolId: '0b1c',
  code: 'DPS',
  generation: 7,
  release: 'sha256:abc',
  settings: { LOG_LEVEL: 'info' },
  secrets: { DATABASE_URL: 'postgres://hidden', HOP_SECRET: 'hidden too' },
  limits: limitsOf('small'),
  port: null,
}
const place = { instance: 'usms', network: 'usms_schools' }
const { HostConfig, Env, Labels, ...container } = schoolContainerOf(place, spec)

describe('the container of a school', () => {
  it('names its secrets as files and holds none of them', () => {
    expect(Env).toContain('DATABASE_URL_FILE=/run/secrets/DATABASE_URL')
    expect(Env).toContain('LOG_LEVEL=info')
    const said = JSON.stringify([
      schoolContainerOf(place, spec),
      secretVolumeLabelsOf('usms', spec),
    ])
    expect(said).not.toContain('hidden')
  })

  it('has nothing that a school does not need', () => {
    expect(container).toMatchObject({
      name: 'usms-school-dps-7',
      Image: 'sha256:abc',
      User: '1000:1000',
    })
    expect(HostConfig).toMatchObject({
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges:true'],
      NetworkMode: 'usms_schools',
      RestartPolicy: { Name: 'no' },
      Mounts: [{ Type: 'volume', Target: '/run/secrets', ReadOnly: true }],
    })
    expect(HostConfig).not.toHaveProperty('Binds')
    expect(HostConfig).not.toHaveProperty('PortBindings')
  })

  it('is held to the limits of its plan, with no swap besides', () => {
    const bytes = 256 * 1024 * 1024
    const inForce = { Memory: bytes, MemorySwap: bytes, NanoCpus: 500_000_000, PidsLimit: 64 }
    expect(HostConfig).toMatchObject(inForce)
    expect(Env).toContain('NODE_OPTIONS=--max-old-space-size=96')
  })

  it('bears the marks by which it is found again, and those by which Compose knows it', () => {
    expect(Labels).toMatchObject({
      'org.usms.instance': 'usms',
      'org.usms.school': '0b1c',
      'org.usms.code': 'DPS',
      'org.usms.release': 'sha256:abc',
      'org.usms.generation': '7',
      'org.usms.fingerprint': expect.stringMatching(/^[0-9a-f]{32}$/),
      'com.docker.compose.project': 'usms',
      'com.docker.compose.service': 'school-dps',
    })
  })
})

it('names the volume by what is in it', () => {
  const other = { ...spec, secrets: { ...spec.secrets, HOP_SECRET: 'another' } }
  const later = { ...spec, generation: 8 }
  expect(secretVolumeNameOf('usms', spec)).toMatch(/^usms-dps-secrets-[0-9a-f]{12}$/)
  expect(secretVolumeNameOf('usms', later)).toBe(secretVolumeNameOf('usms', spec))
  expect(secretVolumeNameOf('usms', other)).not.toBe(secretVolumeNameOf('usms', spec))
  expect(containerNameOf('usms', later)).toBe('usms-school-dps-8')
})
