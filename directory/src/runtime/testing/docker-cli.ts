import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Docker's own client: a test looks at the engine by other eyes than the driver's. @returns what it printed */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await run('docker', args, { maxBuffer: 64 * 1024 * 1024 })
  return stdout.trim()
}

export const linesOf = (printed: string) => printed.split('\n').filter((line) => line !== '')

/** Whether a test that needs an engine can run here. Says why not. */
export async function hasEngine(): Promise<boolean> {
  try {
    await docker('version', '--format', '{{.Server.Version}}')
    return true
  } catch (error) {
    process.stderr.write(
      `Tests that need a Docker Engine are left out: ${(error as Error).message}\n`,
    )
    return false
  }
}
