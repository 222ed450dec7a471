import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { SchoolStartError, type SchoolRuntime, type SchoolSpec } from './school-runtime.ts'
import { docker, hasEngine, linesOf } from './testing/docker-cli.ts'
import { type DockerHarness, prepareDockerHarness } from './testing/docker-harness.ts'
import { startEngineGate } from './testing/engine-gate.ts'

const eventually = (check: () => Promise<void> | void) =>
  vi.waitFor(check, { timeout: 30_000, interval: 20 })

describe.skipIf(!(await hasEngine()))('the docker driver (needs a Docker Engine)', () => {
  let harness: DockerHarness
  let runtime: SchoolRuntime
  let serial = 0

  beforeAll(async () => {
    harness = await prepareDockerHarness()
    runtime = await harness.createRuntime()
  })
  afterAll(async () => {
    await runtime?.close()
    await harness?.close()
  })

  const newCode = () => `DOC${++serial}`
  const labelled = (code: string) => [
    `--filter=label=org.usms.instance=${harness.instance}`,
    `--filter=label=org.usms.code=${code}`,
  ]
  const allContainersOf = async (code: string) =>
    linesOf(await docker('ps', '--all', '--quiet', '--no-trunc', ...labelled(code)))
  const volumesOf = async (code: string) =>
    linesOf(await docker('volume', 'ls', '--quiet', ...labelled(code)))

  async function containerOf(code: string): Promise<string> {
    const ids = await harness.containersOf(code)
    expect(ids).toHaveLength(1)
    return ids[0] as string
  }

  describe('a school’s container', () => {
    let spec: SchoolSpec
    let id: string
    let described: {
      Config: { Labels: object }
      HostConfig: object
      NetworkSettings: { Networks: object }
    }

    const inside = (script: string) => docker('exec', id, 'bash', '-c', script)

    beforeAll(async () => {
      spec = await harness.newSpec(newCode())
      await runtime.ensure(spec)
      id = await containerOf(spec.code)
      described = JSON.parse(await docker('inspect', id))[0]
    })
    afterAll(() => runtime.destroy(spec))

    it('shows no secret in what the engine says of it and of its volume', async () => {
      const volumes = await volumesOf(spec.code)
      const said = `${JSON.stringify(described)}${await docker('volume', 'inspect', ...volumes)}`
      expect(said).toContain('/run/secrets/HOP_SECRET')
      for (const secret of Object.values(spec.secrets)) expect(said).not.toContain(secret)
    })

    it('has its secrets as files that its user alone can read and nobody can write', async () => {
      const modes = await inside('cd /run/secrets && stat -c "%a %u:%g %n" . *')
      expect(linesOf(modes)).toEqual([
        '500 1000:1000 .',
        ...Object.keys(spec.secrets)
          .toSorted()
          .map((name) => `400 1000:1000 ${name}`),
      ])
      expect(await inside('cat /run/secrets/HOP_SECRET')).toBe(spec.secrets['HOP_SECRET'])
      await expect(inside('chmod u+w /run/secrets/HOP_SECRET')).rejects.toThrow(
        'Read-only file system',
      )
      expect(await volumesOf(spec.code)).toHaveLength(1)
    })

    it('is nobody, can become nobody and may do nothing', async () => {
      expect(await inside('id -u; id -g; id -G')).toBe('1000\n1000\n1000')
      const status = await inside('cat /proc/1/status /proc/self/status')
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'])
        expect(status.match(new RegExp(`^${set}:\\s+0+$`, 'gm'))).toHaveLength(2)
      expect(status.match(/^NoNewPrivs:\s+1$/gm)).toHaveLength(2)
      expect(status.match(/^Seccomp:\s+2$/gm)).toHaveLength(2)
    })

    it('writes nowhere but to /tmp, and runs nothing from there', async () => {
      for (const place of [
        '/',
        '/app',
        '/app/compile-cache',
        '/run',
        '/run/secrets',
        '/var/tmp',
        '/home/node',
        '/dev',
        '/dev/shm',
      ])
        await expect(inside(`touch ${place}/x`), place).rejects.toThrow(
          /Read-only|Permission denied|No such file/,
        )
      await inside('cp /bin/true /tmp/x')
      await expect(inside('/tmp/x')).rejects.toThrow('Permission denied')
      expect(await inside('grep " /tmp " /proc/mounts')).toMatch(/nosuid,nodev,noexec.*size=16384k/)
    })

    it('lives on the schools’ network alone and has no way out of it', async () => {
      expect(Object.keys(described.NetworkSettings.Networks)).toEqual([harness.network])
      const outside = `${harness.instance}-outside`
      const listens = `require('net').createServer((s) => s.end('hello')).listen(7000)`
      await docker('run', '--detach', '--name', outside, harness.release, 'node', '-e', listens)
      try {
        const address = await docker(
          'inspect',
          '--format',
          '{{.NetworkSettings.IPAddress}}',
          outside,
        )
        const ask = `timeout 2 bash -c 'cat <"/dev/tcp/${address}/7000"'`
        await eventually(async () =>
          expect(await docker('exec', outside, 'bash', '-c', ask)).toBe('hello'),
        )
        await expect(inside(ask)).rejects.toThrow()
      } finally {
        await docker('rm', '--force', outside)
      }
      // Names of the network are known to it, others are not asked for outside.
      expect(await inside(`getent hosts ${harness.instance}-postgres`)).toContain(harness.instance)
      await expect(inside('getent hosts example.com')).rejects.toThrow()
    })

    it('is held by the kernel to the limits of its plan', async () => {
      const { memoryMb, cpus, pids } = spec.limits
      const [memory, quota, period, processes] = linesOf(
        await inside(`cd /sys/fs/cgroup
          if [ -f memory.max ]; then cat memory.max; tr ' ' '\\n' <cpu.max; cat pids.max
          else cat memory/memory.limit_in_bytes cpu/cpu.cfs_quota_us cpu/cpu.cfs_period_us pids/pids.max; fi`),
      ).map(Number)
      expect(memory).toBe(memoryMb * 1024 * 1024)
      expect((quota ?? 0) / (period ?? 1)).toBe(cpus)
      expect(processes).toBe(pids)
    })

    it('has its log turned by the engine, and is never started by it', () => {
      expect(described.HostConfig).toMatchObject({
        LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
        RestartPolicy: { Name: 'no' },
        Privileged: false,
        Binds: null,
      })
    })

    it('bears the marks by which it is found again', () => {
      expect(described.Config.Labels).toMatchObject({
        'org.usms.instance': harness.instance,
        'org.usms.school': spec.schoolId,
        'org.usms.code': spec.code,
        'org.usms.release': harness.release,
        'org.usms.generation': '1',
        'com.docker.compose.project': harness.instance,
      })
    })

    it('passes the check, and says what is not well when it is not', async () => {
      const check = () => runtime.check(spec.schoolId, 'current', AbortSignal.timeout(20_000))
      expect(await check()).toBeUndefined()
      await docker('pause', `${harness.instance}-postgres`)
      try {
        expect(await check()).toMatch(/^\/ready /)
      } finally {
        await docker('unpause', `${harness.instance}-postgres`)
      }
    })

    it('is not listened to without end when somebody inside speaks for the probe', async () => {
      const flood = `for (;;) for (const pid of fs.readdirSync('/proc').filter(Number))
        try {
          if (!fs.readFileSync('/proc/' + pid + '/cmdline', 'utf8').includes('\\0/app/probe.mjs')) continue
          const out = fs.openSync('/proc/' + pid + '/fd/1', 'w')
          for (;;) fs.writeSync(out, 'x'.repeat(10_000))
        } catch {}`
      const flooding = docker('exec', id, 'node', '-e', flood).catch(() => {})
      // Without its database the probe waits.
      await docker('pause', `${harness.instance}-postgres`)
      try {
        const check = runtime.check(spec.schoolId, 'current', AbortSignal.timeout(20_000))
        await expect(check).rejects.toThrow('it says too much')
      } finally {
        await docker('unpause', `${harness.instance}-postgres`)
        await docker('restart', '--time', '1', id)
        await flooding
      }
    })
  })

  describe('the life of a school’s containers', () => {
    let spec: SchoolSpec
    afterEach(() => spec && runtime.destroy(spec))

    it('is at the address that the engine gave it this time', async () => {
      spec = await harness.newSpec(newCode())
      const first = await runtime.ensure(spec)
      await runtime.stop(spec.schoolId, 2)
      const other = await harness.newSpec(newCode())
      const taken = await runtime.ensure(other)
      const again = await runtime.ensure({ ...spec, generation: 3 })
      try {
        expect(taken.address).toBe(first.address)
        expect(again.address).not.toBe(first.address)
        const answer = await fetch(`http://${again.address}/health`, {
          headers: harness.hopHeaders(spec),
        })
        expect(answer.status).toBe(200)
      } finally {
        await runtime.destroy(other)
      }
    })

    it('keeps a stopped container for its log, until another one runs', async () => {
      spec = await harness.newSpec(newCode())
      await runtime.ensure(spec)
      const before = await allContainersOf(spec.code)
      await runtime.stop(spec.schoolId, 2)
      expect(await allContainersOf(spec.code)).toEqual(before)
      expect((await runtime.logs(spec, 100)).join('\n')).toContain('"msg":"listening"')
      await runtime.ensure({ ...spec, generation: 3 })
      await eventually(async () => {
        const after = await allContainersOf(spec.code)
        expect(after).toEqual(await harness.containersOf(spec.code))
        expect(after).not.toEqual(before)
      })
    })

    it('starts the same container again after it ended by itself', async () => {
      spec = await harness.newSpec(newCode())
      const first = await runtime.ensure(spec)
      const id = await containerOf(spec.code)
      await harness.endAbruptly(first)
      await eventually(async () => {
        const now = await runtime.observe(spec.schoolId)
        expect(now?.state).toBe('running')
        expect(now?.startedAt).not.toEqual(first.startedAt)
      })
      expect(await containerOf(spec.code)).toBe(id)
    })

    it('gives other secrets another volume, and removes the one of before', async () => {
      spec = await harness.newSpec(newCode())
      await runtime.ensure(spec)
      const [before] = await volumesOf(spec.code)
      const secrets = { ...spec.secrets, JWT_SECRET: 'another secret, longer than 32 characters' }
      await runtime.ensure({ ...spec, secrets, generation: 2 })
      const id = await containerOf(spec.code)
      expect(await docker('exec', id, 'cat', '/run/secrets/JWT_SECRET')).toBe(secrets.JWT_SECRET)
      await eventually(async () => {
        const after = await volumesOf(spec.code)
        expect(after).toHaveLength(1)
        expect(after).not.toContain(before)
      })
    })

    it('writes the secrets again where a volume was made and never filled', async () => {
      spec = await harness.newSpec(newCode())
      const probe = await harness.createRuntime()
      await probe.ensure(spec)
      const [volume = ''] = await volumesOf(spec.code)
      await probe.close()
      await docker('rm', '--force', ...(await allContainersOf(spec.code)))
      await docker('volume', 'rm', volume)
      await docker('volume', 'create', '--label', `org.usms.instance=${harness.instance}`, volume)

      const next = await harness.createRuntime()
      try {
        expect(await next.ensure({ ...spec, generation: 2 })).toMatchObject({ state: 'running' })
        await next.destroy(spec)
      } finally {
        await next.close()
        await docker('volume', 'rm', '--force', volume)
      }
    })

    it('says that a school ran out of its memory', async () => {
      spec = harness.specWithoutDatabase(newCode())
      const eats = 'const all = []; for (;;) all.push(Buffer.alloc(1e6, 1))'
      const release = await harness.releaseWith(`CMD ${JSON.stringify(['node', '-e', eats])}`)
      const limits = { ...spec.limits, memoryMb: 64 }
      const attempt = runtime.ensure({ ...spec, release, limits })
      await expect(attempt).rejects.toThrow(SchoolStartError)
      await expect(attempt).rejects.toThrow('ran out of the memory that its plan gives it')
    })

    it('hears of what happened while the engine did not answer', async () => {
      spec = await harness.newSpec(newCode())
      const gate = await startEngineGate()
      const behind = await harness.createRuntime({ socketPath: gate.socketPath })
      try {
        const first = await behind.ensure(spec)
        await gate.shut()
        await harness.endAbruptly(first)
        await gate.open()
        await eventually(async () => {
          const now = await behind.observe(spec.schoolId)
          expect(now?.state).toBe('running')
          expect(now?.startedAt).not.toEqual(first.startedAt)
        })
        expect(await harness.containersOf(spec.code)).toHaveLength(1)
      } finally {
        await behind.close()
        await gate.close()
      }
    })
  })

  describe('what is left over', () => {
    it('is removed when it is a helper of this installation, and left alone when it is not', async () => {
      const image = harness.release
      const helper = ['--label', 'org.usms.helper=fill-secrets', image]
      const ours = await docker(
        'create',
        '--label',
        `org.usms.instance=${harness.instance}`,
        ...helper,
      )
      const foreign = await docker(
        'create',
        '--label',
        'org.usms.instance=somebody-else',
        ...helper,
      )
      try {
        const removed = await runtime.sweep(new Set())
        expect(removed).toHaveLength(1)
        await expect(docker('inspect', ours)).rejects.toThrow()
        await docker('inspect', foreign)
      } finally {
        await docker('rm', '--force', foreign)
      }
    })

    it('is named when a school is destroyed, and nothing of it stays', async () => {
      const spec = await harness.newSpec(newCode())
      await runtime.ensure(spec)
      const volumes = await volumesOf(spec.code)
      const removed = await runtime.destroy(spec)
      expect(removed).toEqual([
        { kind: 'container', name: `${harness.instance}-school-${spec.code.toLowerCase()}-1` },
        ...volumes.map((name) => ({ kind: 'volume', name })),
      ])
      expect(await allContainersOf(spec.code)).toEqual([])
      expect(await volumesOf(spec.code)).toEqual([])
      expect(await runtime.observe(spec.schoolId)).toBeUndefined()
    })
  })

  describe('a release', () => {
    it('is the id of an image, whatever it is called by', async () => {
      const { id, version } = await runtime.fetchRelease('latest')
      expect(id).toBe(harness.release)
      expect(runtime.release).toBe(id)
      expect(version).toMatch(/^\d+\.\d+\.\d+$/)
      expect((await runtime.fetchRelease(id)).id).toBe(id)
    })

    it('is of the school API’s image and of no other on this machine', async () => {
      const other = await docker('image', 'inspect', '--format', '{{.Id}}', 'postgres:17-trixie')
      for (const name of [other, 'nothing-like-it', '../postgres:17-trixie', 'latest@sha256:0', ''])
        await expect(runtime.fetchRelease(name), name).rejects.toThrow(
          `Release ${name} cannot be had`,
        )
    })
  })

  describe('a driver that cannot work', () => {
    it('says so when the schools’ network is not there or has a way out', async () => {
      await expect(harness.createRuntime({ network: `${harness.instance}-none` })).rejects.toThrow(
        'does not exist: docker compose makes it',
      )
      await expect(harness.createRuntime({ network: 'bridge' })).rejects.toThrow('is not internal')
    })

    it('says so when no engine answers', async () => {
      await expect(harness.createRuntime({ socketPath: '/nowhere.sock' })).rejects.toThrow(
        'No Docker Engine answers at /nowhere.sock',
      )
    })

    it('says so when the release for new schools is not here', async () => {
      await expect(harness.createRuntime({ release: '0.0.0' })).rejects.toThrow(
        'Release 0.0.0 cannot be had here',
      )
    })
  })
})
