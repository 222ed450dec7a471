import { createHash, randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { resolve } from 'node:path'

/** `<host>|<data folder>|<pid>|<start>`: enough for the next process on the same machine to tell that this one is dead. */
export const newLeaseOwner = (dataDir: string): string =>
  [hostname(), hashOf(dataDir), process.pid, randomUUID()].join('|')

/**
 * Whether a lease owner is a process of this machine and data folder that has ended: its lease need not be waited for. A pid that
 * was given to somebody else meanwhile counts as living; then the lease ends by itself.
 */
export function isDeadNeighbour(owner: string, self: string): boolean {
  const [host, dataDir, pid, start] = owner.split('|')
  const [ownHost, ownDataDir, ownPid, ownStart] = self.split('|')
  if (host !== ownHost || dataDir !== ownDataDir || start === ownStart) return false
  // In a container every start has the same pid.
  return pid === ownPid || !isRunning(Number(pid))
}

const hashOf = (dataDir: string) =>
  createHash('sha256').update(resolve(dataDir)).digest('hex').slice(0, 12)

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
