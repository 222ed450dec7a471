/**
 * `npm run images [name…]`: builds usms/school-api, usms/provisioner and usms/directory from this source tree, as `:<version>` and
 * `:latest`. npm's settings and the certificates that this machine trusts are handed in as build secrets; no image keeps them.
 */
import { spawnSync } from 'node:child_process'
import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { schemaLevelOf } from '@usms/service-kit/db/migrate'
import { build, findBuilder } from './images/builder.ts'

const IMAGES = ['school-api', 'provisioner', 'directory']
const SOCKET = '/var/run/docker.sock'

const root = join(import.meta.dirname, '..')
const say = (line: string) => void process.stdout.write(`${line}\n`)
try {
  buildImages(process.argv.slice(2))
  rememberSocketGroup()
} catch (error) {
  say(error instanceof Error ? error.message : String(error))
  process.exitCode = 1
}

function buildImages(wanted: readonly string[]): void {
  const unknown = wanted.filter((name) => !IMAGES.includes(name))
  if (unknown.length > 0)
    throw new Error(`There is no image ${unknown.join(', ')}: ${IMAGES.join(', ')}.`)
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    version: string
  }
  const revision = revisionOf()
  const labels = {
    'org.opencontainers.image.version': version,
    ...(revision && { 'org.opencontainers.image.revision': revision }),
  }
  const builder = findBuilder(join(root, 'infra/Dockerfile'), root)
  for (const image of wanted.length > 0 ? wanted : IMAGES) {
    const name = `usms/${image}`
    say(`\n== ${name}:${version}`)
    const all = {
      ...labels,
      'org.opencontainers.image.title': name,
      // Of the schools' databases: what a school of this release works on, and what the provisioner can bring them to.
      ...(image !== 'directory' && {
        'org.usms.schema-level': schemaLevelOf(join(root, 'school-api/prisma')),
      }),
    }
    const labelled = Object.entries(all).flatMap(([key, value]) => ['--label', `${key}=${value}`])
    const failure = build(
      builder,
      root,
      ['--target', image, ...labelled, '-t', `${name}:${version}`, '-t', `${name}:latest`],
      'inherit',
    )
    if (failure !== undefined) throw new Error(`${name} was not built; what is above says why.`)
  }
}

/** Of the sources as they were committed; nothing where there is no repository. */
function revisionOf(): string | undefined {
  const git = spawnSync('git', ['describe', '--always', '--abbrev=40', '--exclude=*', '--dirty'], {
    cwd: root,
    encoding: 'utf8',
  })
  return git.status === 0 ? git.stdout.trim() : undefined
}

/** The provisioner's user has no right on the engine's socket but by its group, whose number differs from machine to machine. */
function rememberSocketGroup(): void {
  const file = join(root, '.env')
  const settings = existsSync(file) ? readFileSync(file, 'utf8') : ''
  if (/^\s*DOCKER_GID=/m.test(settings) || !existsSync(SOCKET)) return
  const group = statSync(SOCKET).gid
  const gap = settings === '' || settings.endsWith('\n') ? '' : '\n'
  appendFileSync(file, `${gap}DOCKER_GID=${group}\n`)
  say(
    `\nDOCKER_GID=${group}, the group of ${SOCKET}, is written to .env: docker-compose.yml reads it there.`,
  )
}
