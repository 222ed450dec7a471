import type { RequestHandler } from 'express'
import type { Logger } from 'pino'

const PROBES = new Set(['/health', '/ready'])

/** One line a request, when its answer has ended. The path without its query: queries carry names people search for. */
export function accessLog(log: Logger): RequestHandler {
  return (req, res, next) => {
    const startedAt = performance.now()
    const path = req.originalUrl.split('?', 1)[0]
    res.on('close', () => {
      const line = {
        method: req.method,
        path,
        status: res.statusCode,
        durationMs: Math.round(performance.now() - startedAt),
        ...(!res.writableFinished && { aborted: true }),
      }
      if (res.statusCode >= 500) log.warn(line, 'request')
      // Asked every few seconds by whoever watches this program: only a no is news.
      else if (PROBES.has(path ?? '') && res.statusCode < 400) log.debug(line, 'request')
      else log.info(line, 'request')
    })
    next()
  }
}
