import { setTimeout as sleep } from 'node:timers/promises'

/** Waits until something is so, and fails with its name when it is not in time. */
export async function until(
  what: string,
  check: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = performance.now() + timeoutMs
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`still not so after ${timeoutMs} ms: ${what}`)
    await sleep(10)
  }
}
