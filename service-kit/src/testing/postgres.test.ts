import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { describe, expect, inject, it } from 'vitest'
import { cloneDatabase } from './postgres.ts'

const prismaDir = fileURLToPath(new URL('../db/fixtures/prisma', import.meta.url))

async function connect(url: string) {
  const client = new Client({ connectionString: url })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function databasesLike(pattern: string) {
  const admin = await connect(inject('testPostgres').adminUrl)
  const { rows } = await admin.query<{ datname: string }>(
    'SELECT datname FROM pg_database WHERE datname LIKE $1',
    [pattern],
  )
  await admin.end()
  return rows.map(({ datname }) => datname)
}

describe('cloneDatabase', () => {
  it('gives every caller a migrated database of its own', async () => {
    const [one, other] = await Promise.all([
      cloneDatabase({ prismaDir }),
      cloneDatabase({ prismaDir }),
    ])
    const inOne = await connect(one.url)
    await inOne.query('DELETE FROM note')
    const inOther = await connect(other.url)
    expect((await inOther.query('SELECT text FROM note')).rows).toEqual([{ text: 'one; two' }])
    await inOne.end()
    await inOther.end()
    await one.drop()
    await other.drop()
    expect(await databasesLike(one.name)).toEqual([])
  })

  it('prepares the template once, however many ask for it at once', async () => {
    let runs = 0
    const prepare = {
      key: 'a note of the test',
      run: async (url: string) => {
        runs += 1
        const client = await connect(url)
        await client.query(`INSERT INTO note (text) VALUES ('prepared')`)
        await client.end()
      },
    }
    const clones = await Promise.all(
      Array.from({ length: 4 }, () => cloneDatabase({ prismaDir, prepare })),
    )
    expect(runs).toBe(1)
    for (const clone of clones) {
      const client = await connect(clone.url)
      const { rows } = await client.query(`SELECT text FROM note WHERE text = 'prepared'`)
      expect(rows).toHaveLength(1)
      await client.end()
      await clone.drop()
    }
  })

  it('names the connection a test forgot to close, and drops the database all the same', async () => {
    const clone = await cloneDatabase({ prismaDir })
    const forgotten = await connect(`${clone.url}?application_name=forgotten`)
    await expect(clone.drop()).rejects.toThrow(/1 connection.*forgotten, idle/s)
    expect(await databasesLike(clone.name)).toEqual([])
    await forgotten.end().catch(() => {})
  })
})
