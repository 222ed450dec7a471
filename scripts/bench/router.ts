import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startEmbeddedPostgres } from '@usms/service-kit/db/embedded-postgres'
import { migrate } from '@usms/service-kit/db/migrate'
import { createLogger } from '@usms/service-kit/log'
import autocannon from 'autocannon'
import { Client } from 'pg'

/** As `npm start` runs the directory, for every contestant: see docs/decisions/008. */
const YOUNG_SPACE = ['--max-semi-space-size=4']
const ROUNDS = 5
const ROUND_SECONDS = 4
const CONNECTIONS = 50
const MANY_SCHOOLS = 10_000
/** Asked for in every run: what differs is how many others are registered. */
const ASKED = ['AA1', 'AA2']

interface Contestant {
  name: string
  url: string
  process: ChildProcess
  rounds: Round[]
}

interface Round {
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
  cpuMicrosPerRequest: number
}

/**
 * The directory with 2 and with 10,000 registered schools, and the bare proxy library on Express, before the same school in the same
 * run: rounds by turns, each contestant's median. Where the system lets us, the proxy under test has one core and everything
 * else another; its CPU time a request is given too, since that is what does not depend on the load generator.
 */
export async function benchRouter(): Promise<void> {
  const children: ChildProcess[] = []
  const prismaDir = fileURLToPath(new URL('../../directory/prisma', import.meta.url))
  // A database's server may run as another account, which must get to its folder.
  const dataDir = await mkdtemp(join(process.getuid?.() === 0 ? '/tmp' : tmpdir(), 'usms-bench-'))
  await chmod(dataDir, 0o711)
  const log = createLogger({ service: 'bench', level: 'warn' })
  const postgres = await startEmbeddedPostgres({ dataDir, log, durable: false })
  const start = async (role: string, argument = '') => {
    const child = await startProcess(role, argument)
    children.push(child.process)
    return child
  }
  try {
    pin(process.pid, 1)
    const school = await start('school')
    pin(school.process.pid, 1)
    const databaseOf = (schools: number) =>
      makeDatabase({
        adminUrl: postgres.adminUrl,
        prismaDir,
        schools,
        address: `127.0.0.1:${school.port}`,
      })
    const contestants: Contestant[] = []
    for (const [name, role, argument] of [
      ['directory, 2 schools', 'directory', await databaseOf(ASKED.length)],
      [`directory, ${MANY_SCHOOLS} schools`, 'directory', await databaseOf(MANY_SCHOOLS)],
      ['bare library on Express', 'bare', `http://127.0.0.1:${school.port}`],
    ] as const) {
      const { port, process: child } = await start(role, argument)
      pin(child.pid, 0)
      contestants.push({ name, url: `http://127.0.0.1:${port}`, process: child, rounds: [] })
    }

    for (const contestant of contestants) await measure(contestant, 3)
    for (let round = 0; round < ROUNDS; round++)
      for (let turn = 0; turn < contestants.length; turn++) {
        // Nobody always runs after the same one.
        const contestant = contestants[(round + turn) % contestants.length]
        if (contestant) contestant.rounds.push(await measure(contestant, ROUND_SECONDS))
      }
    print(contestants)
  } finally {
    for (const child of children) child.disconnect()
    await Promise.all(children.map((child) => child.exitCode ?? once(child, 'exit')))
    await postgres.stop()
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function startProcess(role: string, argument: string) {
  const child = fork(
    fileURLToPath(new URL('./router-process.ts', import.meta.url)),
    [role, argument],
    {
      env: { PATH: process.env['PATH'] },
      execArgv: YOUNG_SPACE,
    },
  )
  const [message] = (await Promise.race([
    once(child, 'message'),
    once(child, 'exit').then(() => {
      throw new Error(`the ${role} process of the bench did not start`)
    }),
  ])) as [{ port: number }]
  return { process: child, port: message.port }
}

/** Real rows in a database like the directory's own. */
async function makeDatabase({
  adminUrl,
  prismaDir,
  schools,
  address,
}: {
  adminUrl: string
  prismaDir: string
  schools: number
  address: string
}): Promise<string> {
  const url = new URL(adminUrl)
  url.pathname = `/bench_${schools}`
  await onDatabase(adminUrl, (client) => client.query(`create database bench_${schools}`))
  await migrate({ url: url.href, prismaDir })
  await onDatabase(url.href, (client) =>
    client.query(
      `with made as (
         insert into tenant (code, name, status)
         select case when n <= cardinality($1::text[]) then ($1::text[])[n] else 'S' || n end, 'School ' || n, 'ACTIVE'
           from generate_series(1, $2::int) n
         returning id
       )
       insert into tenant_runtime (tenant_id, address) select id, $3 from made`,
      [ASKED, schools, address],
    ),
  )
  return url.href
}

async function onDatabase(url: string, work: (client: Client) => Promise<unknown>) {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

async function measure({ name, url, process: child }: Contestant, seconds: number): Promise<Round> {
  const before = await cpuMicros(child)
  const result = await autocannon({
    url,
    connections: CONNECTIONS,
    duration: seconds,
    requests: ASKED.map((code) => ({ path: `/proxy/${code}/anything?x=1` })),
  })
  const after = await cpuMicros(child)
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${name}: ${result.non2xx} answers were no success, ${result.errors} were none`)
  return {
    requestsPerSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    cpuMicrosPerRequest: (after - before) / result.requests.total,
  }
}

async function cpuMicros(child: ChildProcess): Promise<number> {
  child.send('cpu')
  const [{ cpu }] = (await once(child, 'message')) as [{ cpu: NodeJS.CpuUsage }]
  return cpu.user + cpu.system
}

/** One core for one process; where there is no `taskset` or one core, nothing. */
function pin(pid: number | undefined, core: number) {
  if (pid !== undefined && availableParallelism() > 1)
    spawnSync('taskset', ['-acp', String(core), String(pid)], { stdio: 'ignore' })
}

function print(contestants: readonly Contestant[]) {
  const medians = contestants.map(({ name, rounds }) => {
    const of = (key: keyof Round) => median(rounds.map((round) => round[key]))
    return {
      name,
      'requests/s': Math.round(of('requestsPerSecond')),
      'p50 ms': of('p50Ms'),
      'p99 ms': of('p99Ms'),
      'CPU µs/request': Number(of('cpuMicrosPerRequest').toFixed(1)),
    }
  })
  console.table(medians)
  const [two, many, bare] = medians.map((row) => row['requests/s'])
  const ratio = (a = 0, b = 1) => (a / b).toFixed(3)
  console.log(`${MANY_SCHOOLS} schools : 2 schools  ${ratio(many, two)}  (at least 0.95)`)
  console.log(`2 schools : bare library     ${ratio(two, bare)}`)
}

function median(numbers: number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? 0
}
