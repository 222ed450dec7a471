import { execFile } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docker, hasEngine } from '@usms/directory/runtime/testing/docker-cli'
import { type ComposeStack, startStack, wordsOf } from '../testing/compose-stack.ts'
import { eventually } from '../testing/program.ts'

const PROJECT = 'usms-killed'
const SCHOOLS_A_ROUND = 5
const HEALS_WITHIN_MS = 180_000
const run = promisify(execFile)

const psqlAs = (database: string) => ['psql', '-U', 'postgres', '-d', database, '-Atc']

/**
 * How the engine of this machine is started again after it was killed; where it is not said, the engine is left alone: on a developer's
 * machine others depend on it.
 */
const START_ENGINE = process.env['USMS_TEST_ENGINE_START']

describe.skipIf(!(await hasEngine()))(
  'kill -9 while five schools are provisioned (needs a Docker Engine)',
  () => {
    let stack: ComposeStack
    let round = 0

    beforeAll(async () => {
      stack = await startStack(PROJECT)
    })
    afterAll(() => stack?.down())

    /** The processes of a container on this machine: killed from outside, as a crash would. */
    async function kill(service: string) {
      const [container] = await stack.containersOf(service)
      const pid = await docker('inspect', '--format', '{{.State.Pid}}', String(container))
      process.kill(Number(pid), 'SIGKILL')
    }

    /** The program itself, where the first process of its container is only its init. */
    async function killProvisioner() {
      const [container] = await stack.containersOf('provisioner')
      const pids = wordsOf(await docker('top', String(container), '-o', 'pid')).slice(1)
      process.kill(Number(pids.at(-1)), 'SIGKILL')
    }

    const psql = async (database: string, sql: string) =>
      wordsOf(await stack.compose('exec', '-T', 'postgres', ...psqlAs(database), sql))

    async function beginFive(): Promise<{ id: string; code: string }[]> {
      round++
      const codes = Array.from({ length: SCHOOLS_A_ROUND }, (_, i) => `K${round}S${i + 1}`)
      return Promise.all(
        codes.map(async (code) => {
          const school = { code, name: `Killed ${code}` }
          const { id } = await stack.asOwner<{ id: string }>('POST', '/owner/schools', school)
          await stack.asOwner('POST', `/owner/schools/${id}/provision`)
          return { id, code }
        }),
      )
    }

    /** Until an operation of this round stands at the step, or is past it. */
    const atStep = (step: string) =>
      eventually(async () => {
        const rows = await psql(
          'usms_directory',
          `select 1 from operation_step s join operation o on o.id = s.operation_id join tenant t on t.id = o.tenant_id
            where t.code like 'K${round}S%' and s.name = '${step}' and s.status <> 'PENDING' limit 1`,
        ).catch(() => [])
        return rows.length > 0 || undefined
      })

    async function expectOneOfEverything(schools: { id: string; code: string }[]) {
      for (const { id, code } of schools) {
        await eventually(async () => {
          const school = await stack
            .asOwner<{ status: string }>('GET', `/owner/schools/${id}`)
            .catch(() => undefined)
          if (school?.status === 'FAILED')
            throw new Error(
              `${code}: ${JSON.stringify(await stack.asOwner('GET', `/owner/schools/${id}/jobs`))}`,
            )
          return school?.status === 'ACTIVE' || undefined
        }, HEALS_WITHIN_MS)
        await eventually(async () => {
          const answer = await fetch(`${stack.url}/proxy/${code}/health`).catch(() => undefined)
          await answer?.arrayBuffer()
          return answer?.ok || undefined
        }, HEALS_WITHIN_MS)
        const name = `usms_${code.toLowerCase()}`
        expect(
          await psql('postgres', `select datname from pg_database where datname ~ '${name}'`),
        ).toEqual([name])
        expect(
          await psql('postgres', `select rolname from pg_roles where rolname ~ '${name}'`),
        ).toEqual([`${name}_app`])
        expect(await psql(name, 'select username from app_user')).toEqual(['admin'])
        expect(await stack.containersOf(`school-${code.toLowerCase()}`)).toHaveLength(1)
        const volumes = await docker(
          'volume',
          'ls',
          '-q',
          '--filter',
          `label=org.usms.school=${id}`,
        )
        expect(wordsOf(volumes)).toHaveLength(1)
        // A school is ACTIVE a moment before its job is over.
        await eventually(async () => {
          const { items } = await stack.asOwner<{ items: { status: string }[] }>(
            'GET',
            `/owner/schools/${id}/jobs`,
          )
          expect(items).toHaveLength(1)
          return items[0]?.status === 'SUCCEEDED' || undefined
        })
      }
    }

    it.each(['create-database', 'migrate', 'seed', 'start-runtime', 'check-health', 'activate'])(
      'of the provisioner, at %s: one of everything, every school ACTIVE',
      async (step) => {
        const schools = await beginFive()
        await atStep(step)
        await killProvisioner()
        await expectOneOfEverything(schools)
      },
      300_000,
    )

    it.each(['directory', 'postgres'])(
      'of %s: one of everything, every school ACTIVE',
      async (service) => {
        const schools = await beginFive()
        await atStep('seed')
        await kill(service)
        await stack.untilReady()
        await expectOneOfEverything(schools)
      },
      300_000,
    )

    it.skipIf(!START_ENGINE)(
      `of the engine: one of everything, every school ACTIVE${START_ENGINE ? '' : ' (USMS_TEST_ENGINE_START does not say how to start it)'}`,
      async () => {
        const schools = await beginFive()
        await atStep('start-runtime')
        const { stdout } = await run('pgrep', ['-x', 'dockerd'])
        for (const pid of wordsOf(stdout)) process.kill(Number(pid), 'SIGKILL')
        await sleep(1_000)
        await run('bash', ['-c', String(START_ENGINE)])
        await stack.untilReady()
        await expectOneOfEverything(schools)
      },
      600_000,
    )
  },
)
