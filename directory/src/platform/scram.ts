import { createHash, createHmac, pbkdf2, randomBytes } from 'node:crypto'
import { promisify } from 'node:util'

const ITERATIONS = 4096

/**
 * The verifier PostgreSQL keeps for a password (RFC 5803). Sent in its place, so that the password stands in no statement,
 * hence in no log or activity view of the server.
 * @throws Error for a password that is not printable ASCII: others need SASLprep, and ours are generated
 */
export async function scramVerifier(password: string): Promise<string> {
  if (!/^[\x20-\x7e]+$/.test(password)) throw new Error('a role password must be printable ASCII')
  const salt = randomBytes(16)
  const salted = await promisify(pbkdf2)(password, salt, ITERATIONS, 32, 'sha256')
  const keyFor = (label: string) => createHmac('sha256', salted).update(label).digest()
  const storedKey = createHash('sha256').update(keyFor('Client Key')).digest('base64')
  const serverKey = keyFor('Server Key').toString('base64')
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${storedKey}:${serverKey}`
}
