import { createHash, randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'

/** A registry of images on this machine, in memory: as much of the distribution protocol as `docker push` and `pull` speak. */
export interface ImageRegistry {
  /** host:port. Engines speak plain HTTP with what is on their own machine. */
  host: string
  close(): Promise<void>
}

interface Manifest {
  type: string
  body: Buffer
}

const digestOf = (body: Buffer) => `sha256:${createHash('sha256').update(body).digest('hex')}`

export async function startImageRegistry(): Promise<ImageRegistry> {
  const uploads = new Map<string, Buffer[]>()
  const blobs = new Map<string, Buffer>()
  const manifests = new Map<string, Manifest>()

  function say(
    res: ServerResponse,
    status: number,
    headers: Record<string, string>,
    body?: Buffer,
  ) {
    res.writeHead(status, { 'content-length': String(body?.length ?? 0), ...headers })
    res.end(res.req.method === 'HEAD' ? undefined : body)
  }

  async function upload(req: IncomingMessage, res: ServerResponse, url: URL) {
    const id = url.pathname.split('/').at(-1) || randomUUID()
    const parts = [...(uploads.get(id) ?? []), await buffer(req)]
    const digest = url.searchParams.get('digest')
    const all = Buffer.concat(parts)
    if (digest) {
      blobs.set(digest, all)
      return say(res, 201, { location: `/v2/x/blobs/${digest}`, 'docker-content-digest': digest })
    }
    uploads.set(id, [all])
    const path = url.pathname.slice(0, url.pathname.lastIndexOf('/'))
    const range = `0-${Math.max(0, all.length - 1)}`
    return say(res, 202, { location: `${path}/${id}`, 'docker-upload-uuid': id, range })
  }

  async function store(req: IncomingMessage, res: ServerResponse, reference: string) {
    const manifest = { type: req.headers['content-type'] ?? '', body: await buffer(req) }
    const digest = digestOf(manifest.body)
    manifests.set(reference, manifest)
    manifests.set(digest, manifest)
    say(res, 201, { 'docker-content-digest': digest })
  }

  const server = createServer((req, res) => {
    const url = new URL(req.url ?? '/', 'http://registry')
    const last = url.pathname.split('/').at(-1) ?? ''
    if (url.pathname === '/v2/') return say(res, 200, {})
    if (url.pathname.includes('/blobs/uploads/')) return void upload(req, res, url)
    const blob = url.pathname.includes('/blobs/') ? blobs.get(last) : undefined
    if (blob) return say(res, 200, { 'docker-content-digest': last }, blob)
    if (url.pathname.includes('/manifests/') && req.method === 'PUT')
      return void store(req, res, last)
    const manifest = url.pathname.includes('/manifests/') ? manifests.get(last) : undefined
    if (!manifest) return say(res, 404, {})
    const { type, body } = manifest
    return say(res, 200, { 'content-type': type, 'docker-content-digest': digestOf(body) }, body)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.close()
      server.closeAllConnections()
    },
  }
}
