import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomUUID } from 'node:crypto'
import { type ClonedDatabase, cloneDatabase } from '@usms/service-kit/testing/postgres'
import { PRISMA_DIR, seedSchool } from '@usms/school-api/provision'
import { pino } from 'pino'
import { createProcessRuntime, type ProcessRuntimeOptions } from '../process.ts'
import { buildSchoolBundle } from '../school-bundle.ts'
import type { RuntimeHarness } from '../school-runtime.contract.ts'
import type { SchoolRuntime, SchoolSpec } from '../school-runtime.ts'
import { processesNaming } from './processes-naming.ts'

export interface ProcessHarness extends RuntimeHarness {
  dataDir: string
  createRuntime(options?: Partial<ProcessRuntimeOptions>): SchoolRuntime
  pidsOf(code: string): number[]
}

const SECRET = 'a secret of a test, longer than 32 characters'

/** The process driver over real school processes: each school a database of its own. */
export async function prepareProcessHarness(): Promise<ProcessHarness> {
  const dataDir = await mkdtemp(join(tmpdir(), 'usms-runtime-'))
  const bundle = await buildSchoolBundle({ dataDir })
  const databases: ClonedDatabase[] = []
  const runtimes: SchoolRuntime[] = []

  const pidsOf = (code: string) => processesNaming(`${bundle.entry} ${code} `)

  return {
    dataDir,
    pidsOf,
    createRuntime(options = {}) {
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
        port: null,
      }
    },
    endAbruptly: ({ code }) => pidsOf(code).forEach((pid) => process.kill(pid, 'SIGKILL')),
    hopHeaders: ({ code }: SchoolSpec) => ({ 'x-school-code': code, 'x-school-secret': SECRET }),
    async close() {
      await Promise.all(runtimes.map((runtime) => runtime.close()))
      for (const database of databases) await database.drop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}
