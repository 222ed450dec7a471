import { once } from 'node:events'
import { connect } from 'node:net'
import { expect, it } from 'vitest'
import { listen } from './listen.ts'

it('cuts the connection of a client that stops reading its answer', async () => {
  const answers: { destroyed: boolean }[] = []
  const listening = await listen(
    (_req, res) => {
      answers.push(res)
      res.end(Buffer.alloc(30_000_000))
    },
    { host: '127.0.0.1', port: 0, idleTimeoutMs: 100 },
  )
  const client = connect(listening.port, '127.0.0.1')
  try {
    await once(client, 'connect')
    client.pause()
    client.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n')
    await expect.poll(() => answers[0]?.destroyed, { timeout: 5_000 }).toBe(true)
  } finally {
    client.destroy()
    await listening.close(0)
  }
})
