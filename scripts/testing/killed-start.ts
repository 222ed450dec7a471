/**
 * `npm start` that kills itself (SIGKILL) around one provisioning step: KILL_AT is `before:<step>` or `after:<step>`. The hook goes in
 * through the composition, like every other override.
 */
import { closeOnSignals } from '@usms/service-kit/lifecycle'
import { startOnOneMachine } from '../start/one-machine.ts'
import { readSettings } from '../start/settings.ts'
import { createTerminal } from '../start/terminal.ts'

const killAt = (point: string) => {
  if (point === process.env.KILL_AT) process.kill(process.pid, 'SIGKILL')
}

const machine = await startOnOneMachine(readSettings(process.env), createTerminal(), {
  hooks: {
    beforeStep: (_operation, name) => killAt(`before:${name}`),
    afterStep: (_operation, name) => killAt(`after:${name}`),
  },
})
closeOnSignals(machine.lifecycle, machine.log)
