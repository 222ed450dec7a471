/** One process of the router's bench, told by its arguments what to be; it says over IPC where it listens and what it has cost. */
import { randomBytes } from 'node:crypto'
import { Agent, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { composeDirectory } from '@usms/directory/compose-directory'
import { readDirectoryConfig } from '@usms/directory/config'
import { createLogger } from '@usms/service-kit/log'
import express from 'express'
import { createProxyMiddleware } from 'http-proxy-middleware'

const [role, argument = ''] = process.argv.slice(2)

/** A school's answer of 1 KB, as cheap as it gets. */
function startSchool(): Promise<number> {
  const body = Buffer.from(JSON.stringify({ text: 'x'.repeat(1_010) }))
  const headers = { 'Content-Type': 'application/json', 'Content-Length': body.length }
  return listening(createServer((_req, res) => void res.writeHead(200, headers).end(body)))
}

/** The whole directory, as it faces the internet. */
async function startDirectory(databaseUrl: string): Promise<number> {
  const secret = () => randomBytes(32).toString('hex')
  const config = readDirectoryConfig({
    PORT: '0',
    PUBLIC_URL: 'http://localhost:4000',
    DATABASE_URL: databaseUrl,
    OWNER_JWT_SECRET: secret(),
    OWNER_REFRESH_KEY: secret(),
    ROUTER_KEY: secret(),
    // All of the load comes from one address.
    ROUTER_CLIENT_REQUESTS: '1000000000',
    LOG_LEVEL: 'warn',
  })
  const log = createLogger({ service: 'directory', level: config.LOG_LEVEL })
  const { port } = await composeDirectory(config, log, { deliver: async () => undefined })
  return port
}

/** The proxy library as its own documentation shows it, with connections kept: no limits, no hygiene, no registry. */
function startBare(schoolUrl: string): Promise<number> {
  const app = express()
  app.disable('x-powered-by')
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 })
  app.use('/proxy/:code', createProxyMiddleware({ target: schoolUrl, changeOrigin: true, agent }))
  return listening(createServer(app))
}

function listening(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)),
  )
}

const START: Record<string, () => Promise<number>> = {
  school: startSchool,
  directory: () => startDirectory(argument),
  bare: () => startBare(argument),
}

const port = await START[role ?? '']?.()
process.on('message', () => process.send?.({ cpu: process.cpuUsage() }))
process.on('disconnect', () => process.exit(0))
process.send?.({ port })
