import type { Router } from 'express'
import { unavailable } from '../errors/app-error.ts'

/** Alive: answers without asking any dependency. */
export function mountHealth(router: Router): void {
  router.get(
    '/health',
    (_req, res) => void res.setHeader('Cache-Control', 'no-store').json({ status: 'ok' }),
  )
}

/** Ready: every named dependency answered. The names that did not are told, why is for the log. */
export function mountReady(router: Router, checks: Record<string, () => Promise<unknown>>): void {
  router.get('/ready', async (_req, res) => {
    const results = await Promise.allSettled(Object.values(checks).map((check) => check()))
    const failed = Object.keys(checks).filter((_, i) => results[i]?.status === 'rejected')
    if (failed.length > 0) throw unavailable('not_ready', `Not ready: ${failed.join(', ')}`, 1)
    res.setHeader('Cache-Control', 'no-store').json({ status: 'ready' })
  })
}
