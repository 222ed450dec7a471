import type { IncomingMessage } from 'node:http'
import { type Readable, Transform } from 'node:stream'

export const announcedBytes = ({ headers }: Pick<IncomingMessage, 'headers'>): number =>
  Number(headers['content-length'] ?? 0)

/** A body whose end only its last chunk tells. */
export const isChunked = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined

/** Passes a body on until it is longer than allowed; then the rest is dropped and `exceeded` told, once. */
export function countedBody(
  req: IncomingMessage,
  limitBytes: number,
  exceeded: () => void,
): Readable {
  let bytes = 0
  let told = false
  const counter = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length
      if (bytes <= limitBytes) return done(null, chunk)
      if (!told) exceeded()
      told = true
      done()
    },
  })
  return req.pipe(counter)
}
