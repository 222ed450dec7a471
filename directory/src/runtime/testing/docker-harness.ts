import { randomBytes, randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { PRISMA_DIR, seedSchool } from '@usms/school-api/provision'
import { cloneDatabase } from '@usms/service-kit/testing/postgres'
import { Client } from 'pg'
import { pino } from 'pino'
import { createDockerRuntime, type DockerRuntimeOptions } from '../docker.ts'
import { containerNameOf } from '../docker/school-container.ts'
import { limitsOf } from '../plans.ts'
import type { SchoolLimits, SchoolRuntime, SchoolSpec } from '../school-runtime.ts'
import { docker, linesOf } from './docker-cli.ts'
import { BROKEN_SAYS, type RuntimeHarness } from './runtime-harness.ts'

export interface DockerHarness extends RuntimeHarness {
  instance: string
  network: string
  /** The id of the release that schools are started from. */
  release: string
  createRuntime(options?: Partial<DockerRuntimeOptions>): Promise<SchoolRuntime>
  /** A school without a database, for what ends before it would need one. */
  specWithoutDatabase(code: string): SchoolSpec
  /** The release, changed as Dockerfile instructions say. @returns its id */
  releaseWith(...changes: string[]): Promise<string>
  /** Ids of the school's running containers. */
  containersOf(code: string): Promise<string[]>
}

const SOCKET = '/var/run/docker.sock'
const POSTGRES_IMAGE = 'postgres:17-trixie'
const SECRET = 'a secret of a test, longer than 32 characters'

/** The docker driver on a real engine: a network and a PostgreSQL of its own, everything removed at its close. */
export async function prepareDockerHarness(): Promise<DockerHarness> {
  const image = process.env['SCHOOL_IMAGE'] ?? 'usms/school-api'
  const runId = randomBytes(4).toString('hex')
  const instance = `usms-test-${runId}`
  const network = `${instance}-schools`
  const password = randomBytes(16).toString('hex')
  const images: string[] = []
  const runtimes: SchoolRuntime[] = []

  const release = await docker('image', 'inspect', '--format', '{{.Id}}', `${image}:latest`)
  await docker('network', 'create', '--internal', network)
  const postgres = await docker(
    'run',
    '--detach',
    `--name=${instance}-postgres`,
    `--network=${network}`,
    '--tmpfs=/var/lib/postgresql/data',
    '--shm-size=256m',
    `--env=POSTGRES_PASSWORD=${password}`,
    POSTGRES_IMAGE,
    '--fsync=off',
    '--max_connections=300',
  )
  const adminUrl = `postgres://postgres:${password}@${await addressOf(postgres, network)}:5432/postgres`
  await answers(adminUrl)

  const marked = `--filter=label=org.usms.instance=${instance}`

  async function containersOf(code: string) {
    const ofCode = `--filter=label=org.usms.code=${code}`
    return linesOf(await docker('ps', '--quiet', '--no-trunc', marked, ofCode))
  }

  function specOf(code: string, databaseUrl: string): SchoolSpec {
    return {
      schoolId: randomUUID(),
      code,
      generation: 1,
      release,
      settings: { APP_URL: 'http://localhost:4000/app', LOG_LEVEL: 'info' },
      secrets: {
        DATABASE_URL: databaseUrl,
        JWT_SECRET: SECRET,
        REFRESH_KEY: SECRET,
        HOP_SECRET: SECRET,
      },
      limits: limitsOf('standard'),
      port: null,
    }
  }

  async function releaseWith(...changes: string[]): Promise<string> {
    const container = await docker('create', image)
    try {
      const asChanges = changes.flatMap((change) => ['--change', change])
      const id = await docker('commit', ...asChanges, container)
      images.push(id)
      return id
    } finally {
      await docker('rm', container)
    }
  }

  return {
    instance,
    network,
    release,
    survivesClose: true,
    containersOf,
    releaseWith,
    specWithoutDatabase: (code) => specOf(code, 'postgres://nobody@127.0.0.1:1/none'),

    async createRuntime(options = {}) {
      const runtime = await createDockerRuntime({
        socketPath: SOCKET,
        instance,
        image,
        release: 'latest',
        network,
        log: pino({ level: 'silent' }),
        backOffMs: 20,
        stopGraceMs: 2_000,
        ...options,
      })
      runtimes.push(runtime)
      return runtime
    },

    async newSpec(code) {
      const { url } = await cloneDatabase({
        server: { adminUrl, runId },
        prismaDir: PRISMA_DIR,
        prepare: {
          key: 'seeded',
          run: (template) =>
            seedSchool(template, {
              code,
              name: code,
              timezone: 'UTC',
              locale: 'en',
              adminEmail: null,
            }),
        },
      })
      return specOf(code, url)
    },

    otherRelease: () => releaseWith('LABEL org.opencontainers.image.version=other'),
    brokenRelease: () =>
      releaseWith(
        `CMD ${JSON.stringify(['node', '-e', `console.log('${BROKEN_SAYS}'); setInterval(() => {}, 1e6)`])}`,
      ),

    async squat(spec) {
      const name = containerNameOf(instance, spec)
      await docker('run', '--detach', '--name', name, image, 'sleep', '1000')
      return {
        spec,
        isThere: async () => (await docker('ps', '--quiet', '--filter', `name=^${name}$`)) !== '',
        leave: async () => void (await docker('rm', '--force', name)),
      }
    },

    async endAbruptly({ code }) {
      await docker('kill', ...(await containersOf(code)))
    },
    countRunning: async (code) => (await containersOf(code)).length,

    async limitsInForce(code): Promise<Partial<SchoolLimits>> {
      const [id = ''] = await containersOf(code)
      const [{ Config, HostConfig }] = JSON.parse(await docker('inspect', id)) as [
        {
          Config: { Env: string[] }
          HostConfig: { Memory: number; NanoCpus: number; PidsLimit: number }
        },
      ]
      const heap = /--max-old-space-size=(\d+)/.exec(Config.Env.join(' '))
      return {
        heapMb: Number(heap?.[1]),
        memoryMb: HostConfig.Memory / 1024 / 1024,
        cpus: HostConfig.NanoCpus / 1e9,
        pids: HostConfig.PidsLimit,
      }
    },

    hopHeaders: ({ code }) => ({ 'x-school-code': code, 'x-school-secret': SECRET }),

    async close() {
      // One that a failed test left open would start again what is removed here.
      await Promise.all(runtimes.map((runtime) => runtime.close()))
      const containers = linesOf(await docker('ps', '--all', '--quiet', marked))
      await docker('rm', '--force', '--volumes', postgres, ...containers)
      const volumes = linesOf(await docker('volume', 'ls', '--quiet', marked))
      if (volumes.length > 0) await docker('volume', 'rm', ...volumes)
      await docker('network', 'rm', network)
      if (images.length > 0) await docker('image', 'rm', ...new Set(images))
    },
  }
}

const addressOf = (container: string, network: string) =>
  docker(
    'inspect',
    '--format',
    `{{(index .NetworkSettings.Networks "${network}").IPAddress}}`,
    container,
  )

async function answers(url: string) {
  for (const deadline = Date.now() + 60_000; ; await sleep(100)) {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      await client.query('SELECT 1')
      return
    } catch (error) {
      if (Date.now() > deadline) throw error
    } finally {
      await client.end().catch(() => {})
    }
  }
}
