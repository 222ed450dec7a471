import { parseArgs } from 'node:util'
import { parseConfig, setting } from '@usms/service-kit/config'
import { z } from 'zod'
import { probeSchool, waitUntilReady } from './probe.ts'

/**
 * Asks the school beside which it runs how it is, with the settings that the school itself has.
 * `--wait <ms>`: until it is ready, for so long at most. Without: everything that can be asked, once.
 * Exit 0: it is well. Exit 1: one line says what is not.
 */
const settings = z.object({
  PORT: setting.port.default(4100),
  INTERNAL_PORT: setting.port.default(4101),
  SCHOOL_CODE: z.string(),
  HOP_SECRET: setting.secret,
})

const FULL_CHECK_MS = 10_000

const say = (line: string) => void process.stdout.write(`${line}\n`)

async function faultOf(): Promise<string | undefined> {
  const { values } = parseArgs({ options: { wait: { type: 'string' } } })
  const { PORT, INTERNAL_PORT, SCHOOL_CODE, HOP_SECRET } = parseConfig(settings, process.env)
  const internalUrl = `http://127.0.0.1:${INTERNAL_PORT}`
  if (values.wait !== undefined) {
    const timeoutMs = z.coerce.number().int().min(0).parse(values.wait)
    return waitUntilReady(internalUrl, { timeoutMs })
  }
  return probeSchool({
    publicUrl: `http://127.0.0.1:${PORT}`,
    internalUrl,
    code: SCHOOL_CODE,
    hopSecret: HOP_SECRET,
    signal: AbortSignal.timeout(FULL_CHECK_MS),
  })
}

try {
  const fault = await faultOf()
  if (fault !== undefined) say(fault)
  process.exitCode = fault === undefined ? 0 : 1
} catch (error) {
  say((error as Error).message.replaceAll('\n', '; '))
  process.exitCode = 1
}
