import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { followConnections } from './drain.ts'

export interface Listening {
  server: Server
  host: string
  port: number
  /**
   * Accepts nothing more, answers what is under way or still arrives on open connections, and resolves as soon as nothing is;
   * after `graceMs` cuts off what is left.
   */
  close(graceMs?: number): Promise<void>
}

interface ListenOptions {
  host: string
  /** 0 lets the system choose. */
  port: number
  maxConnections?: number
  /** Longest request line and headers together; default 16 KB. More is answered with 431. */
  maxHeaderBytes?: number
  /** A connection on which nothing moved for this long is cut; default two minutes. */
  idleTimeoutMs?: number
}

/**
 * Listens with the timeouts of this platform: headers within 10 s, a request within 30 s plus its body, sockets checked
 * every 2 s. A client that stops reading its answer does not keep its connection for ever.
 * @throws Error with a message for people when the port is taken or not allowed
 */
export async function listen(handler: RequestListener, options: ListenOptions): Promise<Listening> {
  const server = createServer(
    {
      headersTimeout: 10_000,
      requestTimeout: 60_000,
      connectionsCheckingInterval: 2_000,
      keepAliveTimeout: 65_000,
      maxHeaderSize: options.maxHeaderBytes ?? 16_384,
    },
    handler,
  )
  const close = followConnections(server)
  server.timeout = options.idleTimeoutMs ?? 120_000
  if (options.maxConnections) server.maxConnections = options.maxConnections
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, options)))
    server.listen(options.port, options.host, () => resolve())
  })
  const { port } = server.address() as AddressInfo
  return {
    server,
    host: options.host,
    port,
    close: (graceMs = 2_000) => close(graceMs),
  }
}

function explain(error: NodeJS.ErrnoException, { host, port }: ListenOptions): Error {
  const where = `${host}:${port}`
  if (error.code === 'EADDRINUSE')
    return Object.assign(
      new Error(`Port ${port} on ${host} is in use by another program; stop it or set PORT`, {
        cause: error,
      }),
      { code: error.code },
    )
  if (error.code === 'EACCES')
    return new Error(`This user may not listen on ${where}; choose a PORT above 1023`, {
      cause: error,
    })
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    return new Error(`HOST ${host} is not an address of this machine`, { cause: error })
  return error
}
