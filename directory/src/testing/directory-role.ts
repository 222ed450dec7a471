import { randomBytes } from 'node:crypto'
import { Client } from 'pg'
import { inject } from 'vitest'
import { DIRECTORY_TABLE_LIMITS, grantServing } from '#src/platform/role-grants.ts'

/** A role with exactly what the directory's own has, so that a test fails for a grant that is missing. */
export async function createDirectoryRole(database: { url: string; name: string }) {
  const role = `${database.name}_directory`
  const password = randomBytes(12).toString('hex')
  await asSuperuser(database.url, async (client) => {
    await client.query(`CREATE ROLE "${role}" LOGIN NOINHERIT PASSWORD '${password}'`)
    await grantServing(client, { role, limits: DIRECTORY_TABLE_LIMITS })
  })
  const url = new URL(database.url)
  url.username = role
  url.password = password
  return {
    url: url.href,
    /** After the database, with which its grants go. */
    drop: () =>
      asSuperuser(inject('testPostgres').adminUrl, async (client) => {
        await client.query(`DROP ROLE "${role}"`)
      }),
  }
}

async function asSuperuser(connectionString: string, work: (client: Client) => Promise<void>) {
  const client = new Client({ connectionString })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}
