import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Owner, signedInOwner } from './owner.ts'

const START_TIMEOUT_MS = 60_000
const NPM_START = fileURLToPath(new URL('../start.ts', import.meta.url))

/** `npm start`, as a program of its own. */
export interface Program extends Owner {
  url: string
  dataDir: string
  process: ChildProcess
  /** Resolves when the process is gone. */
  ended(): Promise<void>
  /** Ctrl-C. */
  stop(): Promise<void>
}

interface ProgramOptions {
  dataDir: string
  port: number
  /** Settings laid over none: the program sees nothing of our environment. */
  env?: Record<string, string>
  entry?: string
}

/** A folder that PostgreSQL's account can reach too, which a 0700 one of root's is not. */
export async function newDataDir(): Promise<string> {
  const dir = await mkdtemp(join(process.getuid?.() === 0 ? '/tmp' : tmpdir(), 'usms-'))
  await chmod(dir, 0o755)
  return dir
}

/** Resolves when it answers. @throws Error when it ends before that, or does not answer within a minute */
export async function startProgram(options: ProgramOptions): Promise<Program> {
  const { dataDir, port, env = {}, entry = NPM_START } = options
  const url = `http://127.0.0.1:${port}`
  const program = spawn(process.execPath, [entry], {
    env: {
      PATH: process.env.PATH,
      PORT: String(port),
      USMS_DATA_DIR: dataDir,
      DEMO: '0',
      WEB: '0',
      LOG_LEVEL: 'warn',
      ...env,
    },
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const ended = async () => {
    if (program.exitCode === null && program.signalCode === null) await once(program, 'exit')
  }
  const stop = async () => {
    program.kill('SIGINT')
    await ended()
  }
  try {
    await untilReady(url, program)
  } catch (error) {
    await stop()
    throw error
  }

  return {
    url,
    dataDir,
    process: program,
    ...signedInOwner(url, async () =>
      JSON.parse(await readFile(join(dataDir, 'credentials.json'), 'utf8')),
    ),
    ended,
    stop,
  }
}

/** A program in a folder of its own, which goes when it stops. */
export async function startFreshProgram(): Promise<Program> {
  const dataDir = await newDataDir()
  const program = await startProgram({ dataDir, port: await freePort() })
  return {
    ...program,
    async stop() {
      await program.stop()
      await rm(dataDir, { recursive: true, force: true })
    },
  }
}

/** Until it gives something. @throws Error after `timeoutMs` */
export async function eventually<T>(
  look: () => Promise<T | undefined>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const found = await look()
    if (found !== undefined) return found
    if (performance.now() > deadline)
      throw new Error(`it did not come within ${timeoutMs / 1000} s`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  await once(probe, 'close')
  return port
}

const untilReady = (url: string, program: ChildProcess) =>
  eventually(async () => {
    if (program.exitCode !== null) throw new Error(`the program ended with ${program.exitCode}`)
    const answer = await fetch(`${url}/ready`).catch(() => undefined)
    await answer?.arrayBuffer()
    return answer?.ok || undefined
  }, START_TIMEOUT_MS)
