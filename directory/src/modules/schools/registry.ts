import { EventEmitter } from 'node:events'
import { hopSecretOf } from '@usms/service-kit/auth/opaque-token'
import type { Logger } from 'pino'
import { createPublicList, type PublicList } from './public-list.ts'
import { createRegistryFeed, type FeedTiming, type SchoolRow } from './registry-feed.ts'
import { createRegistrySnapshot } from './registry-snapshot.ts'

/** An ACTIVE school, ready to be routed to. */
export interface SchoolRoute {
  schoolId: string
  code: string
  name: string
  listed: boolean
  /** Of its public listener; null while it is not running. */
  address: { host: string; port: number } | null
  /** With which the router proves itself to this school alone. */
  hopSecret: string
}

/** One school became different; without `after` it is not routed any more. */
export interface RegistryChange {
  schoolId: string
  before: SchoolRoute | undefined
  after: SchoolRoute | undefined
}

export interface Registry {
  /** @param code upper case */
  byCode(code: string): SchoolRoute | undefined
  /** @param label lower case: a subdomain, or a code */
  byHost(label: string): SchoolRoute | undefined
  /** Some school that runs, where any will do. */
  anyRunning(): SchoolRoute | undefined
  /** The listed schools, or those whose name or code contains `q`. */
  publicList(q?: string): PublicList
  /** Asks the database about one school now; with the database down, settles with what is known. */
  reread(schoolId: string): Promise<SchoolRoute | undefined>
  /** Settles when everything was read from the database, or from the snapshot, or when neither could be; reading goes on then. */
  start(): Promise<void>
  /** Whether it knows anything: before that, "no such school" would be a guess. */
  isLoaded(): boolean
  /** Whether it follows the database at this moment. */
  isConnected(): boolean
  /** @returns how to stop listening */
  onChange(listener: (change: RegistryChange) => void): () => void
  close(): Promise<void>
}

interface RegistryOptions {
  /** As the directory's role. */
  databaseUrl: string
  /** Where to keep a copy for a start while the database is down. */
  snapshotFile?: string | undefined
  /** How old that copy may be, in milliseconds. */
  maxAgeMs: number
  /** From which every school's hop secret is derived. */
  routerKey: string
  log: Logger
  timing?: Partial<FeedTiming>
}

const TIMING: FeedTiming = {
  // A school suspended while the database was away must be gone within a second of its being back.
  retryMs: 250,
  connectTimeoutMs: 2_000,
  queryTimeoutMs: 10_000,
  probeEveryMs: 5_000,
  probeTimeoutMs: 2_000,
}

/** Every school that is routed, in memory: reading it needs no database, and a database that is down takes no school away. */
export function createRegistry({
  databaseUrl,
  snapshotFile,
  maxAgeMs,
  routerKey,
  log,
  timing,
}: RegistryOptions): Registry {
  const rows = new Map<string, SchoolRow>()
  const routes = new Map<string, SchoolRoute>()
  const codes = new Map<string, SchoolRoute>()
  const hosts = new Map<string, SchoolRoute>()
  const changes = new EventEmitter<{ change: [RegistryChange] }>()
  const list = createPublicList(() => routes.values())
  let loaded = false

  const snapshot = snapshotFile
    ? createRegistrySnapshot({
        file: snapshotFile,
        maxAgeMs,
        log,
        current: () => [...rows.values()],
      })
    : undefined
  const feed = createRegistryFeed({
    databaseUrl,
    log,
    timing: { ...TIMING, ...timing },
    onAll(all) {
      replaceAll(all)
      snapshot?.save()
    },
    onSome(ids, some) {
      const found = new Map(some.map((row) => [row.schoolId, row]))
      for (const id of ids) apply(id, found.get(id))
    },
    onConfirmed: () => snapshot?.confirm(),
  })

  function replaceAll(all: readonly SchoolRow[]) {
    const present = new Set(all.map((row) => row.schoolId))
    for (const id of rows.keys()) if (!present.has(id)) apply(id, undefined)
    for (const row of all) apply(row.schoolId, row)
    loaded = true
  }

  function apply(schoolId: string, row: SchoolRow | undefined) {
    const known = rows.get(schoolId)
    if (known === row || (known && row && sameRow(known, row))) return
    const before = routes.get(schoolId)
    if (before && known) forget(before, known)
    const after = row && toRoute(row)
    if (row && after) remember(after, row)
    list.forget()
    snapshot?.save()
    changes.emit('change', { schoolId, before, after })
  }

  function remember(route: SchoolRoute, row: SchoolRow) {
    rows.set(route.schoolId, row)
    routes.set(route.schoolId, route)
    codes.set(route.code, route)
    hosts.set(route.code.toLowerCase(), route)
    // A code is its school's for ever; no subdomain stands in its way.
    if (row.subdomain !== null && !codes.has(row.subdomain.toUpperCase()))
      hosts.set(row.subdomain.toLowerCase(), route)
  }

  function forget(route: SchoolRoute, row: SchoolRow) {
    rows.delete(route.schoolId)
    routes.delete(route.schoolId)
    codes.delete(route.code)
    for (const label of [route.code.toLowerCase(), row.subdomain?.toLowerCase()])
      if (label !== undefined && hosts.get(label) === route) hosts.delete(label)
  }

  function toRoute({ schoolId, code, name, listed, address }: SchoolRow): SchoolRoute {
    const parsed = address === null ? null : parseAddress(address)
    if (parsed === undefined)
      log.error({ school: code, address }, 'a school has an address that is none')
    return {
      schoolId,
      code,
      name,
      listed,
      address: parsed ?? null,
      hopSecret: hopSecretOf(schoolId, routerKey),
    }
  }

  return {
    byCode: (code) => codes.get(code),
    byHost: (label) => hosts.get(label),
    anyRunning() {
      for (const route of routes.values()) if (route.address) return route
      return undefined
    },
    publicList: list.read,
    async reread(schoolId) {
      await feed.reread(schoolId)
      return routes.get(schoolId)
    },
    async start() {
      if (await feed.start()) return
      const kept = await snapshot?.read()
      // The database may have come back while the file was read: it knows better.
      if (!kept || loaded) return
      replaceAll(kept)
      log.warn(
        { schools: kept.length },
        'the registry starts from its snapshot: the database is down',
      )
    },
    isLoaded: () => loaded,
    isConnected: feed.isConnected,
    onChange(listener) {
      changes.on('change', listener)
      return () => changes.off('change', listener)
    },
    async close() {
      await feed.close()
      await snapshot?.close()
    },
  }
}

const sameRow = (a: SchoolRow, b: SchoolRow) =>
  a.code === b.code &&
  a.name === b.name &&
  a.listed === b.listed &&
  a.subdomain === b.subdomain &&
  a.address === b.address &&
  a.generation === b.generation

/** host:port, IPv6 in brackets; undefined when it is neither. */
function parseAddress(address: string): { host: string; port: number } | undefined {
  const parts = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):(\d{1,5})$/.exec(address)
  const host = parts?.[1] ?? parts?.[2]
  const port = Number(parts?.[3])
  return host !== undefined && port > 0 && port < 65_536 ? { host, port } : undefined
}
