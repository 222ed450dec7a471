import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createEventParser, followEvents, type StreamEvent } from './event-stream.ts'
import { Problem } from './problem.ts'
import { send } from './request.ts'

describe('createEventParser', () => {
  const STREAM =
    ': alive\n\nid: 7\nevent: step\ndata: {"a":1}\n\ndata: one\ndata:two\r\n\r\nevent: none\n\rid\rdata: ü\r\rdata: cut'
  const EVENTS = [
    { type: 'step', data: '{"a":1}', id: '7' },
    { type: 'message', data: 'one\ntwo', id: '7' },
    { type: 'message', data: 'ü', id: '' },
  ]

  it('gives events with their types and ids, and no comments', () => {
    expect(createEventParser()(STREAM)).toEqual(EVENTS)
  })

  it('gives the same wherever the text is cut', () => {
    for (let size = 1; size < STREAM.length; size++) {
      const parse = createEventParser()
      const found: StreamEvent[] = []
      for (let at = 0; at < STREAM.length; at += size)
        found.push(...parse(STREAM.slice(at, at + size)))
      expect(found, `in pieces of ${size}`).toEqual(EVENTS)
    }
  })
})

describe('followEvents', () => {
  const closing: (() => void)[] = []
  afterEach(() => closing.splice(0).forEach((close) => close()))

  type Answer = (req: IncomingMessage, res: ServerResponse) => void

  /** Answers the first request by the first, and so on; the last answers all that come after it. */
  async function serve(...answers: Answer[]) {
    const asked: (string | undefined)[] = []
    const server = createServer((req, res) => {
      asked.push(req.headers['last-event-id'] as string | undefined)
      answers[Math.min(asked.length, answers.length) - 1]?.(req, res)
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const controller = new AbortController()
    closing.push(
      () => controller.abort(),
      () => server.closeAllConnections(),
      () => server.close(),
    )
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const got: string[] = []
    const connections: boolean[] = []
    const following = followEvents({
      open: (lastEventId, signal) =>
        send('GET', url, { signal, headers: lastEventId ? { 'last-event-id': lastEventId } : {} }),
      onEvents(events) {
        got.push(...events.map(({ data }) => data))
        return events.some(({ type }) => type === 'done')
      },
      onConnection: (isConnected) => connections.push(isConnected),
      signal: controller.signal,
      silenceMs: 300,
      minPauseMs: 10,
      maxPauseMs: 40,
    })
    return { asked, got, connections, following, controller }
  }
  const events =
    (text: string, { end = true } = {}): Answer =>
    (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' }).write(text)
      if (end) res.end()
    }
  const refuse =
    (status: number): Answer =>
    (_req, res) =>
      void res
        .writeHead(status, { 'content-type': 'application/problem+json' })
        .end('{"code":"refused"}')
  const DONE = 'id: 3\nevent: done\ndata: last\n\n'

  it('goes on behind the last event when the stream ends, and stops after the last', async () => {
    const stream = await serve(events('id: 2\ndata: a\n\n: alive\n\n'), events(DONE))
    await stream.following
    expect(stream.got).toEqual(['a', 'last'])
    expect(stream.asked).toEqual([undefined, '2'])
    expect(stream.connections).toEqual([true, false, true])
  })

  it('goes on when the connection breaks, when nobody answers and when it is too much for a moment', async () => {
    const broken: Answer = (req, res) => {
      res.writeHead(200).write('id: 1\ndata: a\n\n')
      setTimeout(() => req.socket.destroy(), 20)
    }
    const silent: Answer = (req) => req.socket.destroy()
    const stream = await serve(broken, silent, refuse(503), refuse(429), events(DONE))
    await stream.following
    expect(stream.got).toEqual(['a', 'last'])
    expect(stream.asked).toEqual([undefined, '1', '1', '1', '1'])
  })

  it('takes a connection without any sign of life for lost', async () => {
    const stream = await serve(events('id: 1\ndata: a\n\n', { end: false }), events(DONE))
    await stream.following
    expect(stream.asked).toEqual([undefined, '1'])
  })

  it('ends quietly where there is nothing more to come', async () => {
    const stream = await serve((_req, res) => void res.writeHead(204).end())
    await stream.following
    expect(stream.got).toEqual([])
  })

  it('throws a refusal instead of asking again', async () => {
    const stream = await serve(refuse(404))
    await expect(stream.following).rejects.toThrow(Problem)
    expect(stream.asked).toHaveLength(1)
  })

  it('lets go of the connection when it is told to', async () => {
    const gone = Promise.withResolvers<void>()
    const stream = await serve((req, res) => {
      res.writeHead(200).write('data: a\n\n')
      req.socket.once('close', () => gone.resolve())
    })
    await expect.poll(() => stream.got).toEqual(['a'])
    stream.controller.abort()
    await stream.following
    await gone.promise
    expect(stream.asked).toHaveLength(1)
  })
})
