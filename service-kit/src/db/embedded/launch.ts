import { type ChildProcess, spawn } from 'node:child_process'
import { open } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { Home } from './home.ts'
import { SERVER_ENV, giveToOwnerOf } from './init-cluster.ts'
import { type Postmaster, endPostmaster, readPostmaster } from './postmaster.ts'

/** The only address the server listens on. */
export const HOST = '127.0.0.1'

const START_TIMEOUT_MS = 60_000

interface LaunchOptions {
  dataDir: string
  log: Logger
  maxConnections?: number
  durable?: boolean
  port: number
  logFile: string
}

type Launched = { postmaster: Postmaster; child: ChildProcess } | { output: string }

/**
 * Runs the server and waits until it accepts connections. When it ends before that, `output` is what it wrote to its log.
 * A session of its own (`detached`) keeps the terminal's Ctrl-C from it.
 */
export async function launch(home: Home, options: LaunchOptions): Promise<Launched> {
  const { clusterDir, binaries, account } = home
  const logHandle = await open(options.logFile, 'a+', 0o600)
  try {
    await giveToOwnerOf(options.dataDir, options.logFile)
    const { size: logStart } = await logHandle.stat()
    const child = spawn(binaries.postgres, ['-D', clusterDir, ...settings(options)], {
      ...account,
      cwd: '/',
      env: SERVER_ENV,
      detached: true,
      stdio: ['ignore', logHandle.fd, logHandle.fd],
    })
    child.unref()
    const spawned: { error?: Error } = {}
    child.once('error', (error) => (spawned.error = error))
    const deadline = performance.now() + START_TIMEOUT_MS
    while (child.exitCode === null && child.signalCode === null && !spawned.error) {
      const postmaster = await readPostmaster(clusterDir)
      if (postmaster?.pid === child.pid && postmaster?.ready) return { postmaster, child }
      if (performance.now() > deadline && child.pid !== undefined) {
        await endPostmaster({ pid: child.pid, clusterDir, log: options.log, pgCtl: binaries.pgCtl })
        return { output: `not ready after ${START_TIMEOUT_MS / 1000} s` }
      }
      await sleep(10)
    }
    if (spawned.error)
      return { output: `${binaries.postgres} cannot be run: ${spawned.error.message}` }
    const { buffer, bytesRead } = await logHandle.read({
      buffer: Buffer.alloc(64_000),
      position: logStart,
    })
    return { output: buffer.toString('utf8', 0, bytesRead) }
  } finally {
    await logHandle.close()
  }
}

function settings({ dataDir, port, maxConnections = 400, durable = true }: LaunchOptions) {
  const values: Record<string, string | number> = {
    port,
    listen_addresses: HOST,
    // A socket file would be a second way in, with a path length limit of its own.
    unix_socket_directories: '',
    max_connections: maxConnections,
    shared_buffers: '128MB',
    password_encryption: 'scram-sha-256',
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    // Little is left to write when it stops, so that Ctrl-C stays quick.
    checkpoint_timeout: '1min',
    log_line_prefix: '%m [%p] %q%u@%d ',
    // Shown in the command line of each of its processes, so that all can be found by the data directory.
    cluster_name: dataDir.slice(-60),
    ...(!durable && { fsync: 'off', full_page_writes: 'off' }),
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}
