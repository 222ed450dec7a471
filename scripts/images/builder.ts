import { spawnSync } from 'node:child_process'
import { existsSync, realpathSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A way of building images that works on this machine. */
export interface Builder {
  /** The docker client. */
  command: string
  /** What every build is given. */
  args: readonly string[]
}

/** Where distributions keep the certificates they trust. */
const CERTIFICATES = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/cert.pem',
]

/**
 * Tries what may differ from machine to machine: which docker client carries a builder, and whether a build reaches npm's registry by the
 * engine's network or only by the machine's own.
 * @throws Error with what each way ended with, when none works
 */
export function findBuilder(dockerfile: string, root: string): Builder {
  const secrets = secretArgs()
  const failures: string[] = []
  for (const command of dockerClients())
    for (const network of [[], ['--network', 'host']]) {
      const args = ['-f', dockerfile, ...network, ...secrets]
      const failure = build({ command, args }, root, ['--target', 'registry', '-q'], 'pipe')
      if (failure === undefined) return { command, args }
      failures.push(`  ${[command, 'build', ...network].join(' ')}: ${failure}`)
    }
  throw new Error(
    failures.length === 0
      ? 'There is no docker client on the PATH: install Docker Engine or Docker Desktop.'
      : `No image can be built here. What was tried:\n${failures.join('\n')}`,
  )
}

/** @returns undefined when it was built, otherwise the last of what was said */
export function build(
  { command, args }: Builder,
  root: string,
  more: readonly string[],
  output: 'pipe' | 'inherit',
): string | undefined {
  const run = spawnSync(command, ['build', ...args, ...more, root], {
    encoding: 'utf8',
    stdio: ['ignore', output, output],
    env: { ...process.env, DOCKER_BUILDKIT: '1' },
  })
  if (run.status === 0) return undefined
  const said = `${run.stdout ?? ''}\n${run.stderr ?? run.error?.message ?? ''}`.trim().split('\n')
  return said.slice(-4).join(' | ') || `ended with ${run.status ?? run.signal}`
}

function dockerClients(): string[] {
  const found = (process.env['PATH'] ?? '')
    .split(delimiter)
    .map((dir) => join(dir, process.platform === 'win32' ? 'docker.exe' : 'docker'))
    .filter((path) => existsSync(path))
  return [...new Map(found.map((path) => [realpathSync(path), path])).values()]
}

/** Both are optional for the Dockerfile. */
function secretArgs(): string[] {
  const npm = spawnSync('npm', ['config', 'get', 'userconfig'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  })
  const files = {
    npmrc: npm.stdout?.trim(),
    cafile: [process.env['NODE_EXTRA_CA_CERTS'] ?? '', ...CERTIFICATES].find((path) =>
      existsSync(path),
    ),
  }
  return Object.entries(files).flatMap(([id, file]) =>
    file && existsSync(file) ? ['--secret', `id=${id},src=${file}`] : [],
  )
}
