import { createHook } from 'node:async_hooks'
import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { connect, type Socket } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { type Listening, listen } from './listen.ts'

const REQUEST = 'GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'
const LONG_MS = 20_000

let listening: Listening
const clients: Client[] = []

afterEach(async () => {
  for (const { socket } of clients.splice(0)) socket.destroy()
  await listening.close(0)
})

interface Client {
  socket: Socket
  received(): string
  /** When the server has ended or cut the connection. */
  closed: Promise<unknown>
}

async function serve(handler: RequestListener) {
  listening = await listen(handler, { host: '127.0.0.1', port: 0 })
}

async function open(): Promise<Client> {
  const socket = connect(listening.port, '127.0.0.1')
  let text = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => void (text += chunk))
  const closed = new Promise((resolve) => socket.on('error', () => {}).once('close', resolve))
  await once(socket, 'connect')
  const client = { socket, received: () => text, closed }
  clients.push(client)
  return client
}

async function openKeptAlive(): Promise<Client> {
  const client = await open()
  client.socket.write(REQUEST)
  await expect.poll(client.received).toContain('hello')
  expect(client.received().toLowerCase()).toContain('connection: keep-alive')
  return client
}

const hello: RequestListener = (_req, res) => void res.end('hello')

it('leaves no timer of the server at work', async () => {
  const atWork = new Set<number>()
  let isStarting = true
  const timers = createHook({
    init: (id, type) => void (isStarting && type === 'Timeout' && atWork.add(id)),
    destroy: (id) => void atWork.delete(id),
  }).enable()
  try {
    await serve(hello)
    isStarting = false
    expect(atWork.size).toBeGreaterThan(0)
    await listening.close(LONG_MS)
    await expect.poll(() => atWork.size).toBe(0)
  } finally {
    timers.disable()
  }
})

it('closes kept-alive and unused connections without waiting for the grace to end', async () => {
  await serve(hello)
  const [used, unused] = [await openKeptAlive(), await open()]
  await Promise.all([listening.close(LONG_MS), used.closed, unused.closed])
})

it('answers a request that arrives on a kept-alive connection after the close began', async () => {
  await serve(hello)
  const client = await openKeptAlive()
  const before = client.received().length
  const closing = listening.close(LONG_MS)
  client.socket.write(REQUEST)
  await Promise.all([closing, client.closed])
  const answer = client.received().slice(before)
  expect(answer).toContain('HTTP/1.1 200')
  expect(answer.toLowerCase()).toContain('connection: close')
  expect(answer).toContain('hello')
})

it('waits for a request whose body is still coming, and answers it', async () => {
  await serve((req, res) => {
    req.resume().once('end', () => res.end('hello'))
  })
  const client = await open()
  client.socket.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nha')
  const arrived = once(listening.server, 'request')
  await arrived
  const closing = listening.close(LONG_MS)
  await untilRefused(listening.port)
  client.socket.write('lf')
  await Promise.all([closing, client.closed])
  expect(client.received()).toContain('hello')
})

it('waits for a request whose headers are still coming, and answers it', async () => {
  await serve(hello)
  const client = await openKeptAlive()
  const idle = await open()
  const before = client.received().length
  client.socket.write(REQUEST.slice(0, 20))
  const closing = listening.close(LONG_MS)
  await idle.closed
  client.socket.write(REQUEST.slice(20))
  await Promise.all([closing, client.closed])
  expect(client.received().slice(before)).toContain('hello')
})

it('closes a connection that said it would be kept alive once its answer has ended', async () => {
  let answer: ServerResponse | undefined
  await serve((_req, res) => {
    answer = res
    res.write('begin ')
  })
  const client = await open()
  client.socket.write(REQUEST)
  await expect.poll(client.received).toContain('begin')
  const closing = listening.close(LONG_MS)
  await untilRefused(listening.port)
  answer?.end('end')
  await Promise.all([closing, client.closed])
  expect(client.received()).toContain('end')
})

it('cuts off what has not ended when the grace is over', async () => {
  await serve(() => {})
  const client = await open()
  const arrived = once(listening.server, 'request')
  client.socket.write(REQUEST)
  await arrived
  await Promise.all([listening.close(50), client.closed])
  expect(client.received()).toBe('')
})

async function untilRefused(port: number): Promise<void> {
  await expect
    .poll(async () => {
      const socket = connect(port, '127.0.0.1')
      try {
        await once(socket, 'connect')
        return 'accepted'
      } catch {
        return 'refused'
      } finally {
        socket.destroy()
      }
    })
    .toBe('refused')
}
