import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A way to a database that a test can close: what a network, or a server that is down, does to its clients. */
export interface DatabaseGate {
  url: string
  /** Ends every connection and refuses new ones. */
  shut(): Promise<void>
  open(): Promise<void>
  /** Lets connections stand and nothing through, as when the other side has vanished. */
  freeze(): void
  connections(): number
  close(): Promise<void>
}

export async function startDatabaseGate(databaseUrl: string): Promise<DatabaseGate> {
  const real = new URL(databaseUrl)
  const pairs = new Set<[Socket, Socket]>()
  let accepted = 0
  const server = createServer((near) => {
    accepted++
    const far = connect(Number(real.port), real.hostname)
    const pair: [Socket, Socket] = [near, far]
    pairs.add(pair)
    for (const [socket, other] of [pair, pair.toReversed() as [Socket, Socket]]) {
      socket.on('error', () => {})
      socket.on('close', () => {
        other.destroy()
        pairs.delete(pair)
      })
    }
    near.pipe(far).pipe(near)
  })
  let port = 0
  const listen = () =>
    new Promise<void>((resolve) => server.listen(port, '127.0.0.1', () => resolve()))
  const shut = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve())
      for (const pair of pairs) for (const socket of pair) socket.destroy()
    })
  await listen()
  port = (server.address() as AddressInfo).port
  const through = new URL(databaseUrl)
  through.host = `127.0.0.1:${port}`
  return {
    url: through.href,
    shut,
    open: listen,
    freeze() {
      for (const pair of pairs) for (const socket of pair) socket.unpipe().pause()
    },
    connections: () => accepted,
    close: async () => {
      if (server.listening) await shut()
    },
  }
}
