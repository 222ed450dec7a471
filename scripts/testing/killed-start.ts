/**
 * `npm start` that kills itself (SIGKILL) around one provisioning step: the file KILL_AT_FILE holds `before:<step>` or `after:<step>` and
 * the id of a school. The hook goes in through the composition, like every other override.
 */
import { readFileSync } from 'node:fs'
import { startOnOneMachine } from '../start/one-machine.ts'
import { readSettings } from '../start/settings.ts'
import { createTerminal } from '../start/terminal.ts'

const killAt = (moment: string) => (operation: { tenantId: string }, step: string) => {
  const point = readFileSync(process.env.KILL_AT_FILE ?? '', 'utf8')
  if (point === `${moment}:${step} ${operation.tenantId}`) process.kill(process.pid, 'SIGKILL')
}

await startOnOneMachine(readSettings(process.env), createTerminal(), {
  hooks: { beforeStep: killAt('before'), afterStep: killAt('after') },
})
