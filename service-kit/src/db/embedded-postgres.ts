import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { rename, stat } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { Logger } from 'pino'
import { locateBinaries } from './embedded/binaries.ts'
import { type Home, settleHome } from './embedded/home.ts'
import {
  SUPERUSER,
  ensureCluster,
  keepPort,
  readOrMakePassword,
  readPort,
} from './embedded/init-cluster.ts'
import { HOST, launch } from './embedded/launch.ts'
import {
  type Postmaster,
  endPostmaster,
  findLivingPostmaster,
  isRunning,
} from './embedded/postmaster.ts'

export interface EmbeddedPostgresOptions {
  /** Made when missing. Holds the cluster, the superuser's password (0600), the port and postgres.log. */
  dataDir: string
  log: Logger
  /** Preferred TCP port. Without it the port of the last start, and at first a free one. A taken port is replaced. */
  port?: number
  /** Default 400: 60 schools with 3 connections each, their migrations, and the directory. */
  maxConnections?: number
  /** false for tests: no fsync, a crash of the machine may lose or break the data. Default true. */
  durable?: boolean
}

export interface EmbeddedPostgres {
  /** Connects as superuser to the database `postgres`. */
  adminUrl: string
  host: string
  port: number
  /** The server was already running, left behind by a program that was killed. */
  adopted: boolean
  /** False when it has ended, by itself or stopped. */
  isRunning(): Promise<boolean>
  /** Cuts all sessions and ends the server; resolves when its process is gone. May be called more than once. */
  stop(): Promise<void>
  /** For exit handlers: orders an immediate shutdown without waiting. The next start recovers from the log. */
  stopAtOnce(): void
}

const ADOPT_TIMEOUT_MS = 15_000
const ATTEMPTS = 20
const MAX_LOG_BYTES = 10_000_000

/**
 * Starts PostgreSQL 17 from the npm package on 127.0.0.1, or adopts the one that still runs on the same data directory.
 * It runs in a session of its own, so that Ctrl-C reaches us and not it: whoever started it stops it after the drain.
 * @throws Error with what to do about it, and PostgreSQL's last log lines as `cause`
 */
export async function startEmbeddedPostgres(
  given: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const options = { ...given, dataDir: resolve(given.dataDir) }
  const { log } = options
  const home = await settleHome(options.dataDir, await locateBinaries(), log)
  const password = await readOrMakePassword(home)
  await ensureCluster(home, password, options.durable ?? true)
  const logFile = join(options.dataDir, 'postgres.log')
  await rotate(logFile)

  let port = options.port ?? (await readPort(home)) ?? (await freePort())
  let failure = ''
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const running = await adopt(home, password)
    if (running) return handle(running, true)
    if (!(await isFree(port))) {
      const replacement = await freePort()
      log.warn({ port, replacement }, 'the port of PostgreSQL is taken; it gets another one')
      port = replacement
    }
    const launched = await launch(home, { ...options, port, logFile })
    if ('postmaster' in launched) {
      await keepPort(home, port)
      await requireAnswer(home, password, port)
      return handle(launched.postmaster, false, launched.child)
    }
    failure = launched.output
    if (/could not bind|could not create any TCP/.test(failure)) port = await freePort()
    // Children of a server that was killed leave its shared memory a moment later than itself; and a lock file means
    // that another program started the same data directory just now: the next round adopts its server.
    else if (/pre-existing shared memory|lock file .* already exists/.test(failure))
      await sleep(250)
    else break
  }
  throw new Error(
    `PostgreSQL does not start with the data in ${home.dir}. Its log is ${logFile}; the last lines:\n${lastLines(failure)}`,
    { cause: new Error(failure) },
  )

  function handle(
    postmaster: Postmaster,
    adopted: boolean,
    child?: ChildProcess,
  ): EmbeddedPostgres {
    const { pid } = postmaster
    let stopping: Promise<void> | undefined
    let isGone = false
    child?.on('exit', (exitCode, signal) => {
      isGone = true
      if (!stopping) log.error({ exitCode, signal, logFile }, 'PostgreSQL ended by itself')
    })
    const { clusterDir, binaries } = home
    log.info(
      { port: postmaster.port, postgresPid: pid, adopted, clusterDir },
      'PostgreSQL is ready',
    )
    return {
      adminUrl: urlOf(password, postmaster.port),
      host: HOST,
      port: postmaster.port,
      adopted,
      isRunning: () => isRunning(pid),
      stop: () => (stopping ??= end()),
      stopAtOnce: () => {
        // Its pid may be somebody else's by now.
        if (isGone) return
        stopping ??= Promise.resolve()
        try {
          process.kill(pid, 'SIGQUIT')
        } catch {
          // It is gone already, which is what was wanted.
        }
      },
    }

    async function end() {
      await endPostmaster({ pid, clusterDir, log, pgCtl: binaries.pgCtl })
      isGone = true
    }
  }
}

/**
 * Ends the server that a killed program left behind on a data directory, without starting one; nothing happens when none
 * runs. For sweeping.
 */
export async function endLeftServer(dataDir: string, log: Logger): Promise<void> {
  const clusterDir = join(resolve(dataDir), 'cluster')
  const living = await findLivingPostmaster(clusterDir)
  if (!living) return
  const { pgCtl } = await locateBinaries()
  await endPostmaster({ pid: living.pid, clusterDir, log, pgCtl })
}

const urlOf = (password: string, port: number) =>
  `postgres://${SUPERUSER}:${password}@${HOST}:${port}/postgres`

/** Takes over a living server of this data directory once it answers; waits for one that is starting or ending. */
async function adopt(home: Home, password: string): Promise<Postmaster | undefined> {
  const deadline = performance.now() + ADOPT_TIMEOUT_MS
  let reason: unknown
  for (;;) {
    const living = await findLivingPostmaster(home.clusterDir)
    if (!living) return undefined
    try {
      if (living.ready) {
        await requireAnswer(home, password, living.port)
        return living
      }
    } catch (error) {
      reason = error
    }
    if (performance.now() > deadline)
      throw new Error(
        `A PostgreSQL server (process ${living.pid}) is running on ${home.clusterDir} but does not answer. End it and start again.`,
        { cause: reason },
      )
    await sleep(50)
  }
}

/** The server on this port is the one of our data directory and knows our password. */
async function requireAnswer(home: Home, password: string, port: number) {
  const client = new Client({
    connectionString: urlOf(password, port),
    connectionTimeoutMillis: 5_000,
  })
  client.on('error', () => {})
  try {
    await client.connect()
    const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory')
    if (rows[0]?.data_directory !== home.clusterDir)
      throw new Error(`port ${port} answers for ${rows[0]?.data_directory}`)
  } finally {
    await client.end().catch(() => {})
  }
}

async function listenOn(port: number): Promise<number | undefined> {
  const server = createServer().listen(port, HOST)
  try {
    await once(server, 'listening')
  } catch {
    return undefined
  }
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' ? address?.port : undefined
}

const isFree = async (port: number) => (await listenOn(port)) !== undefined

async function freePort(): Promise<number> {
  const port = await listenOn(0)
  if (port === undefined) throw new Error(`No TCP port on ${HOST} can be opened for PostgreSQL`)
  return port
}

async function rotate(logFile: string) {
  const size = await stat(logFile).then(
    (found) => found.size,
    () => 0,
  )
  if (size > MAX_LOG_BYTES) await rename(logFile, `${logFile}.1`)
}

const lastLines = (text: string) => text.trim().split('\n').slice(-8).join('\n')
