import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { fileURLToPath } from 'node:url'
import { type ClonedDatabase, cloneDatabase } from '@usms/service-kit/testing/postgres'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type DatabaseGate, startDatabaseGate } from '#src/testing/database-gate.ts'
import { createLeadership, type Leadership } from './reconciler-leadership.ts'
import { eventually } from './testing/provisioning-fixture.ts'

let database: ClonedDatabase
let gate: DatabaseGate
const started: Leadership[] = []

beforeAll(async () => {
  database = await cloneDatabase({
    prismaDir: fileURLToPath(new URL('../../../prisma', import.meta.url)),
  })
  gate = await startDatabaseGate(database.url)
})
afterEach(async () => {
  gate.open()
  await Promise.all(started.splice(0).map((one) => one.close()))
})
afterAll(async () => {
  await gate?.close()
  await database?.drop()
})

function candidate(databaseUrl = database.url) {
  const told: string[] = []
  const leadership = createLeadership({
    databaseUrl,
    log: pino({ level: 'silent' }),
    onRegained: () => told.push('regained'),
    onOusted: () => told.push('ousted'),
  })
  started.push(leadership)
  return { ...leadership, told }
}

it('lets one lead; the next one leads when it has closed', async () => {
  const first = candidate()
  await first.gain()
  const second = candidate()
  await expect(second.gain(700)).rejects.toThrow('Another provisioner works on this database')
  expect([first.holds(), second.holds()]).toEqual([true, false])
  await first.close()
  await eventually(() => expect(second.holds()).toBe(true))
  expect(first.holds()).toBe(false)
})

it('stops waiting when it is told to', async () => {
  await candidate().gain()
  const waiting = new AbortController()
  const gaining = candidate().gain(undefined, waiting.signal)
  waiting.abort(new Error('closing'))
  await expect(gaining).rejects.toThrow('closing')
})

it('passes on within seconds when who leads is killed', async () => {
  const module = new URL('./reconciler-leadership.ts', import.meta.url).href
  const program = `
    const { createLeadership } = await import(${JSON.stringify(module)})
    const log = { debug() {}, info() {}, warn() {}, error() {} }
    const lead = createLeadership({ databaseUrl: process.env.URL, log, onRegained() {}, onOusted() {} })
    await lead.gain()
    process.send('leads')`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    env: { URL: database.url },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  await once(child, 'message')
  const next = candidate()
  const gaining = next.gain()
  expect(next.holds()).toBe(false)
  child.kill('SIGKILL')
  await gaining
  expect(next.holds()).toBe(true)
})

it('does not lead while the database is away, and does again when nobody else took it', async () => {
  const only = candidate(gate.url)
  await only.gain()
  gate.shut()
  await eventually(() => expect(only.holds()).toBe(false))
  expect(only.told).toEqual([])
  gate.open()
  await eventually(() => expect(only.told).toEqual(['regained']))
  expect(only.holds()).toBe(true)
})

it('is told when somebody else has taken over while the database was away for it', async () => {
  const first = candidate(gate.url)
  await first.gain()
  gate.shut()
  const second = candidate()
  await second.gain()
  expect(first.holds()).toBe(false)
  gate.open()
  await eventually(() => expect(first.told).toEqual(['ousted']))
  expect([first.holds(), second.holds()]).toEqual([false, true])
})

it('takes the lead back from its own session whose connection broke without the server noticing', async () => {
  const { hostname, port } = new URL(database.url)
  const near = new Set<Socket>()
  const far: Socket[] = []
  const server = createServer((client) => {
    const toDatabase = connect(Number(port), hostname)
    far.push(toDatabase)
    near.add(client)
    client.on('error', () => {})
    toDatabase.on('error', () => {})
    client.pipe(toDatabase, { end: false })
    toDatabase.pipe(client)
    client.on('close', () => near.delete(client))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const throughServer = new URL(database.url)
  throughServer.host = `127.0.0.1:${(server.address() as AddressInfo).port}`
  const only = candidate(throughServer.href)
  await only.gain()
  // The server's side stays open: it goes on believing in the session.
  near.forEach((socket) => socket.destroy())
  await eventually(() => expect(only.told).toEqual(['regained']))
  expect(only.holds()).toBe(true)
  await only.close()
  far.forEach((socket) => socket.destroy())
  server.close()
})

it('fails at once when the database cannot be reached to begin with', async () => {
  gate.shut()
  await expect(candidate(gate.url).gain()).rejects.toThrow()
})
