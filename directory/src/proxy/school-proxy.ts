import type { ClientRequest, IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { createProxyMiddleware, type Options, type Plugin } from 'http-proxy-middleware'
import { exchangeOf, type RoutedRequest } from './exchange.ts'

/** What the library tells about a forwarded request, with the misleading parts of its events taken out. */
export interface ProxyEvents {
  /** The school's response headers are there; nothing was sent to the client yet. */
  onResponse(proxyRes: IncomingMessage, req: RoutedRequest, res: ServerResponse): void
  /** The school's whole answer was read. */
  onEnd(req: RoutedRequest): void
  onError(error: Error, req: RoutedRequest, res: ServerResponse): void
  onUpgradeRequest(proxyReq: ClientRequest, req: RoutedRequest, socket: Socket): void
  onUpgradeError(error: Error, req: RoutedRequest, socket: Socket): void
}

export interface SchoolProxy {
  forward(req: RoutedRequest, res: ServerResponse): void
  upgrade(req: RoutedRequest, socket: Socket, head: Buffer): void
}

/**
 * The one door to http-proxy-middleware. Headers and URL of the request are clean when they come here: the library's `proxyReq`
 * event is skipped for some requests, so nothing that must happen may hang on it. Answers are written by us
 * (`selfHandleResponse`); what the library adds is the forwarding itself and that either side's end ends the other.
 * @param upgradeTimeoutMs how long a school may take to answer an upgrade
 */
export function createSchoolProxy({
  events,
  upgradeTimeoutMs,
}: {
  events: ProxyEvents
  upgradeTimeoutMs: number
}): SchoolProxy {
  const listen: Plugin<RoutedRequest, ServerResponse> = (server) => {
    server.on('proxyReq', (proxyReq, req, res) => {
      const exchange = exchangeOf(req)
      if (!exchange) return
      // Refused while the connection was being made: nothing may be left open at the school.
      if (exchange.state === 'done') return void proxyReq.destroy()
      exchange.proxyReq = proxyReq
      // Without a listener Node drops the connection and tells nobody.
      proxyReq.once('upgrade', (_proxyRes, socket: Socket) => {
        socket.destroy()
        events.onError(new Error('switched protocols unasked'), req, res)
      })
    })
    server.on('proxyRes', events.onResponse)
    server.on('end', (req) => events.onEnd(req))
    server.on('proxyReqWs', (proxyReq, req, socket) =>
      events.onUpgradeRequest(proxyReq, req, socket),
    )
    server.on('error', (error, req, res) => {
      if (!req || !res) return
      if (isSocket(res)) events.onUpgradeError(error, req, res)
      else events.onError(error, req, res)
    })
    // A client that went away while its request was under way: the library has ended the school's side.
    server.on('econnreset', () => {})
  }

  // Created once: each instance listens on every server it sees.
  const middleware = createProxyMiddleware<RoutedRequest, ServerResponse>({
    router: (req, _res, options) => aim(req, options),
    selfHandleResponse: true,
    upgradeTimeout: upgradeTimeoutMs,
    // The default plugins build a URL a response for a log line that nobody reads, and answer errors in their own way.
    ejectPlugins: true,
    plugins: [listen],
  })

  return {
    forward: (req, res) =>
      void middleware(req, res, (error) => {
        if (error instanceof Error) events.onError(error, req, res)
      }),
    upgrade: (req, socket, head) => middleware.upgrade(req, socket, head),
  }
}

/** Where this attempt goes and over which connection: `options` are this request's own copy. */
function aim(req: RoutedRequest, options: Options<RoutedRequest, ServerResponse>) {
  const exchange = exchangeOf(req)
  if (!exchange?.target) throw new Error('a request reached the proxy without a school')
  options.agent = exchange.fresh ? false : exchange.lane.agent
  if (exchange.countedBody) options.buffer = exchange.countedBody
  return exchange.target
}

const isSocket = (res: ServerResponse | Socket): res is Socket => !('writeHead' in res)
