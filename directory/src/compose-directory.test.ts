import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { cloneDatabase, type ClonedDatabase } from '@usms/service-kit/testing/postgres'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { composeDirectory } from './compose-directory.ts'
import { readDirectoryConfig } from './config.ts'

const log = pino({ level: 'silent' })
let database: ClonedDatabase

beforeAll(async () => {
  database = await cloneDatabase({
    prismaDir: fileURLToPath(new URL('../prisma', import.meta.url)),
  })
})
// Fails when a composition left a connection open.
afterAll(() => database.drop())

const configFor = (env: Record<string, string>) =>
  readDirectoryConfig({
    PORT: '0',
    DATABASE_URL: database.url,
    OWNER_JWT_SECRET: randomBytes(32).toString('hex'),
    OWNER_REFRESH_KEY: randomBytes(32).toString('hex'),
    ROUTER_KEY: randomBytes(32).toString('hex'),
    ...env,
  })

describe('composeDirectory', () => {
  it('listens where it says, until it is closed; closing twice is closing once', async () => {
    const directory = await composeDirectory(configFor({}), log)
    expect(directory.url).toBe(`http://127.0.0.1:${directory.port}`)
    expect((await fetch(`${directory.url}/health`)).status).toBe(200)
    await Promise.all([directory.close(), directory.close()])
    await expect(fetch(`${directory.url}/health`)).rejects.toThrow()
  })

  it('says that the port is in use, and leaves nothing open', async () => {
    const occupant = createServer().listen(0, '127.0.0.1')
    await once(occupant, 'listening')
    const { port } = occupant.address() as AddressInfo
    await expect(composeDirectory(configFor({ PORT: String(port) }), log)).rejects.toThrow(
      `Port ${port} on 127.0.0.1 is in use by another program`,
    )
    occupant.close()
  })

  it('starts without its database, and is not ready until it is there', async () => {
    const nowhere = createServer().listen(0, '127.0.0.1')
    await once(nowhere, 'listening')
    const { port } = nowhere.address() as AddressInfo
    nowhere.close()
    await once(nowhere, 'close')
    const away = new URL(database.url)
    away.port = String(port)
    const directory = await composeDirectory(configFor({ DATABASE_URL: away.href }), log)
    try {
      expect((await fetch(`${directory.url}/health`)).status).toBe(200)
      for (const path of ['/ready', '/public/schools', '/proxy/ABC/health'])
        expect((await fetch(directory.url + path)).status).toBe(503)
      const signIn = await fetch(`${directory.url}/owner/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'owner@example.org', password: 'x' }),
      })
      expect(signIn.status).toBe(503)
      expect(await signIn.json()).toMatchObject({ code: 'database_unavailable' })
    } finally {
      await directory.close()
    }
  })
})
