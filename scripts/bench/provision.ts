import { median } from './measure.ts'
import { type Runtime, startSystem } from './system.ts'

const SCHOOLS = 10
const GOAL_MS = { process: 1_000, docker: 2_000 } as const

/** Ten schools, one after the other, through the owner API: from the request that creates one to ACTIVE. */
export async function benchProvision(runtime: Runtime): Promise<void> {
  const system = await startSystem(runtime)
  try {
    const times: number[] = []
    for (let i = 0; i < SCHOOLS; i++) {
      const begin = performance.now()
      await system.onboard(`BENCH${i}`)
      times.push(performance.now() - begin)
    }
    console.log(`create to ACTIVE (${runtime}), ms: ${times.map((ms) => ms.toFixed(0)).join(' ')}`)
    console.log(`median ${median(times).toFixed(0)} ms (goal: at most ${GOAL_MS[runtime]})`)
  } finally {
    await system.stop()
  }
}
