import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createRegistry } from '@usms/directory/modules/schools/registry'
import { createRouter } from '@usms/directory/proxy/router'
import { defaultRouterSettings } from '@usms/directory/proxy/router-settings'
import { pino } from 'pino'

export interface HostileSchool {
  /** Of the directory's origin: `http://localhost:PORT`. */
  url: string
  /** Of what the school's program answers. */
  path: string
  stop(): Promise<void>
}

/**
 * The router before a school whose program somebody took over: it answers every request with `html`. A router of its own, because none of
 * ours answers with HTML; it knows the school as it does after a start while the database is away.
 */
export async function startHostileSchool(html: string): Promise<HostileSchool> {
  const school = createServer((_req, res) => {
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    // What it would like to say, and may not.
    res.setHeader('Content-Security-Policy', `script-src 'unsafe-inline' *`)
    res.end(html)
  })
  const schoolPort = await listen(school)
  const folder = await mkdtemp(join(tmpdir(), 'usms-hostile-'))
  const snapshotFile = join(folder, 'registry.json')
  await writeFile(
    snapshotFile,
    JSON.stringify({
      format: 1,
      confirmedAt: new Date().toISOString(),
      schools: [
        {
          schoolId: '0198c0de-0000-7000-8000-000000000001',
          code: 'HOSTILE',
          name: 'Hostile School',
          listed: true,
          subdomain: null,
          address: `127.0.0.1:${schoolPort}`,
          generation: 1,
        },
      ],
    }),
  )
  const log = pino({ level: 'silent' })
  const routerKey = 'k'.repeat(32)
  const registry = createRegistry({
    // Nobody listens there.
    databaseUrl: 'postgres://nobody@127.0.0.1:9/none',
    snapshotFile,
    maxAgeMs: 3_600_000,
    routerKey,
    log,
  })
  await registry.start()
  const settings = defaultRouterSettings({
    publicUrl: 'http://localhost',
    baseDomain: 'localhost',
  })
  const router = createRouter({ registry, log, settings })
  const directory = createServer((req, res) => {
    if (router.handle(req, res)) return
    // Any page of the origin: where the application is.
    res.setHeader('Content-Type', 'text/html; charset=utf-8')
    res.end('<!doctype html><title>The application</title>')
  })
  const port = await listen(directory)
  return {
    url: `http://localhost:${port}`,
    path: '/proxy/HOSTILE/page',
    async stop() {
      router.close()
      await registry.close()
      await Promise.all([end(directory), end(school)])
      await rm(folder, { recursive: true, force: true })
    },
  }
}

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

async function end(server: Server): Promise<void> {
  const closed = once(server.close(), 'close')
  server.closeAllConnections()
  await closed
}
