import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { type Socket, connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A socket that leads to the engine, and can be shut: for its client the engine is away then. */
export interface EngineGate {
  socketPath: string
  shut(): Promise<void>
  open(): Promise<void>
  close(): Promise<void>
}

export async function startEngineGate(engineSocket = '/var/run/docker.sock'): Promise<EngineGate> {
  const dir = await mkdtemp(join(tmpdir(), 'usms-gate-'))
  const socketPath = join(dir, 'docker.sock')
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const engine = connect(engineSocket)
    client.pipe(engine).pipe(client)
    for (const socket of [client, engine]) {
      sockets.add(socket)
      socket.on('error', () => {})
      socket.once('close', () => {
        sockets.delete(socket)
        client.destroy()
        engine.destroy()
      })
    }
  })

  async function open() {
    server.listen(socketPath)
    await once(server, 'listening')
  }

  async function shut() {
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    for (const socket of sockets) socket.destroy()
    await closed
  }

  await open()
  return {
    socketPath,
    shut,
    open,
    async close() {
      await shut()
      await rm(dir, { recursive: true, force: true })
    },
  }
}
