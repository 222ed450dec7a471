import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createPasswords } from '@usms/service-kit/auth/passwords'
import { startEmbeddedPostgres } from '@usms/service-kit/db/embedded-postgres'
import { limitsOf } from '@usms/directory/runtime/plans'
import { createProcessRuntime } from '@usms/directory/runtime/process'
import { buildSchoolBundle } from '@usms/directory/runtime/school-bundle'
import type { Observation, SchoolRuntime, SchoolSpec } from '@usms/directory/runtime/school-runtime'
import { processesNaming } from '@usms/directory/runtime/testing/processes-naming'
import { FIRST_ADMIN, migrateSchool, seedSchool } from '@usms/school-api/provision'
import pg from 'pg'
import { pino } from 'pino'
import { call } from '../testing/owner.ts'
import { newDataDir } from '../testing/program.ts'
import { median, residentMegabytes } from './measure.ts'

const STARTS = 10
const GOAL_MS = 300
const GOAL_MB = 125
const CODE = 'BENCH'
const SECRET = 'a secret of a bench, longer than 32 characters'
const PASSWORD = 'a password for a bench'
const HOP = { 'x-school-code': CODE, 'x-school-secret': SECRET }

/** One school process: from spawn to `/ready`, and what it holds after its first ten requests. */
export async function benchSchoolProcess(): Promise<void> {
  const dataDir = await newDataDir()
  const log = pino({ level: 'silent' })
  const postgres = await startEmbeddedPostgres({ dataDir: join(dataDir, 'postgres'), log })
  const bundle = await buildSchoolBundle({ dataDir })
  const runtime = createProcessRuntime({ dataDir, bundle, log })
  try {
    const spec: SchoolSpec = {
      schoolId: CODE,
      code: CODE,
      generation: 1,
      release: bundle.release,
      settings: { APP_URL: 'http://localhost:4000/app', LOG_LEVEL: 'info' },
      secrets: {
        DATABASE_URL: await makeSchool(postgres.adminUrl),
        JWT_SECRET: SECRET,
        REFRESH_KEY: SECRET,
        HOP_SECRET: SECRET,
      },
      limits: limitsOf('standard'),
      port: null,
    }
    // The first start writes the compile cache, as the first start after an upgrade does.
    await measure(runtime, spec, bundle.entry)
    const runs = []
    for (let i = 0; i < STARTS; i++)
      runs.push(await measure(runtime, { ...spec, generation: i + 2 }, bundle.entry))

    console.log(`spawn to ready, ms: ${runs.map(({ ms }) => ms.toFixed(0)).join(' ')}`)
    console.log(
      `median ${median(runs.map(({ ms }) => ms)).toFixed(0)} ms (goal: at most ${GOAL_MS})`,
    )
    const memory = runs.flatMap(({ megabytes }) => megabytes ?? [])
    console.log(
      `VmRSS after ten requests, median ${median(memory).toFixed(0)} MB (goal: at most ${GOAL_MB})`,
    )
  } finally {
    await runtime.close()
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function measure(runtime: SchoolRuntime, spec: SchoolSpec, entry: string) {
  await runtime.stop(spec.schoolId, spec.generation)
  const begin = performance.now()
  const school = await runtime.ensure(spec)
  await call(`http://${school.internalAddress}/ready`, 'GET')
  const ms = performance.now() - begin
  await firstTenRequests(school)
  const [pid] = processesNaming(`${entry} ${CODE} `)
  return { ms, megabytes: pid === undefined ? null : await residentMegabytes(pid) }
}

async function firstTenRequests({ address }: Observation) {
  const url = `http://${address}`
  const { accessToken } = await call<{ accessToken: string }>(
    `${url}/auth/login`,
    'POST',
    { username: FIRST_ADMIN, password: PASSWORD },
    HOP,
  )
  const headers = { ...HOP, authorization: `Bearer ${accessToken}` }
  for (const path of [
    '/auth/me',
    '/grades',
    '/sections',
    '/subjects',
    '/users',
    '/teachers',
    '/students',
    '/academic-years',
    '/settings/school',
  ])
    await call(url + path, 'GET', undefined, headers)
}

async function makeSchool(adminUrl: string): Promise<string> {
  const url = Object.assign(new URL(adminUrl), { pathname: '/bench' }).href
  await run(adminUrl, 'create database bench')
  await migrateSchool(url)
  await seedSchool(url, { code: CODE, name: CODE, timezone: 'UTC', locale: 'en', adminEmail: null })
  const passwordHash = await createPasswords().hash(PASSWORD)
  await run(url, 'update app_user set password_hash = $1', [passwordHash])
  return url
}

async function run(url: string, sql: string, values: unknown[] = []) {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(sql, values)
  } finally {
    await client.end()
  }
}
