import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ClonedDatabase, cloneDatabase } from '@usms/service-kit/testing/postgres'
import { PRISMA_DIR, seedSchool } from '@usms/school-api/provision'
import { pino } from 'pino'
import { limitsOf } from '../plans.ts'
import { createProcessRuntime, type ProcessRuntimeOptions } from '../process.ts'
import { buildSchoolBundle, releasesDirOf } from '../school-bundle.ts'
import type { SchoolRuntime, SchoolSpec } from '../school-runtime.ts'
import { commandLineOf, processesNaming } from './processes-naming.ts'
import { BROKEN_SAYS, type RuntimeHarness } from './runtime-harness.ts'

export interface ProcessHarness extends RuntimeHarness {
  dataDir: string
  createRuntime(options?: Partial<ProcessRuntimeOptions>): Promise<SchoolRuntime>
  pidsOf(code: string): number[]
}

const SECRET = 'a secret of a test, longer than 32 characters'
const OTHER_RELEASE = 'another-release-0'
const BROKEN_RELEASE = 'broken-release-0'

/** The process driver over real school processes: each school a database of its own. */
export async function prepareProcessHarness(): Promise<ProcessHarness> {
  const dataDir = await mkdtemp(join(tmpdir(), 'usms-runtime-'))
  const bundle = await buildSchoolBundle({ dataDir })
  const releasesDir = releasesDirOf(dataDir)
  await cp(join(releasesDir, bundle.release), join(releasesDir, OTHER_RELEASE), {
    recursive: true,
  })
  await mkdir(join(releasesDir, BROKEN_RELEASE))
  await writeFile(
    join(releasesDir, BROKEN_RELEASE, 'main.mjs'),
    `console.log('${BROKEN_SAYS}')\nprocess.once('disconnect', () => process.exit(0))\n`,
  )
  const databases: ClonedDatabase[] = []
  const runtimes: SchoolRuntime[] = []

  const pidsOf = (code: string) =>
    processesNaming(`/main.mjs ${code} `).filter((pid) =>
      commandLineOf(pid).includes(`${releasesDir}/`),
    )

  return {
    dataDir,
    pidsOf,
    survivesClose: false,
    async createRuntime(options = {}) {
      const log = pino({ level: 'silent' })
      const runtime = createProcessRuntime({ dataDir, bundle, log, backOffMs: 20, ...options })
      runtimes.push(runtime)
      return runtime
    },
    async newSpec(code) {
      const database = await cloneDatabase({
        prismaDir: PRISMA_DIR,
        prepare: {
          key: 'seeded',
          run: (url) =>
            seedSchool(url, { code, name: code, timezone: 'UTC', locale: 'en', adminEmail: null }),
        },
      })
      databases.push(database)
      return {
        schoolId: randomUUID(),
        code,
        generation: 1,
        release: bundle.release,
        settings: { APP_URL: 'http://localhost:4000/app', LOG_LEVEL: 'info' },
        secrets: {
          DATABASE_URL: database.url,
          JWT_SECRET: SECRET,
          REFRESH_KEY: SECRET,
          HOP_SECRET: SECRET,
        },
        limits: limitsOf('standard'),
        port: null,
      }
    },
    otherRelease: async () => OTHER_RELEASE,
    brokenRelease: async () => BROKEN_RELEASE,
    async squat(spec) {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      const { port } = server.address() as { port: number }
      return {
        spec: { ...spec, port },
        isThere: async () => server.listening,
        leave: async () => void server.close(),
      }
    },
    async endAbruptly({ code }) {
      for (const pid of pidsOf(code)) process.kill(pid, 'SIGKILL')
    },
    countRunning: async (code) => pidsOf(code).length,
    async limitsInForce(code) {
      const [pid] = pidsOf(code)
      const flag = /--max-old-space-size=(\d+)/.exec(pid === undefined ? '' : commandLineOf(pid))
      return { heapMb: Number(flag?.[1]) }
    },
    hopHeaders: ({ code }: SchoolSpec) => ({ 'x-school-code': code, 'x-school-secret': SECRET }),
    async close() {
      await Promise.all(runtimes.map((runtime) => runtime.close()))
      for (const database of databases) await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
