import { startFreshProgram } from '../testing/program.ts'
import { median } from './measure.ts'

const SCHOOLS = 10
const GOAL_MS = 1_000

/** Ten schools, one after the other, through the owner API: from the request that creates one to ACTIVE. */
export async function benchProvision(): Promise<void> {
  const system = await startFreshProgram()
  try {
    const times: number[] = []
    for (let i = 0; i < SCHOOLS; i++) {
      const begin = performance.now()
      await system.onboard(`BENCH${i}`)
      times.push(performance.now() - begin)
    }
    console.log(`create to ACTIVE, ms: ${times.map((ms) => ms.toFixed(0)).join(' ')}`)
    console.log(`median ${median(times).toFixed(0)} ms (goal: at most ${GOAL_MS})`)
  } finally {
    await system.stop()
  }
}
