import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { hopSecretOf } from '@usms/service-kit/auth/opaque-token'
import pg from 'pg'
import { pino } from 'pino'
import { expect, vi } from 'vitest'
import { composeProvisioner, type ProvisionerOverrides } from '#src/compose-provisioner.ts'
import { processesNaming } from '#src/runtime/testing/processes-naming.ts'
import { addSchool, readWork, requestWork, type TestSchool, type Work } from './operations.ts'
import {
  type ProvisioningCluster,
  ROUTER_KEY,
  startProvisioningCluster,
} from './provisioning-cluster.ts'

export interface RuntimeRow {
  address: string | null
  internalAddress: string | null
  port: number
  generation: number
  release: string
  startedAt: Date | null
}

/** A provisioner on a cluster of its own, and what tests ask about the schools in it. */
export interface ProvisioningFixture {
  cluster: ProvisioningCluster
  start(settings?: Record<string, string>, overrides?: ProvisionerOverrides): Promise<Provisioner>
  /** The one that was started last. */
  provisioner(): Provisioner
  nextCode(): string
  /** A school and the operation that made it, which has ended. */
  provision(code?: string): Promise<TestSchool & { operationId: string }>
  finished(operationId: string): Promise<Work>
  runtimeOf(schoolId: string): Promise<RuntimeRow>
  setStatus(schoolId: string, status: string): Promise<void>
  /** Processes of this school, of this provisioner's data folder. */
  pidsOf(code: string): number[]
  /** With what the school's API reaches its database: as it was handed to it. */
  databaseUrlOf(code: string): string
  /** Ends the provisioner; what it made stands suspended, so that the next one need not start it. */
  rest(): Promise<void>
  close(): Promise<void>
}

type Provisioner = Awaited<ReturnType<typeof composeProvisioner>>

/** Looks again until it holds, for 30 s at most. */
export const eventually = <T>(check: () => Promise<T> | T): Promise<T> =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 })

export const hopHeaders = ({ id, code }: TestSchool) => ({
  'x-school-code': code,
  'x-school-secret': hopSecretOf(id, ROUTER_KEY),
})

export const askHealth = (address: string | null, headers: Record<string, string>) =>
  fetch(`http://${address}/health`, { headers })

export async function query(url: string, sql: string): Promise<unknown[][]> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query<unknown[]>({ text: sql, rowMode: 'array' })).rows
  } finally {
    await client.end()
  }
}

export async function prepareProvisioning(): Promise<ProvisioningFixture> {
  const cluster = await startProvisioningCluster()
  let current: Provisioner | undefined
  let serial = 0

  const fixture: ProvisioningFixture = {
    cluster,

    async start(settings, overrides) {
      current = await composeProvisioner(
        cluster.config(settings),
        pino({ level: 'silent' }),
        overrides,
      )
      return current
    },

    provisioner() {
      if (!current) throw new Error('no provisioner was started')
      return current
    },

    nextCode: () => `SCH${++serial}`,

    async provision(code = fixture.nextCode()) {
      const school = await addSchool(cluster.pool, code)
      const operationId = await requestWork(cluster.pool, school.id, 'PROVISION')
      await fixture.provisioner().reconcile()
      return { ...school, operationId }
    },

    finished: (operationId) =>
      eventually(async () => {
        const work = await readWork(cluster.pool, operationId)
        expect(['SUCCEEDED', 'FAILED']).toContain(work.status)
        return work
      }),

    async runtimeOf(schoolId) {
      const { rows } = await cluster.pool.query<RuntimeRow>(
        `select address, internal_address as "internalAddress", port, generation, release,
                started_at as "startedAt" from tenant_runtime where tenant_id = $1`,
        [schoolId],
      )
      if (!rows[0]) throw new Error('the school never ran')
      return rows[0]
    },

    async setStatus(schoolId, status) {
      await cluster.pool.query('update tenant set status = $2::"TenantStatus" where id = $1', [
        schoolId,
        status,
      ])
    },

    pidsOf(code) {
      const ours = new Set(processesNaming(cluster.dataDir))
      return processesNaming(`main.mjs ${code} `).filter((pid) => ours.has(pid))
    },

    databaseUrlOf: (code) =>
      readFileSync(join(cluster.dataDir, 'schools', code, 'secrets', 'DATABASE_URL'), 'utf8'),

    async rest() {
      await current?.close()
      current = undefined
      await cluster.pool.query(
        `update tenant set status = 'SUSPENDED' where status not in ('ARCHIVED', 'ERASED')`,
      )
    },

    async close() {
      await current?.close()
      await cluster.close()
    },
  }
  return fixture
}
