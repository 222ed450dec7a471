import { execFile } from 'node:child_process'
import { createServer, type Server } from 'node:net'
import { networkInterfaces } from 'node:os'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { docker, hasEngine } from '@usms/directory/runtime/testing/docker-cli'
import { type ComposeStack, startStack } from '../testing/compose-stack.ts'
import type { Facts, Findings } from './testing/inside-school.ts'

const PROJECT = 'usms-walls'
const ATTACKER = fileURLToPath(new URL('testing/inside-school.ts', import.meta.url))

interface Inspected {
  Config: { User: string; Env: string[]; Cmd: string[]; Labels: Record<string, string> }
  HostConfig: {
    Binds: string[] | null
    CapDrop: string[] | null
    Memory: number
    NanoCpus: number
    Privileged: boolean
    PidsLimit: number | null
    PortBindings: Record<string, unknown> | null
    ReadonlyRootfs: boolean
    SecurityOpt: string[] | null
  }
  Mounts: { Type: string; Source: string; Destination: string; RW: boolean }[]
  NetworkSettings: { Networks: Record<string, { IPAddress: string; Gateway: string }> }
}

describe.skipIf(!(await hasEngine()))('a school’s container (needs a Docker Engine)', () => {
  let stack: ComposeStack
  let listener: Server
  let inspected: Inspected
  let inspectedText: string
  let found: Findings

  beforeAll(async () => {
    stack = await startStack(PROJECT)
    await stack.onboard('EAST')
    await stack.onboard('WEST')
    const [container] = await stack.containersOf('school-east')
    inspectedText = await docker('inspect', String(container))
    ;[inspected] = JSON.parse(inspectedText) as [Inspected]
    // A service of the machine itself: what stands behind every way out.
    listener = createServer((socket) => socket.end()).listen(0, '0.0.0.0')
    await once(listener, 'listening')
    found = await attack(String(container), await facts())
  })
  afterAll(async () => {
    listener?.close()
    await stack?.down()
  })

  async function inspect(service: string): Promise<Inspected> {
    const [container] = await stack.containersOf(service)
    const [document] = JSON.parse(await docker('inspect', String(container))) as [Inspected]
    return document
  }

  const addressesOf = ({ NetworkSettings: { Networks } }: Inspected) =>
    Object.values(Networks).flatMap(({ IPAddress }) => (IPAddress ? [IPAddress] : []))

  async function facts(): Promise<Facts> {
    const west = await inspect('school-west')
    const port = (listener.address() as { port: number }).port
    const hosts = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ family, internal }) => family === 'IPv4' && !internal)
      .map(({ address }) => address)
    const [network] = Object.values(inspected.NetworkSettings.Networks)
    const gateways = [network?.Gateway, ...hosts].filter(Boolean)
    const provisioner = addressesOf(await inspect('provisioner'))
    return {
      closed: {
        'an address outside': '192.0.2.1:80',
        ...Object.fromEntries(gateways.map((host) => [`the machine, ${host}`, `${host}:${port}`])),
        ...Object.fromEntries(gateways.map((host) => [`the engine, ${host}`, `${host}:2375`])),
        ...Object.fromEntries(
          provisioner.map((host) => [`the provisioner, ${host}`, `${host}:4100`]),
        ),
        'the other school’s operational listener': `${addressesOf(west)[0]}:4101`,
      },
      names: ['provisioner', `${PROJECT}-provisioner-1`],
      otherSchool: {
        code: 'WEST',
        address: `${addressesOf(west)[0]}:4100`,
        database: 'usms_west',
        role: 'usms_west_app',
      },
      directoryDatabase: 'usms_directory',
      directory: 'directory:4000',
    }
  }

  it('runs as nobody in particular, without a capability or a way to get one', () => {
    expect(inspected.Config.User).toBe('1000:1000')
    expect(inspected.HostConfig).toMatchObject({
      Privileged: false,
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
    })
    expect(inspected.HostConfig.SecurityOpt?.join()).toContain('no-new-privileges')
    expect(found.uid).toBe(1000)
    expect(found.status).toMatchObject({ CapEff: '0000000000000000', CapBnd: '0000000000000000' })
    expect(found.status['NoNewPrivs']).toBe('1')
  })

  it('writes nowhere but to its scratch folder, and runs nothing from there', () => {
    const { '/tmp/planted': scratch, 'running /tmp/planted': ran, ...others } = found.writable
    for (const [path, outcome] of Object.entries(others))
      expect(outcome, path).toMatch(/^(EROFS|EACCES)$/)
    expect(scratch).toBe('written')
    expect(ran).toBe('EACCES')
  })

  it('is bounded in memory, processors and processes, and publishes no port', () => {
    expect(inspected.HostConfig.Memory).toBe(320 * 1024 * 1024)
    expect(inspected.HostConfig.NanoCpus).toBe(1e9)
    expect(inspected.HostConfig.PidsLimit).toBe(64)
    expect(inspected.HostConfig.PortBindings ?? {}).toEqual({})
  })

  it('has no way out: not to the outside, not to the machine, not to the engine, not to the provisioner', () => {
    expect(Object.keys(found.connections).length).toBeGreaterThan(5)
    for (const [where, outcome] of Object.entries(found.connections))
      expect(outcome, where).not.toBe('connected')
    for (const [name, address] of Object.entries(found.resolved))
      expect(address, name).toMatch(/ENOTFOUND|EAI_AGAIN/)
    expect(found.sockets).toEqual([])
    expect(inspected.Mounts.map(({ Source }) => Source).join()).not.toContain('docker.sock')
  })

  it('is answered 421 by another school, whatever it asks', () => {
    expect(Object.keys(found.otherSchool)).toHaveLength(18)
    for (const [question, status] of Object.entries(found.otherSchool))
      expect(status, question).toBe(421)
  })

  it('is not answered by the directory', () => {
    expect(Object.keys(found.directory)).toHaveLength(5)
    for (const [path, outcome] of Object.entries(found.directory))
      expect(outcome, path).toBe('ECONNRESET')
  })

  it('is let into PostgreSQL as its own role, in its own database, for rows alone', () => {
    const {
      'own role, own database': own,
      'takes a gigabyte of memory': _memory,
      'fills the disk': _disk,
      ...others
    } = found.postgres
    expect(own).toBe('done')
    for (const [attempt, outcome] of Object.entries(others)) {
      expect(outcome, attempt).not.toBe('done')
      // Refused by the server (an SQLSTATE of access), not lost on the way.
      expect(outcome, attempt).toMatch(/^(28P01|28000|42501|3D000)$/)
    }
  })

  it('takes no more of PostgreSQL’s memory and disk than a connection may, and ends with that alone', () => {
    const outOfMemory = '53200'
    const tooMuchOnDisk = '53400'
    expect(found.postgres['takes a gigabyte of memory']).toBe(outOfMemory)
    expect(found.postgres['fills the disk']).toBe(tooMuchOnDisk)
  })

  it('shows no secret to whoever inspects it', () => {
    const secrets = Object.values(found.own)
    expect(Object.keys(found.secrets).toSorted()).toEqual([
      'DATABASE_URL',
      'HOP_SECRET',
      'JWT_SECRET',
      'REFRESH_KEY',
    ])
    const password = new URL(String(found.own['DATABASE_URL'])).password
    for (const secret of [...secrets, password]) {
      expect(inspectedText).not.toContain(secret)
      expect(found.environment.join('\n')).not.toContain(secret)
      expect(found.commandLine).not.toContain(secret)
    }
    const mount = inspected.Mounts.find(({ Destination }) => Destination === '/run/secrets')
    expect(mount).toMatchObject({ Type: 'volume', RW: false })
  })

  it('the platform’s own containers show none either', async () => {
    const secrets = await stack.compose(
      'exec',
      '-T',
      'provisioner',
      'sh',
      '-c',
      'for file in /run/secrets/*; do cat "$file"; echo; done',
    )
    const values = secrets.split('\n').filter((line) => line.length > 15)
    expect(values.length).toBeGreaterThan(3)
    for (const service of ['postgres', 'directory', 'provisioner', 'setup']) {
      const [container] = await stack.containersOf(service, { stopped: true })
      const text = await docker('inspect', String(container))
      for (const value of values) expect(text, service).not.toContain(value)
    }
  })

  it('the directory reaches neither the engine nor PostgreSQL’s admin', async () => {
    const mounts = (await inspect('directory')).Mounts
    expect(mounts.map(({ Source }) => Source).join()).not.toContain('docker.sock')
    const names = await stack.compose('exec', '-T', 'directory', 'ls', '/run/secrets')
    expect(names).not.toMatch(/admin|secrets-key|provisioner/i)
    for (const service of ['provisioner', 'postgres'])
      expect((await inspect(service)).HostConfig.PortBindings ?? {}, service).toEqual({})
  })
})

/** Runs the attacker inside the container, as whoever the container runs as. */
async function attack(container: string, facts: Facts): Promise<Findings> {
  const { outputFiles } = await build({
    entryPoints: [ATTACKER],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    // The packages inside are CommonJS and ask for Node's own modules.
    banner: {
      js: `import { createRequire } from 'node:module'; const require = createRequire('/app/')`,
    },
    external: ['pg-native'],
    logLevel: 'silent',
  })
  const program = ['node', '--input-type=module', '-']
  const environment = ['-e', `FACTS=${JSON.stringify(facts)}`]
  const child = execFile('docker', ['exec', '-i', ...environment, container, ...program], {
    maxBuffer: 16 * 1024 * 1024,
  })
  let output = ''
  let errors = ''
  child.stdout?.on('data', (chunk: string) => (output += chunk))
  child.stderr?.on('data', (chunk: string) => (errors += chunk))
  child.stdin?.end(outputFiles[0]?.text)
  await once(child, 'close')
  if (output === '') throw new Error(`the attacker said nothing: ${errors}`)
  return JSON.parse(output) as Findings
}
