import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { SchoolBundle } from '../school-bundle.ts'

export interface SchoolProcess {
  pid: number | undefined
  /** The ports it reported; null when it ended before it listened. */
  listening: Promise<{ port: number; internalPort: number } | null>
  /** Never rejects. */
  exited: Promise<Exit>
  /** SIGTERM, and SIGKILL when it has not ended after `graceMs`. Resolves when it is gone. */
  stop(graceMs: number): Promise<void>
}

export interface Exit {
  /** Null when a signal ended it or it could not be spawned. */
  code: number | null
  signal: NodeJS.Signals | null
  /** Why it could not be spawned. */
  error?: Error
}

/** How a school's process says that its port is taken. */
export const EXIT_PORT_IN_USE = 98

/**
 * Measured: without the bounds a school's heap grows to 300 MB, and optimising the query compiler (WebAssembly) alone costs 45 MB
 * that are never given back.
 */
const nodeFlags = (heapMb: number) => [
  '--max-semi-space-size=1',
  `--max-old-space-size=${heapMb}`,
  '--v8-pool-size=1',
  '--liftoff-only',
]

interface SpawnOptions {
  bundle: SchoolBundle
  code: string
  /** Of JavaScript's heap (MB). */
  heapMb: number
  /** All of the child's environment but what Node itself needs. */
  environment: Readonly<Record<string, string>>
  cwd: string
  logFile: string
}

/**
 * Starts one school's process. It leads a process group of its own, so that Ctrl-C at a terminal reaches us and not it before
 * the requests under way are answered; when we are gone, however that came, its IPC channel closes and it ends by itself.
 */
export async function spawnSchool({
  bundle,
  code,
  heapMb,
  environment,
  cwd,
  logFile,
}: SpawnOptions): Promise<SchoolProcess> {
  const log = await open(logFile, 'a', 0o600)
  try {
    // The path of the bundle names the data folder and the code the school: what `ps` shows says whose it is.
    const child = spawn(process.execPath, [...nodeFlags(heapMb), bundle.entry, code], {
      cwd,
      detached: true,
      env: {
        ...environment,
        NODE_ENV: 'production',
        NODE_COMPILE_CACHE: bundle.compileCacheDir,
        // Fewer arenas of the C allocator: a process of eleven threads keeps up to eight half-empty ones.
        MALLOC_ARENA_MAX: '2',
      },
      // The file, not a pipe through us: a busy parent slows no school, and its last words outlive us.
      stdio: ['ignore', log.fd, log.fd, 'ipc'],
    })
    return follow(child)
  } finally {
    await log.close()
  }
}

function follow(child: ChildProcess): SchoolProcess {
  const exited = new Promise<Exit>((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }))
    child.on(
      'error',
      (error) => child.pid === undefined && resolve({ code: null, signal: null, error }),
    )
  })
  const listening = new Promise<{ port: number; internalPort: number } | null>((resolve) => {
    child.on('message', (message) => {
      const ports = message as { type?: unknown; port?: unknown; internalPort?: unknown } | null
      if (
        ports?.type === 'listening' &&
        typeof ports.port === 'number' &&
        typeof ports.internalPort === 'number'
      )
        resolve({ port: ports.port, internalPort: ports.internalPort })
    })
    void exited.then(() => resolve(null))
  })
  return {
    pid: child.pid,
    listening,
    exited,
    async stop(graceMs) {
      if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
      const gone = once(child, 'exit')
      child.kill('SIGTERM')
      const timer = new AbortController()
      const tooLong = sleep(graceMs, true, { signal: timer.signal }).catch(() => false)
      if (await Promise.race([gone.then(() => false), tooLong])) child.kill('SIGKILL')
      timer.abort()
      await gone
    },
  }
}
