import type { RequestHandler, Router } from 'express'
import { collectDefaultMetrics, Histogram, Registry } from 'prom-client'

export interface Metrics {
  registry: Registry
  /** Times requests by method, route pattern (never the raw path: that would be unbounded) and status. */
  timeRequests: RequestHandler
  mount(router: Router): void
}

/** Prometheus metrics of one process; every series carries the service and, where there is one, the school. */
export function createMetrics({
  service,
  schoolCode,
}: {
  service: string
  schoolCode?: string
}): Metrics {
  const registry = new Registry()
  registry.setDefaultLabels({ service, ...(schoolCode && { school: schoolCode }) })
  collectDefaultMetrics({ register: registry })
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the request to the end of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10],
    registers: [registry],
  })
  return {
    registry,
    timeRequests: (req, res, next) => {
      const stop = duration.startTimer()
      res.on('close', () => {
        const route = (req.route as { path?: string } | undefined)?.path ?? 'unmatched'
        stop({ method: req.method, route, status: String(res.statusCode) })
      })
      next()
    },
    mount: (router) =>
      void router.get('/metrics', async (_req, res) => {
        res.type(registry.contentType).send(await registry.metrics())
      }),
  }
}
