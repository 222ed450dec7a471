import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, it } from 'vitest'

const SETUP = fileURLToPath(new URL('./setup.ts', import.meta.url))
const SERVICES = ['provisioner', 'postgres', 'directory', 'demo']
const run = promisify(execFile)

let dir: string

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'usms-setup-'))
  for (const service of SERVICES) await mkdir(join(dir, service))
})
afterEach(() => rm(dir, { recursive: true, force: true }))

const setUp = () => run(process.execPath, [SETUP], { env: { SECRETS_DIR: dir } })
const secretOf = (service: string, name: string) => readFile(join(dir, service, name), 'utf8')

async function all() {
  const files = await readdir(dir, { recursive: true, withFileTypes: true })
  const paths = files
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
  return Promise.all(
    paths.sort().map(async (path) => [path, await readFile(path, 'utf8')] as const),
  )
}

it('makes every secret once, for its service alone to read', async () => {
  await setUp()
  const made = await all()
  for (const [path] of made) expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await secretOf('postgres', 'password')).toHaveLength(43)
  expect((await setUp()).stdout).toContain('every secret is there')
  expect(await all()).toEqual(made)
})

it('gives two services that talk to each other the same secret, and nobody else’s', async () => {
  await setUp()
  expect(await secretOf('directory', 'router-key')).toBe(
    await secretOf('provisioner', 'router-key'),
  )
  const directory = (await all())
    .filter(([path]) => path.includes('/directory/'))
    .map(([, text]) => text)
    .join('\n')
  expect(directory).toContain(await secretOf('provisioner', 'directory-password'))
  for (const name of ['postgres-password', 'provisioner-password', 'secrets-key'])
    expect(directory).not.toContain(await secretOf('provisioner', name))
})

it.each(['postgres', 'directory'])(
  'fills the lost volume of %s with what the others know',
  async (service) => {
    await setUp()
    const shared = service === 'postgres' ? 'password' : 'database-url'
    const before = await secretOf(service, shared)
    await rm(join(dir, service), { recursive: true })
    await mkdir(join(dir, service))
    await setUp()
    expect(await secretOf(service, shared)).toBe(before)
  },
)
