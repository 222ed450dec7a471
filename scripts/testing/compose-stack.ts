import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { docker } from '@usms/directory/runtime/testing/docker-cli'
import type { Credentials } from '../start/credentials.ts'
import { type Owner, signedInOwner } from './owner.ts'
import { eventually, freePort } from './program.ts'

/** `docker compose up` of this repository, as a project of its own. */
export interface ComposeStack extends Owner {
  url: string
  /** Of the project: in the names of its containers, volumes and networks. */
  project: string
  /** A folder with the credentials.json of the stack. */
  credentialsDir: string
  compose(...args: string[]): Promise<string>
  /** Ids of this project's containers with a compose service; schools are `school-<code>`. */
  containersOf(service: string, options?: { stopped?: boolean }): Promise<string[]>
  /** Resolves when everything that should run answers. */
  untilReady(): Promise<void>
  /** Removes everything of it: containers, networks, volumes. */
  down(): Promise<void>
}

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const SOCKET = '/var/run/docker.sock'
const UP_TIMEOUT_MS = 180_000
const run = promisify(execFile)

/** What the engine's client gives as one word a line. */
export const wordsOf = (output: string): string[] => output.split(/\s+/).filter(Boolean)

/**
 * Starts the stack from nothing and resolves when it is ready. The images must have been built (`npm run images`).
 * @throws Error when it is not ready within three minutes
 */
export async function startStack(
  project: string,
  settings: Record<string, string> = {},
): Promise<ComposeStack> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const credentialsDir = await mkdtemp(join(tmpdir(), 'usms-stack-'))
  const env = {
    ...process.env,
    COMPOSE_PROJECT_NAME: project,
    PORT: String(port),
    DOCKER_GID: String((await stat(SOCKET)).gid),
    DEMO: '0',
    ...settings,
  }
  const compose = async (...args: string[]) => {
    const { stdout } = await run('docker', ['compose', ...args], {
      cwd: ROOT,
      env,
      maxBuffer: 64 * 1024 * 1024,
    })
    return stdout.trim()
  }

  async function containersOf(service: string, { stopped = false } = {}) {
    const labels = [`project=${project}`, `service=${service}`]
    const filters = labels.flatMap((label) => ['--filter', `label=com.docker.compose.${label}`])
    return wordsOf(await docker('ps', '-q', '--no-trunc', ...(stopped ? ['-a'] : []), ...filters))
  }

  async function untilReady() {
    await eventually(async () => {
      const answer = await fetch(`${url}/ready`).catch(() => undefined)
      await answer?.arrayBuffer()
      return answer?.ok || undefined
    }, UP_TIMEOUT_MS)
  }

  async function readCredentials(): Promise<Credentials> {
    const path = '/var/lib/usms/credentials.json'
    const text = await compose('exec', '-T', 'provisioner', 'cat', path)
    await writeFile(join(credentialsDir, 'credentials.json'), text, { mode: 0o600 })
    return JSON.parse(text) as Credentials
  }

  async function down() {
    // First the one that makes and removes containers: what compose has listed must still be there.
    await compose('stop', '--timeout', '5', 'provisioner')
    await compose('down', '--volumes', '--remove-orphans', '--timeout', '5')
    const ofUs = ['--filter', `label=org.usms.instance=${project}`]
    const containers = wordsOf(await docker('ps', '-aq', ...ofUs))
    if (containers.length > 0) await docker('rm', '-f', ...containers)
    const volumes = wordsOf(await docker('volume', 'ls', '-q', ...ofUs))
    if (volumes.length > 0) await docker('volume', 'rm', ...volumes)
    await rm(credentialsDir, { recursive: true, force: true })
  }

  const stack: ComposeStack = {
    url,
    project,
    credentialsDir,
    compose,
    containersOf,
    untilReady,
    down,
    ...signedInOwner(url, readCredentials),
  }
  try {
    await compose('up', '--detach')
    await untilReady()
    await eventually(() => readCredentials().catch(() => undefined), UP_TIMEOUT_MS)
    return stack
  } catch (error) {
    const logs = await compose('logs', '--tail', '50').catch(() => '')
    await down().catch(() => {})
    throw new Error(`The stack did not come up: ${(error as Error).message}\n${logs}`, {
      cause: error,
    })
  }
}
