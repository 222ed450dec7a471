import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { processesNaming } from '@usms/directory/runtime/testing/processes-naming'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventually, freePort, newDataDir, type Program, startProgram } from '../testing/program.ts'

const STEPS = ['create-database', 'migrate', 'seed', 'start-runtime', 'check-health', 'activate']
const ROUNDS = STEPS.flatMap((step) => [`before:${step}`, `after:${step}`])
const KILLABLE = fileURLToPath(new URL('../testing/killed-start.ts', import.meta.url))

/** One data folder; the program that finishes one school's operation is the one that is killed in the next. */
let dataDir: string
let port: number
let killAtFile: string
let program: Program

beforeAll(async () => {
  dataDir = await newDataDir()
  port = await freePort()
  killAtFile = join(dataDir, 'kill-at')
  await writeFile(killAtFile, '')
  await start()
  await program.onboard('KEPT')
})
afterAll(async () => {
  await program.stop()
  await rm(dataDir, { recursive: true, force: true })
})

async function start() {
  const env = { KILL_AT_FILE: killAtFile }
  program = await startProgram({ dataDir, port, entry: KILLABLE, env })
}

describe('kill -9 of the whole program while a school is provisioned', () => {
  it.each(ROUNDS.map((round, i) => [round, `K${i + 1}`] as const))(
    '%s: the operation finishes by itself, with one of everything (%s)',
    async (round, code) => {
      const school = { code, name: `Killed ${round}` }
      const { id } = await program.asOwner<{ id: string }>('POST', '/owner/schools', school)
      await writeFile(killAtFile, `${round} ${id}`)
      // The program may be gone before it can answer.
      await program.asOwner('POST', `/owner/schools/${id}/provision`).catch(() => undefined)
      await program.ended()
      expect(program.process.signalCode).toBe('SIGKILL')

      await writeFile(killAtFile, '')
      await start()
      await eventually(async () => {
        const { status } = await program.asOwner('GET', `/owner/schools/${id}`)
        const jobs = await program.asOwner<{ items: { status: string }[] }>(
          'GET',
          `/owner/schools/${id}/jobs`,
        )
        expect(jobs.items).toHaveLength(1)
        return (status === 'ACTIVE' && jobs.items[0]?.status === 'SUCCEEDED') || undefined
      })
      await expectOneOfEverything(code)
      // What has run all along came back with the new start. This one need not with the next.
      await eventually(async () => (await isUp('KEPT')) || undefined)
      await program.asOwner('POST', `/owner/schools/${id}/suspend`)
    },
    60_000,
  )
})

async function expectOneOfEverything(code: string) {
  const name = `usms_${code.toLowerCase()}`
  const [made] = await query(
    'postgres',
    `select (select count(*)::int from pg_database where datname like '%' || $1 || '%') as databases,
            (select count(*)::int from pg_roles where rolname like '%' || $1 || '%') as roles`,
    [name],
  )
  expect(made).toEqual({ databases: 1, roles: 1 })
  const accounts = await query(name, 'select username, role from app_user')
  expect(accounts).toEqual([{ username: 'admin', role: 'ADMIN' }])
  expect(await query(name, 'select code from school_settings')).toEqual([{ code }])

  const work = await query(
    'usms_directory',
    `select o.fence, (select count(*)::int from operation_event where operation_id = o.id and type = 'done') as ends
       from operation o join tenant t on t.id = o.tenant_id where t.code = $1`,
    [code],
  )
  // Driven twice: by the program that was killed, and by the one that took it over.
  expect(work).toEqual([{ fence: 2, ends: 1 }])

  const processes = await eventually(async () => {
    const found = processesNaming(`main.mjs ${code} `)
    return found.length > 0 ? found : undefined
  })
  expect(processes).toHaveLength(1)
  expect(await isUp(code)).toBe(true)
}

const isUp = async (code: string) => (await fetch(`${program.url}/proxy/${code}/health`)).ok

async function query(database: string, sql: string, values: unknown[] = []) {
  const read = async (file: string) =>
    (await readFile(join(dataDir, 'postgres', file), 'utf8')).trim()
  const client = new pg.Client({
    host: '127.0.0.1',
    port: Number(await read('port')),
    user: 'postgres',
    password: await read('superuser-password'),
    database,
  })
  await client.connect()
  try {
    return (await client.query(sql, values)).rows
  } finally {
    await client.end()
  }
}
