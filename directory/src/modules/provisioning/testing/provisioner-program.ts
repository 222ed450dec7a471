import { pino } from 'pino'
import { composeProvisioner } from '#src/compose-provisioner.ts'
import { readProvisionerConfig } from '#src/config.ts'

// A provisioner of its own that kills itself, as `kill -9` would, at one point of one school's operation.
const [when, step, tenantId] = (process.env['KILL_AT'] ?? '').split(':')
const killAt = (moment: string) => (operation: { tenantId: string }, name: string) => {
  if (moment === when && name === step && operation.tenantId === tenantId)
    process.kill(process.pid, 'SIGKILL')
}
await composeProvisioner(readProvisionerConfig(process.env), pino({ level: 'silent' }), {
  hooks: { beforeStep: killAt('before'), afterStep: killAt('after') },
})
