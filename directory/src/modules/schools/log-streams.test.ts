import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Request, Response } from 'express'
import { expect, it } from 'vitest'
import { openEventStream } from '#src/testing/event-stream.ts'
import { createLogStreams } from './log-streams.ts'

const LINE = 'x'.repeat(10_000)

it('leaves lines out for a client that reads more slowly than they come, and says how many', async () => {
  const batches = 1_000
  let ended = 0
  const streams = createLogStreams({
    async followLogs(_schoolId, _lines, onLines) {
      // All at once: nobody could have read any of it.
      for (let i = 0; i < batches; i++) onLines({ lines: [LINE], leftOut: 0 })
      return { end: () => void ended++ }
    },
    isLetIn: async () => true,
  })
  const server = createServer((req, res) => {
    void streams.stream('a school', 1, req as Request, res as Response)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const stream = await openEventStream(`http://127.0.0.1:${port}/`, {})
  let shown = 0
  let event = await stream.next()
  for (; event?.event === 'log'; event = await stream.next()) shown++
  expect(shown).toBeGreaterThan(0)
  expect(shown * LINE.length).toBeLessThan(2_000_000)
  expect(event).toMatchObject({ event: 'left-out', data: { lines: batches - shown } })

  streams.close()
  expect(await stream.next()).toBeNull()
  expect(ended).toBe(1)
  server.close()
})
