import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { hasEngine } from '@usms/directory/runtime/testing/docker-cli'
import { freePort } from '../testing/program.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const run = promisify(execFile)

/** As a person meets it who has set something wrong. */
async function compose(args: string[], settings: Record<string, string> = {}) {
  const env = { ...process.env, COMPOSE_PROJECT_NAME: 'usms-mistakes', DEMO: '0', ...settings }
  return run('docker', ['compose', ...args], { cwd: ROOT, env })
}

describe.skipIf(!(await hasEngine()))(
  'docker compose up, set wrong (needs a Docker Engine)',
  () => {
    afterAll(() => compose(['down', '--volumes', '--timeout', '1']), 60_000)

    it('names the image that was not built, and asks no registry for one of that name', async () => {
      await expect(compose(['create', 'setup'], { RELEASE: 'not-built' })).rejects.toThrow(
        'No such image: usms/provisioner:not-built',
      )
    }, 60_000)

    it('names the file of the owner’s password that is not there, and makes no folder of it', async () => {
      const missing = '/tmp/usms-mistakes-no-such-file'
      const settings = {
        OWNER_PASSWORD_FILE: missing,
        PORT: String(await freePort()),
        DOCKER_GID: String((await stat('/var/run/docker.sock')).gid),
      }
      await expect(compose(['up', '--no-start'], settings)).rejects.toThrow(missing)
      expect(existsSync(missing)).toBe(false)
    }, 60_000)
  },
)
