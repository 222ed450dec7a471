import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

interface Connection {
  /** Requests that are being answered. */
  underWay: number
  /** Bytes that had come when the last answer ended: more means that a request is coming. */
  bytesRead: number
}

/** A request that a client sent before it could see that we close is on its way for no longer than this. */
const ON_ITS_WAY_MS = 100

/**
 * Follows the connections of a server, to close it without cutting off what is asked on them. Node's own `close` cuts kept-alive
 * connections at once, with the request that is just arriving on one of them, and leaves those open that become idle later.
 * @returns closes the server: it accepts nothing more, answers what is under way or arrives on open connections with
 * `Connection: close`, and resolves as soon as nothing is; after `graceMs` it cuts off what is left
 */
export function followConnections(server: Server): (graceMs: number) => Promise<void> {
  const connections = new Map<Socket, Connection>()
  let isDraining = false
  let closesIdle = false

  server.on('connection', (socket: Socket) => {
    connections.set(socket, { underWay: 0, bytesRead: 0 })
    socket.once('close', () => connections.delete(socket))
  })

  // Before the application, which may answer at once.
  server.prependListener('request', (req, res) => {
    const { socket } = req
    const connection = connections.get(socket)
    if (!connection) return
    connection.underWay++
    if (isDraining) res.setHeader('connection', 'close')
    res.once('close', () => {
      connection.underWay--
      connection.bytesRead = socket.bytesRead
      if (closesIdle) closeWhenIdle(socket, connection)
    })
  })

  function closeWhenIdle(socket: Socket, { underWay, bytesRead }: Connection) {
    if (underWay === 0 && socket.bytesRead === bytesRead) socket.destroySoon()
  }

  function closeIdle() {
    closesIdle = true
    for (const [socket, connection] of connections) closeWhenIdle(socket, connection)
  }

  return (graceMs) =>
    new Promise((resolve) => {
      isDraining = true
      const timers = [
        setTimeout(closeIdle, Math.min(ON_ITS_WAY_MS, graceMs)),
        setTimeout(() => {
          for (const socket of connections.keys()) socket.destroy()
        }, graceMs),
      ]
      // Not the HTTP server's own: see above.
      NetServer.prototype.close.call(server, () => {
        timers.forEach(clearTimeout)
        // Without it the server's timer that looks at its connections would go on, and keep the server in memory.
        server.close()
        resolve()
      })
    })
}
