import bcrypt from 'bcrypt'
import { type InputIssue, unavailable } from '../errors/app-error.ts'
import { COMMON_PASSWORDS } from './common-passwords.ts'

/** bcrypt reads no further than this many bytes: longer is refused, not cut. */
const MAX_BYTES = 72

export interface Passwords {
  hash(password: string): Promise<string>
  /** Takes the same time for an absent hash as for a wrong password: nobody learns who exists. */
  matches(password: string, hash: string | null): Promise<boolean>
}

interface PasswordOptions {
  /** bcrypt's cost; 10 is about 43 ms of one core. */
  cost?: number
  /** How many hashes run at once: they share libuv's pool with everything else. */
  concurrency?: number
  /** How many may wait; one more is refused with 503. */
  maxWaiting?: number
}

export function createPasswords({
  cost = 10,
  concurrency = 2,
  maxWaiting = 200,
}: PasswordOptions = {}): Passwords {
  let running = 0
  const waiting: (() => void)[] = []

  async function limited<T>(work: () => Promise<T>): Promise<T> {
    if (running >= concurrency) {
      if (waiting.length >= maxWaiting)
        throw unavailable('busy', 'Too many sign-ins at once; try again', 2)
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      // The slot is handed over, not freed, so that a newcomer cannot overtake.
      const next = waiting.shift()
      if (next) next()
      else running--
    }
  }

  // A hash of nothing anybody can type, at today's cost, made once and only when first needed.
  let decoy: Promise<string> | undefined

  return {
    hash: (password) => limited(() => bcrypt.hash(password, cost)),
    async matches(password, hash) {
      if (Buffer.byteLength(password) > MAX_BYTES) return false
      const against = hash ?? (await (decoy ??= bcrypt.hash(crypto.randomUUID(), cost)))
      const same = await limited(() => bcrypt.compare(password, against))
      return same && hash !== null
    },
  }
}

interface PolicyOptions {
  username: string
  /** 12 for staff, 8 for pupils and parents. */
  minLength: number
  path?: string
}

/** Every reason why this password is not acceptable. */
export function passwordIssues(
  password: string,
  { username, minLength, path = 'password' }: PolicyOptions,
): InputIssue[] {
  const issues: InputIssue[] = []
  const refuse = (message: string) => issues.push({ path, message })
  if ([...password].length < minLength) refuse(`must have at least ${minLength} characters`)
  if (Buffer.byteLength(password) > MAX_BYTES) refuse(`must have at most ${MAX_BYTES} bytes`)
  const folded = password.normalize('NFC').trim().toLowerCase()
  if (folded === username.toLowerCase()) refuse('must not be the username')
  if (COMMON_PASSWORDS.has(folded)) refuse('is one of the most common passwords')
  return issues
}
