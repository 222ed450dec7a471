import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pino from 'pino'
import { afterEach, expect, it, vi } from 'vitest'
import { createHeartbeat } from './heartbeat.ts'

const log = pino({ level: 'silent' })
let dir: string
let close = () => {}

afterEach(async () => {
  close()
  await rm(dir, { recursive: true, force: true })
})

async function beating(check: () => Promise<unknown>) {
  dir = await mkdtemp(join(tmpdir(), 'usms-heartbeat-'))
  const file = join(dir, 'heartbeat')
  close = createHeartbeat({ file, check, log, everyMs: 5 }).close
  return () => stat(file).then(({ mtimeMs }) => mtimeMs)
}

it('touches the file again and again while the check passes', async () => {
  const touchedAt = await beating(async () => {})
  const first = await vi.waitFor(touchedAt)
  await vi.waitFor(async () => expect(await touchedAt()).toBeGreaterThan(first))
})

it('leaves the file out while the check fails, and goes on when it passes', async () => {
  let checks = 0
  let broken = true
  const touchedAt = await beating(async () => {
    checks++
    if (broken) throw new Error('the database does not answer')
  })
  await vi.waitFor(() => expect(checks).toBeGreaterThan(2))
  await expect(touchedAt()).rejects.toThrow('ENOENT')
  broken = false
  await vi.waitFor(touchedAt)
})
