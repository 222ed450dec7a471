import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** Pids of the processes whose command line (every argument followed by a blank) contains a text; this one is left out. */
export function processesNaming(text: string): number[] {
  return commandLines()
    .filter(({ pid, commandLine }) => pid !== process.pid && commandLine.includes(text))
    .map(({ pid }) => pid)
}

/** Every argument followed by a blank; '' when there is no such process. */
export const commandLineOf = (pid: number): string =>
  commandLines().find((line) => line.pid === pid)?.commandLine ?? ''

function commandLines(): { pid: number; commandLine: string }[] {
  // Small images have no `ps`, and nothing but Linux has /proc.
  if (process.platform !== 'linux')
    return execFileSync('ps', ['-A', '-o', 'pid=,args='], { encoding: 'utf8' })
      .split('\n')
      .map((line) => ({ pid: Number.parseInt(line, 10), commandLine: `${line} ` }))
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => ({ pid: Number(pid), commandLine: readCommandLine(pid) }))
}

function readCommandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ')
  } catch {
    // It ended since it was listed.
    return ''
  }
}
