import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** `npm start` as a person starts it, in a data folder of its own and without demo schools. */
export interface StartedSystem {
  url: string
  dataDir: string
  /** Calls the owner API, signed in. @throws Error unless the answer is a success */
  asOwner<Body = Record<string, unknown>>(
    method: string,
    path: string,
    body?: object,
  ): Promise<Body>
  /** Creates a school, provisions it and follows its job to the end. @throws Error unless it ends well */
  onboard(code: string): Promise<{ id: string }>
  stop(): Promise<void>
}

const OWNER = { email: 'owner@bench.localhost', password: 'correct horse battery staple' }
const START_TIMEOUT_MS = 60_000

export async function startSystem(): Promise<StartedSystem> {
  const base = process.getuid?.() === 0 ? '/tmp' : tmpdir()
  const dataDir = await mkdtemp(join(base, 'usms-bench-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const program = spawn(
    process.execPath,
    [fileURLToPath(new URL('../start.ts', import.meta.url))],
    {
      env: {
        ...process.env,
        PORT: String(port),
        USMS_DATA_DIR: dataDir,
        OWNER_EMAIL: OWNER.email,
        OWNER_PASSWORD: OWNER.password,
        DEMO: '0',
        LOG_LEVEL: 'warn',
      },
      stdio: ['ignore', 'ignore', 'inherit'],
    },
  )
  const stop = async () => {
    await end(program)
    await rm(dataDir, { recursive: true, force: true })
  }
  try {
    await untilReady(url, program)
    const { accessToken } = await call<{ accessToken: string }>(
      `${url}/owner/auth/login`,
      'POST',
      OWNER,
    )
    const asOwner: StartedSystem['asOwner'] = (method, path, body) =>
      call(url + path, method, body, { authorization: `Bearer ${accessToken}` })

    return {
      url,
      dataDir,
      asOwner,
      async onboard(code) {
        const { id } = await asOwner<{ id: string }>('POST', '/owner/schools', {
          code,
          name: `School ${code}`,
        })
        const { jobId } = await asOwner<{ jobId: string }>('POST', `/owner/schools/${id}/provision`)
        const events = await fetch(`${url}/owner/jobs/${jobId}/events`, {
          headers: { authorization: `Bearer ${accessToken}` },
        })
        // The stream ends when the job does.
        await events.text()
        const job = await asOwner<{ status: string; error: string }>('GET', `/owner/jobs/${jobId}`)
        if (job.status !== 'SUCCEEDED') throw new Error(`${code} was not provisioned: ${job.error}`)
        return { id }
      },
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

/** @throws Error with the answer unless it is a success */
export async function call<Body>(
  url: string,
  method: string,
  body?: object,
  headers: Record<string, string> = {},
): Promise<Body> {
  const answer = await fetch(url, {
    method,
    headers: { ...headers, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${url} answered ${answer.status}: ${text}`)
  return (text === '' ? undefined : JSON.parse(text)) as Body
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

/** Resident memory of a process in MB; null where the system does not tell. */
export async function residentMegabytes(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '')
  const kilobytes = /VmRSS:\s+(\d+)/.exec(status)?.[1]
  return kilobytes === undefined ? null : Number(kilobytes) / 1024
}

async function untilReady(url: string, program: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_TIMEOUT_MS
  while (performance.now() < deadline) {
    if (program.exitCode !== null) throw new Error(`npm start ended with ${program.exitCode}`)
    const answer = await fetch(`${url}/ready`).catch(() => undefined)
    await answer?.arrayBuffer()
    if (answer?.ok) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`npm start was not ready within ${START_TIMEOUT_MS / 1000} s`)
}

async function end(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return
  const ended = once(program, 'exit')
  program.kill('SIGINT')
  await ended
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1')
  await once(probe, 'listening')
  const { port } = probe.address() as AddressInfo
  probe.close()
  return port
}
