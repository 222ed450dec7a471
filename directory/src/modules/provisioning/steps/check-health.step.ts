import { setTimeout as sleep } from 'node:timers/promises'
import { hopSecretOf } from '@usms/service-kit/auth/opaque-token'
import { LAST_WORDS_FROM_LINES, lastWords } from '#src/runtime/school-log.ts'
import type { SchoolRuntime } from '#src/runtime/school-runtime.ts'
import { type Step, staysStopped } from '../step.ts'

interface CheckHealthDeps {
  runtime: SchoolRuntime
  routerKey: string
  /** Milliseconds the school has until it is well. */
  timeoutMs?: number
}

const POLL_MS = 50
const ANSWER_TIMEOUT_MS = 2_000

/** Well: its dependencies answer, and its public listener takes the router for the router. */
export const checkHealthStep =
  ({ runtime, routerKey, timeoutMs = 15_000 }: CheckHealthDeps): Step =>
  async (context) => {
    const { school, say, signal } = context
    if (staysStopped(context)) return
    const hopHeaders = {
      'x-school-code': school.code,
      'x-school-secret': hopSecretOf(school.id, routerKey),
    }
    const deadline = performance.now() + timeoutMs
    for (;;) {
      const fault = await faultOf()
      if (fault === undefined) return say('Healthy')
      signal.throwIfAborted()
      if (performance.now() > deadline) {
        const which = { schoolId: school.id, code: school.code }
        const lines = await runtime.logs(which, LAST_WORDS_FROM_LINES)
        throw new Error(`The school is not healthy: ${fault}. Its last words:\n${lastWords(lines)}`)
      }
      await sleep(POLL_MS)
    }

    async function faultOf(): Promise<string | undefined> {
      const observed = await runtime.observe(school.id)
      if (!observed?.address || !observed.internalAddress) return 'it does not run'
      return (
        (await ask(`http://${observed.internalAddress}/ready`, {})) ??
        (await ask(`http://${observed.address}/health`, hopHeaders))
      )
    }

    async function ask(url: string, headers: Record<string, string>): Promise<string | undefined> {
      try {
        const answer = await fetch(url, {
          headers: { ...headers, connection: 'close' },
          signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
        })
        await answer.arrayBuffer()
        return answer.ok ? undefined : `${new URL(url).pathname} answers ${answer.status}`
      } catch {
        return `${new URL(url).pathname} does not answer`
      }
    }
  }
