/**
 * What somebody finds who has taken over a school's container: bundled, piped into `node` inside one, it tries the doors and prints
 * what each said as JSON. FACTS holds what it may know besides what it finds.
 */
import { execFileSync } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { connect } from 'node:net'
import pg from 'pg'

/** What the attacker is told. */
export interface Facts {
  /** host:port at which nothing may answer. */
  closed: Record<string, string>
  names: string[]
  otherSchool: { code: string; address: string; database: string; role: string }
  directoryDatabase: string
  /** host:port of the directory, on the schools' network. */
  directory: string
}

/** What the attacker found. */
export interface Findings {
  uid: number
  status: Record<string, string>
  writable: Record<string, string>
  environment: string[]
  commandLine: string
  secrets: Record<string, number>
  /** Values of its own secrets, by name: the one thing it may know. */
  own: Record<string, string>
  sockets: string[]
  connections: Record<string, string>
  resolved: Record<string, string>
  otherSchool: Record<string, number | string>
  directory: Record<string, number | string>
  postgres: Record<string, string>
}

const facts = JSON.parse(process.env['FACTS'] ?? '') as Facts
const code = process.env['SCHOOL_CODE'] ?? ''
const own = Object.fromEntries(
  readdirSync('/run/secrets')
    .filter((name) => !name.startsWith('.'))
    .map((name) => [name, readFileSync(`/run/secrets/${name}`, 'utf8').trim()]),
)

const said = (error: unknown) =>
  (error as NodeJS.ErrnoException).code ?? (error as Error).message ?? String(error)

function writing(path: string): string {
  try {
    writeFileSync(path, '#!/bin/sh\necho ran\n', { mode: 0o755 })
    return 'written'
  } catch (error) {
    return said(error)
  }
}

function running(path: string): string {
  try {
    return execFileSync(path, { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    return said(error)
  }
}

const connecting = (address: string) =>
  new Promise<string>((resolve) => {
    const at = address.lastIndexOf(':')
    const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) })
    socket.setTimeout(2_500, () => (resolve('timeout'), socket.destroy()))
    socket.once('connect', () => (resolve('connected'), socket.destroy()))
    socket.once('error', (error) => resolve(said(error)))
  })

const asking = (at: string, method: string, path: string, headers: Record<string, string> = {}) =>
  new Promise<number | string>((resolve) => {
    const [host, port] = at.split(':')
    const body = method === 'POST' ? '{"username":"admin","password":"a password"}' : ''
    const req = request({
      host,
      port,
      method,
      path,
      headers: { ...headers, 'content-type': 'application/json', 'content-length': body.length },
      timeout: 2_500,
    })
    req.once('response', (res) => (res.resume(), resolve(res.statusCode ?? 0)))
    req.once('error', (error) => resolve(said(error)))
    req.once('timeout', () => req.destroy(new Error('timeout')))
    req.end(body)
  })

async function askEverything() {
  const hop = { 'x-school-secret': own['HOP_SECRET'] ?? '' }
  const answers: Record<string, number | string> = {}
  for (const [method, path] of [
    ['GET', '/health'],
    ['GET', '/openapi.json'],
    ['GET', '/students'],
    ['POST', '/auth/login'],
    ['GET', '/metrics'],
    ['GET', '/ready'],
  ] as const)
    for (const [how, headers] of Object.entries({
      'without a secret': {},
      'with our secret': { ...hop, 'x-school-code': code },
      'with our secret and its code': { ...hop, 'x-school-code': facts.otherSchool.code },
    }))
      answers[`${method} ${path} ${how}`] = await asking(
        facts.otherSchool.address,
        method,
        path,
        headers,
      )
  return answers
}

async function signingIn(change: { user?: string; database?: string; password?: string }) {
  const url = new URL(own['DATABASE_URL'] ?? '')
  if (change.user) url.username = change.user
  if (change.password) url.password = change.password
  if (change.database) url.pathname = `/${change.database}`
  const client = new pg.Client({ connectionString: url.href, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  await client.connect()
  return client
}

async function tryPostgres(change: Parameters<typeof signingIn>[0], sql = 'select 1') {
  try {
    const client = await signingIn(change)
    try {
      await client.query(sql)
      return 'done'
    } finally {
      await client.end()
    }
  } catch (error) {
    return said(error)
  }
}

async function all<T, R>(things: Record<string, T>, look: (thing: T) => Promise<R>) {
  const entries = Object.entries(things)
  const found = await Promise.all(entries.map(([, thing]) => look(thing)))
  return Object.fromEntries(entries.map(([name], i) => [name, found[i] as R]))
}

const { otherSchool } = facts
const findings: Findings = {
  uid: process.getuid?.() ?? -1,
  status: Object.fromEntries(
    readFileSync('/proc/self/status', 'utf8')
      .split('\n')
      .map((line) => line.split(/:\s*/) as [string, string])
      .filter(([name]) => ['CapEff', 'CapPrm', 'CapBnd', 'NoNewPrivs', 'Groups'].includes(name)),
  ),
  writable: {
    ...Object.fromEntries(
      [
        '/planted',
        '/app/planted',
        '/etc/planted',
        '/run/secrets/planted',
        '/home/node/planted',
      ].map((path) => [path, writing(path)]),
    ),
    '/tmp/planted': writing('/tmp/planted'),
    'running /tmp/planted': running('/tmp/planted'),
  },
  environment: Object.values(process.env).map(String),
  commandLine: readFileSync('/proc/1/cmdline', 'utf8').replaceAll('\0', ' '),
  secrets: Object.fromEntries(Object.entries(own).map(([name, value]) => [name, value.length])),
  own,
  sockets: ['/var/run/docker.sock', '/run/docker.sock', '/var/run/docker'].filter(existsSync),
  connections: await all(facts.closed, connecting),
  resolved: await all(Object.fromEntries(facts.names.map((name) => [name, name])), (name) =>
    lookup(name).then(
      ({ address }) => address,
      (error: unknown) => said(error),
    ),
  ),
  otherSchool: await askEverything(),
  directory: await all(
    Object.fromEntries(
      ['/metrics', '/ready', '/owner/schools', '/public/schools', '/proxy/WEST/health'].map(
        (path) => [path, path],
      ),
    ),
    (path) => asking(facts.directory, 'GET', path),
  ),
  postgres: await all(
    {
      'own role, own database': {},
      'own role, the other school’s database': { database: otherSchool.database },
      'own role, the directory’s database': { database: facts.directoryDatabase },
      'own role, postgres': { database: 'postgres' },
      'own role, template1': { database: 'template1' },
      'the other school’s role': { user: otherSchool.role, database: otherSchool.database },
      'the provisioner': { user: 'usms_provisioner' },
      'the directory': { user: 'usms_directory', database: facts.directoryDatabase },
      'the superuser': { user: 'postgres', database: 'postgres' },
      'the superuser with a common password': { user: 'postgres', password: 'postgres' },
    },
    (change) => tryPostgres(change),
  ),
}
for (const [name, sql] of Object.entries({
  'makes a table': 'create table planted (a int)',
  'runs a program': `copy (select 1) to program 'true'`,
  'reads a file': `select pg_read_file('/etc/passwd')`,
  'makes itself superuser': 'alter role current_user superuser',
  'changes the audit': `update audit_event set action = 'x'`,
  'takes a gigabyte of memory': `select length(string_agg(repeat('x', 1000000), '')) from generate_series(1, 1000)`,
  'fills the disk': `select g || repeat('x', 1000) from generate_series(1, 3000000) g order by 1 offset 2999999`,
}))
  findings.postgres[name] = await tryPostgres({}, sql)

console.log(JSON.stringify(findings))
