import { randomBytes } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { listen } from '@usms/service-kit/http/listen'
import { cloneDatabase } from '@usms/service-kit/testing/postgres'
import { Pool } from 'pg'
import { pino } from 'pino'
import { createRegistry, type Registry } from '#src/modules/schools/registry.ts'
import { createRouter, type Router } from '../router.ts'
import { defaultRouterSettings, type RouterSettings } from '../router-settings.ts'
import { type DatabaseGate, startDatabaseGate } from './database-gate.ts'
import { until } from './until.ts'

export const PRISMA_DIR = fileURLToPath(new URL('../../../prisma', import.meta.url))
export const ROUTER_KEY = 'k'.repeat(32)

export interface RouterRig {
  port: number
  registry: Registry
  router: Router
  /** Straight to the database. */
  sql: Pool
  /** The registry's way to it. */
  gate: DatabaseGate
  /** Every log line so far. */
  logged: Record<string, unknown>[]
  /** A school that the router knows by now. */
  school(school?: NewSchool): Promise<{ id: string; code: string }>
  setAddress(id: string, address: string | null): Promise<void>
  setStatus(id: string, status: string): Promise<void>
  stop(): Promise<void>
}

interface NewSchool {
  code?: string
  address?: string | null
  status?: string
  name?: string
  listed?: boolean
  subdomain?: string
}

/** A router on a real server before a registry on a real database. What is not the router's is answered with "directory". */
export async function startRouter(settings: Partial<RouterSettings> = {}): Promise<RouterRig> {
  const database = await cloneDatabase({ prismaDir: PRISMA_DIR })
  const sql = new Pool({ connectionString: database.url, max: 2 })
  const gate = await startDatabaseGate(database.url)
  const logged: Record<string, unknown>[] = []
  const log = pino(
    { level: 'debug' },
    { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) },
  )
  const registry = createRegistry({
    databaseUrl: gate.url,
    maxAgeMs: 60_000,
    routerKey: ROUTER_KEY,
    log,
  })
  await registry.start()
  const router = createRouter({
    registry,
    log,
    settings: defaultRouterSettings({
      publicUrl: 'http://usms.example.org',
      baseDomain: 'schools.example.org',
      clientRequests: { points: 1_000_000, windowSeconds: 10 },
      ...settings,
    }),
  })
  const listening = await listen(
    (req, res) => {
      if (!router.handle(req, res)) res.end('directory')
    },
    { host: '127.0.0.1', port: 0 },
  )
  router.attach(listening.server)

  return {
    port: listening.port,
    registry,
    router,
    sql,
    gate,
    logged,
    async school({
      code = `S${randomBytes(6).toString('hex').toUpperCase()}`,
      address = null,
      status = 'ACTIVE',
      name = `School ${code}`,
      listed = true,
      subdomain,
    } = {}) {
      const id = await insertSchool(sql, { code, address, status, name, listed, subdomain })
      if (status === 'ACTIVE') await until(`${code} is routed`, () => isAt(registry, code, address))
      return { id, code }
    },
    async setAddress(id, address) {
      await sql.query(
        `update tenant_runtime set address = $2, generation = generation + 1 where tenant_id = $1`,
        [id, address],
      )
    },
    async setStatus(id, status) {
      await sql.query(`update tenant set status = $2::"TenantStatus" where id = $1`, [id, status])
    },
    async stop() {
      router.close()
      await listening.close(0)
      await registry.close()
      await gate.close()
      await sql.end()
      await database.drop()
    },
  }
}

export async function insertSchool(
  sql: Pick<Pool, 'query'>,
  { code, address, status, name, listed, subdomain }: NewSchool,
): Promise<string> {
  const { rows } = await sql.query<{ id: string }>(
    `with made as (
       insert into tenant (code, name, status, listed, subdomain)
       values ($1, $2, $3::"TenantStatus", $4, $5) returning id
     ), placed as (insert into tenant_runtime (tenant_id, address) select id, $6 from made)
     select id from made`,
    [code, name ?? code, status ?? 'ACTIVE', listed ?? true, subdomain ?? null, address ?? null],
  )
  const id = rows[0]?.id
  if (id === undefined) throw new Error('the school was not inserted')
  return id
}

function isAt(registry: Registry, code: string, address: string | null) {
  const route = registry.byCode(code)
  if (!route) return false
  return (route.address && `${route.address.host}:${route.address.port}`) === address
}
