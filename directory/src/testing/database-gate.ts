import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

export interface DatabaseGate {
  /** The database's URL, through the gate. */
  url: string
  /** Cuts every connection and drops new ones at once: the database has gone away. */
  shut(): void
  open(): void
  close(): Promise<void>
}

/** Stands between a program and its database, so that a test can take the database away and give it back. */
export async function startDatabaseGate(databaseUrl: string): Promise<DatabaseGate> {
  const target = new URL(databaseUrl)
  const sockets = new Set<Socket>()
  let isOpen = true

  const server = createServer((client) => {
    client.on('error', () => {})
    if (!isOpen) return void client.destroy()
    const database = connect({ host: target.hostname, port: Number(target.port) })
    database.on('error', () => {})
    for (const [socket, other] of [
      [client, database],
      [database, client],
    ] as const) {
      sockets.add(socket)
      socket.pipe(other)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const cut = () => sockets.forEach((socket) => socket.destroy())
  const url = new URL(databaseUrl)
  url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    url: url.href,
    shut() {
      isOpen = false
      cut()
    },
    open: () => void (isOpen = true),
    async close() {
      server.close()
      cut()
      await once(server, 'close')
    },
  }
}
