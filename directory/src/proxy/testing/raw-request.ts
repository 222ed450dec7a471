import { once } from 'node:events'
import { connect, type Socket } from 'node:net'

export interface RawAnswer {
  status: number
  /** Names lower-cased; the last one counts. */
  headers: Record<string, string>
  /** Every header line, as sent. */
  headerLines: string[]
  body: string
  /** Everything that was received. */
  text: string
  /** Whether the other side ended the connection in good order rather than resetting it. */
  clean: boolean
}

/** Sends bytes as they are and reads until the other side closes; ask for `Connection: close` where it would not. */
export async function sendRaw(port: number, payload: string | Buffer): Promise<RawAnswer> {
  const socket = await openRaw(port)
  socket.write(payload)
  return readAnswer(socket)
}

export async function openRaw(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  return socket
}

export async function readAnswer(socket: Socket): Promise<RawAnswer> {
  const chunks: Buffer[] = []
  let clean = true
  socket.on('data', (chunk: Buffer) => chunks.push(chunk))
  socket.on('error', () => (clean = false))
  if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve))
  return { ...parseAnswer(Buffer.concat(chunks).toString('latin1')), clean }
}

/** Reads until what was received contains `part`. */
export async function readUntil(socket: Socket, part: string): Promise<string> {
  let text = ''
  const read = (chunk: Buffer) => (text += chunk.toString('latin1'))
  socket.on('data', read)
  while (!text.includes(part)) {
    if (socket.closed) throw new Error(`closed before "${part}" came: ${text}`)
    await Promise.race([once(socket, 'data'), once(socket, 'close')])
  }
  socket.off('data', read)
  return text
}

export function parseAnswer(text: string): Omit<RawAnswer, 'clean'> {
  // An interim answer is not the answer.
  const final = text.replace(/^(HTTP\/1\.1 1(?!01)\d\d [^\r]*\r\n(?:[^\r]+\r\n)*\r\n)+/, '')
  const [head = '', ...rest] = final.split('\r\n\r\n')
  const [statusLine = '', ...headerLines] = head.split('\r\n')
  const headers: Record<string, string> = {}
  for (const line of headerLines) {
    const colon = line.indexOf(':')
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim()
  }
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    headerLines,
    body: rest.join('\r\n\r\n'),
    text,
  }
}

/** A request as text: one line a header, `Connection: close` unless said otherwise. */
export function request(line: string, headers: Record<string, string | string[]> = {}, body = '') {
  const all = { Host: 'localhost', Connection: 'close', ...headers }
  const lines = Object.entries(all).flatMap(([name, value]) =>
    [value].flat().map((one) => `${name}: ${one}`),
  )
  return `${line} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n${body}`
}
