import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docker, hasEngine } from '@usms/directory/runtime/testing/docker-cli'
import { type ComposeStack, startStack } from '../testing/compose-stack.ts'
import { call } from '../testing/owner.ts'
import { eventually } from '../testing/program.ts'

const PROJECT = 'usms-main-job'
const MAIN_JOB = fileURLToPath(new URL('../main-job.sh', import.meta.url))
const run = promisify(execFile)

describe.skipIf(!(await hasEngine()))(
  'the main job with docker compose up from nothing (needs a Docker Engine)',
  () => {
    let stack: ComposeStack

    beforeAll(async () => {
      stack = await startStack(PROJECT, { DEMO: '1' })
    })
    afterAll(() => stack?.down())

    it('onboards the demo schools', async () => {
      const codes = await eventually(async () => {
        const listed = await call<{ code: string }[]>(`${stack.url}/public/schools`, 'GET')
        return listed.length === 2 ? listed.map(({ code }) => code) : undefined
      }, 120_000)
      expect(codes).toEqual(['GVPS', 'LAKE'])
    })

    it('serves the front end, under its policy', async () => {
      const page = await fetch(`${stack.url}/app/`)
      expect(page.status).toBe(200)
      expect(page.headers.get('content-security-policy')).toContain("script-src 'self';")
      const [script] = /\/app\/assets\/[\w-]+\.js/.exec(await page.text()) ?? []
      const { status, headers } = await fetch(`${stack.url}${script}`, {
        headers: { 'accept-encoding': 'br' },
      })
      expect([status, headers.get('content-encoding')]).toEqual([200, 'br'])
    })

    it('scripts/main-job.sh walks it to the end', async () => {
      const { stdout } = await run('bash', [MAIN_JOB], {
        env: { ...process.env, USMS_URL: stack.url, USMS_DATA_DIR: stack.credentialsDir },
      })
      expect(stdout).toContain('provisioned: create-database → migrate → seed')
    })

    it('finds everything as it was after down and up', async () => {
      const before = await call<unknown[]>(`${stack.url}/public/schools`, 'GET')
      await stack.compose('down', '--remove-orphans', '--timeout', '5')
      await stack.compose('up', '--detach')
      await stack.untilReady()
      expect(await call<unknown[]>(`${stack.url}/public/schools`, 'GET')).toEqual(before)
      for (const code of ['GVPS', 'LAKE', 'NEW1'])
        await eventually(async () => {
          const answer = await fetch(`${stack.url}/proxy/${code}/health`)
          return answer.ok || undefined
        }, 60_000)
    })

    it('leaves nothing behind when it is taken down with its volumes', async () => {
      await stack.down()
      for (const kind of ['volume', 'network'])
        expect(await docker(kind, 'ls', '-q', '--filter', `name=${PROJECT}`), kind).toBe('')
      expect(await docker('ps', '-aq', '--filter', `name=${PROJECT}`)).toBe('')
    })
  },
)
