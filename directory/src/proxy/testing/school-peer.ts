import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import {
  type AddressInfo,
  connect,
  createServer as createTcpServer,
  type Server as TcpServer,
  type Socket,
} from 'node:net'

/** A school as the router meets one: a server of its own that a test scripts. */
export interface Peer {
  address: string
  port: number
  server: Server
  /** The requests it got, oldest first. */
  requests: IncomingMessage[]
  connections(): number
  close(): Promise<void>
}

export async function startPeer(
  handle: RequestListener = (_req, res) => void res.end('hello'),
): Promise<Peer> {
  const requests: IncomingMessage[] = []
  let connections = 0
  const server = createServer((req, res) => {
    requests.push(req)
    handle(req, res)
  })
  server.on('connection', () => connections++)
  const port = await listenOn(server)
  return {
    address: `127.0.0.1:${port}`,
    port,
    server,
    requests,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

export interface RawPeer {
  address: string
  port: number
  connections(): number
  close(): Promise<void>
}

/** A school that speaks bytes. */
export async function startRawPeer(onConnection: (socket: Socket) => void): Promise<RawPeer> {
  const sockets = new Set<Socket>()
  let connections = 0
  const server = createTcpServer((socket) => {
    connections++
    sockets.add(socket)
    socket.on('error', () => {})
    socket.once('close', () => sockets.delete(socket))
    onConnection(socket)
  })
  const port = await listenOn(server)
  return {
    address: `127.0.0.1:${port}`,
    port,
    connections: () => connections,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        for (const socket of sockets) socket.destroy()
      }),
  }
}

async function listenOn(server: TcpServer) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

/** A listener that takes no connection: a stopped process, with as many waiting as the system keeps for it. */
export async function startDeafPeer(): Promise<{ address: string; close(): Promise<void> }> {
  const program = `const server = require('node:net').createServer()
    server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => console.log(server.address().port))`
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  const port = Number(String(line))
  child.kill('SIGSTOP')
  const sockets: Socket[] = []
  const isTaken = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => resolve(true))
      socket.on('error', () => {})
      socket.setTimeout(500, () => resolve(false))
      sockets.push(socket)
    })
  while (await isTaken());
  return {
    address: `127.0.0.1:${port}`,
    async close() {
      for (const socket of sockets) socket.destroy()
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** An address nobody listens on. */
export async function deadAddress(): Promise<string> {
  const peer = await startPeer()
  await peer.close()
  return peer.address
}

/** Reads a request's body to its end. */
export async function bodyOf(req: IncomingMessage): Promise<string> {
  let text = ''
  for await (const chunk of req) text += String(chunk)
  return text
}
