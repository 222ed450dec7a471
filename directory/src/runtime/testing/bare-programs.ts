import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { pino } from 'pino'
import { afterEach, vi } from 'vitest'
import type { Found, Instance, Launcher } from '../launcher.ts'
import { limitsOf } from '../plans.ts'
import { type Observation, type SchoolSpec, SchoolStartError } from '../school-runtime.ts'
import { createSchoolSlot } from '../school-slot.ts'

// What a driver brings with it is here a bare program of Node: the slot knows nothing but starts and ends.
export const children: ChildProcess[] = []
afterEach(() => children.splice(0).forEach((child) => child.kill('SIGKILL')))

export const SPEC: SchoolSpec = {
  schoolId: 'school',
  code: 'SLOT',
  generation: 1,
  release: 'one',
  settings: {},
  secrets: {},
  limits: limitsOf('standard'),
  port: null,
}

export interface TestInstance extends Instance {
  child: ChildProcess
}

/** @param faults thrown by the next stops, one each: the engine does not answer */
export async function launch(spec: SchoolSpec, faults: Error[] = []): Promise<TestInstance> {
  const child = spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1e6)'])
  children.push(child)
  const gone = once(child, 'exit')
  const ended = gone.then(([, signal]) => `It ended by ${signal}`)
  const endedFirst = ended.then((how) => Promise.reject(new SchoolStartError(how)))
  const ready = Promise.race([once(child.stdout, 'data'), endedFirst]).then(() => ({
    address: `pid:${child.pid}`,
    internalAddress: null,
    port: null,
    startedAt: new Date(),
  }))
  ready.catch(() => {})
  return {
    child,
    generation: spec.generation,
    release: spec.release,
    ready,
    ended,
    async stop() {
      const fault = faults.shift()
      if (fault) throw fault
      child.kill('SIGKILL')
      await gone
    },
    check: async () => undefined,
  }
}

export function prepareSlot(options: {
  found?: Found[]
  recordedGeneration?: number
  launcher?: Launcher
}) {
  const states: Observation[] = []
  const slot = createSchoolSlot({
    schoolId: SPEC.schoolId,
    code: SPEC.code,
    release: 'one',
    launcher: { launch },
    timings: { stopGraceMs: 1_000, backOffMs: 5, maxBackOffMs: 20, steadyMs: 60_000 },
    log: pino({ level: 'silent' }),
    changed: (observation) => states.push(observation),
    ...options,
  })
  return { slot, states }
}

export const eventually = (check: () => void) => vi.waitFor(check, { timeout: 10_000, interval: 5 })
export const countAlive = () => children.filter((child) => child.signalCode === null).length
