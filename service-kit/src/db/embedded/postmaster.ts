import { execFile } from 'node:child_process'
import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { Logger } from 'pino'

/** What a PostgreSQL server says of itself in `postmaster.pid`. */
export interface Postmaster {
  pid: number
  port: number
  ready: boolean
}

const PID_LINE = 0
const PORT_LINE = 3
const STATUS_LINE = 7

/** The server that `postmaster.pid` of a data directory names, dead or alive; undefined when there is none. */
export async function readPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(clusterDir, 'postmaster.pid'), 'utf8').catch(() => '')
  const lines = text.split('\n')
  const pid = Number(lines[PID_LINE])
  if (!Number.isInteger(pid) || pid < 1) return undefined
  return {
    pid,
    port: Number(lines[PORT_LINE]),
    ready: lines[STATUS_LINE]?.trim() === 'ready',
  }
}

/** The living server of a data directory. A pid file left by a dead one, or by one whose pid was given away, is none. */
export async function findLivingPostmaster(clusterDir: string): Promise<Postmaster | undefined> {
  const postmaster = await readPostmaster(clusterDir)
  if (!postmaster || !(await isRunning(postmaster.pid))) return undefined
  if (await commandNames(postmaster.pid, clusterDir)) return postmaster
  // The pid belongs to an unrelated process by now. PostgreSQL would take that one for a living server and refuse to
  // start, so its file goes. For a dead pid it decides better itself: it also looks at the shared memory.
  await rm(join(clusterDir, 'postmaster.pid'), { force: true })
  return undefined
}

/** Whether a process exists and is more than a zombie (a container without an init keeps those for ever). */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  if (process.platform !== 'linux') return true
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
  // The command in parentheses may itself hold spaces and parentheses; the state follows the last one.
  const state = stat.slice(stat.lastIndexOf(')') + 2, stat.lastIndexOf(')') + 3)
  return state !== 'Z' && state !== 'X' && state !== ''
}

async function commandNames(pid: number, text: string): Promise<boolean> {
  if (process.platform === 'win32') return true
  if (process.platform === 'linux')
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).includes(text)
  const ps = await promisify(execFile)('ps', ['-ww', '-o', 'command=', '-p', String(pid)]).catch(
    () => ({ stdout: '' }),
  )
  return ps.stdout.includes(text)
}

const IMMEDIATE_AFTER_MS = 5_000
const KILL_AFTER_MS = 9_000
const GIVE_UP_AFTER_MS = 12_000

interface EndOptions {
  pid: number
  clusterDir: string
  log: Logger
  /** pg_ctl, for Windows, where PostgreSQL does not listen to signals. */
  pgCtl: string
}

/**
 * Ends a server: fast shutdown first (sessions are cut, a checkpoint is written), immediate shutdown after 5 s, SIGKILL
 * after 9 s. Resolves when its process is gone.
 * @throws Error when it is still there after 12 s
 */
export async function endPostmaster({ pid, clusterDir, log, pgCtl }: EndOptions): Promise<void> {
  const startedAt = performance.now()
  const elapsedMs = () => performance.now() - startedAt
  const steps: { afterMs: number; signal: NodeJS.Signals }[] = [
    { afterMs: 0, signal: 'SIGINT' },
    { afterMs: IMMEDIATE_AFTER_MS, signal: 'SIGQUIT' },
    { afterMs: KILL_AFTER_MS, signal: 'SIGKILL' },
  ]
  while (await isRunning(pid)) {
    const step = steps[0]
    if (step && elapsedMs() >= step.afterMs) {
      steps.shift()
      if (step.afterMs > 0) log.warn({ pid, signal: step.signal }, 'PostgreSQL is slow to stop')
      await signalPostmaster(pid, step.signal, clusterDir, pgCtl)
    }
    if (elapsedMs() > GIVE_UP_AFTER_MS)
      throw new Error(`PostgreSQL (process ${pid}, data in ${clusterDir}) does not end`)
    await sleep(10)
  }
}

async function signalPostmaster(
  pid: number,
  signal: NodeJS.Signals,
  clusterDir: string,
  pgCtl: string,
) {
  if (process.platform === 'win32' && signal !== 'SIGKILL') {
    const mode = signal === 'SIGINT' ? 'fast' : 'immediate'
    await promisify(execFile)(pgCtl, ['stop', '-D', clusterDir, '-m', mode, '-W']).catch(() => {})
    return
  }
  try {
    process.kill(pid, signal)
  } catch (error) {
    // Gone between the look and the signal.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}
