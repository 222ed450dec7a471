import { ConfigError } from '@usms/service-kit/config'
import { describe, expect, it } from 'vitest'
import { readDirectoryConfig, readProvisionerConfig } from './config.ts'

const secret = 'a secret of at least 32 characters!'
const needed = {
  DATABASE_URL: 'postgres://localhost/usms_directory',
  OWNER_JWT_SECRET: secret,
  OWNER_REFRESH_KEY: secret,
  ROUTER_KEY: secret,
}

describe('readDirectoryConfig', () => {
  it('needs three secrets and a database, and has a default for everything else', () => {
    expect(readDirectoryConfig(needed)).toMatchObject({
      PORT: 4000,
      HOST: '127.0.0.1',
      PUBLIC_URL: 'http://localhost:4000',
      BASE_DOMAIN: 'localhost',
      PUBLIC_HOSTS: [],
      TRUST_PROXY: [],
      REGISTRY_MAX_AGE_SECONDS: 86_400,
    })
  })

  it('derives the public address from the port, unless it is given', () => {
    expect(readDirectoryConfig({ ...needed, PORT: '8080' }).PUBLIC_URL).toBe(
      'http://localhost:8080',
    )
    const given = { ...needed, PUBLIC_URL: 'https://schools.example.org/' }
    expect(readDirectoryConfig(given).PUBLIC_URL).toBe('https://schools.example.org')
  })

  it('reads lists and folds host names', () => {
    const config = readDirectoryConfig({
      ...needed,
      BASE_DOMAIN: 'Schools.Example.org',
      PUBLIC_HOSTS: 'www.example.org, ,Example.ORG',
      TRUST_PROXY: '10.0.0.0/8,::1',
    })
    expect(config.BASE_DOMAIN).toBe('schools.example.org')
    expect(config.PUBLIC_HOSTS).toEqual(['www.example.org', 'example.org'])
    expect(config.TRUST_PROXY).toEqual(['10.0.0.0/8', '::1'])
  })

  it('names every problem at once', () => {
    const read = () =>
      readDirectoryConfig({
        ...needed,
        PORT: 'http',
        PUBLIC_URL: 'ftp://example.org',
        PUBLIC_HOSTS: 'a:4000',
        ROUTER_KEY: 'short',
        DATABASE_URL: undefined,
      })
    expect(read).toThrow(ConfigError)
    for (const name of ['PORT', 'PUBLIC_URL', 'PUBLIC_HOSTS', 'ROUTER_KEY', 'DATABASE_URL'])
      expect(read).toThrow(name)
    expect(read).not.toThrow('short:')
  })
})

describe('readProvisionerConfig', () => {
  it('knows the process runtime and refuses another', () => {
    const env = {
      DATABASE_URL: needed.DATABASE_URL,
      POSTGRES_ADMIN_URL: 'postgres://localhost/postgres',
      SECRETS_KEY: secret,
      ROUTER_KEY: secret,
      DATA_DIR: '/var/lib/usms',
    }
    expect(readProvisionerConfig(env)).toMatchObject({ RUNTIME: 'process', RECONCILE_SECONDS: 20 })
    expect(() => readProvisionerConfig({ ...env, RUNTIME: 'cloud' })).toThrow('RUNTIME')
  })
})
