import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

/** A key-encryption key: 32 bytes, and the short name that envelopes carry. */
export interface SecretKey {
  /** Letters, digits, `-` and `_`. */
  id: string
  key: Buffer
}

/** Whose secret it is, and which one. Bound to the envelope: moved to another school or field it does not open. */
export interface SecretContext {
  school: string
  field: string
}

/** Seals secrets for the database: AES-256-GCM, text envelopes `v1.<keyId>.<iv>.<ciphertext and tag>` in base64url. */
export interface SecretBox {
  seal(plaintext: string, context: SecretContext): string
  /** @throws SecretError: not an envelope, a key that is not at hand, or one that was altered or belongs elsewhere */
  open(envelope: string, context: SecretContext): string
  /** The key an envelope needs; those of other keys than the current one are what `rekey` seals anew. */
  keyIdOf(envelope: string): string
  readonly currentKeyId: string
}

/** An envelope that does not open. Says which, never what is inside. */
export class SecretError extends Error {
  override readonly name = 'SecretError'
}

const VERSION = 'v1'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

/** `previous` keys open what was sealed before the key was changed; nothing new is sealed with them. */
export function createSecretBox(keys: { current: SecretKey; previous?: SecretKey[] }): SecretBox {
  const { current, previous = [] } = keys
  const byId = new Map<string, Buffer>()
  for (const { id, key } of [current, ...previous]) {
    if (!/^[A-Za-z0-9_-]{1,32}$/.test(id)) throw new Error(`${JSON.stringify(id)} is no key id`)
    if (key.length !== KEY_BYTES) throw new Error(`key ${id} has ${key.length} bytes, not 32`)
    if (byId.has(id)) throw new Error(`two keys have the id ${id}`)
    byId.set(id, key)
  }

  return {
    currentKeyId: current.id,

    seal(plaintext, context) {
      // 96 random bits: safe for 2^32 envelopes a key, and a school has a handful.
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv('aes-256-gcm', current.key, iv)
      cipher.setAAD(associatedData(current.id, context))
      const sealed = Buffer.concat([
        cipher.update(plaintext, 'utf8'),
        cipher.final(),
        cipher.getAuthTag(),
      ])
      return [VERSION, current.id, iv.toString('base64url'), sealed.toString('base64url')].join('.')
    },

    open(envelope, context) {
      const { keyId, iv, sealed } = parse(envelope)
      const key = byId.get(keyId)
      const which = `the secret ${context.field} of ${context.school}`
      if (!key)
        throw new SecretError(
          `${which} is sealed with the key ${keyId}, which is not configured (there are: ${[...byId.keys()].join(', ')})`,
        )
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
        decipher.setAAD(associatedData(keyId, context))
        decipher.setAuthTag(sealed.subarray(-TAG_BYTES))
        return Buffer.concat([
          decipher.update(sealed.subarray(0, -TAG_BYTES)),
          decipher.final(),
        ]).toString('utf8')
      } catch {
        // The cause would add nothing: the cipher knows only that it does not fit.
        throw new SecretError(
          `${which} does not open with the key ${keyId}: it was altered, belongs to another school or field, or the key is a different one of that name`,
        )
      }
    },

    keyIdOf: (envelope) => parse(envelope).keyId,
  }
}

/** Unambiguous, whatever the names hold: a list as JSON. */
const associatedData = (keyId: string, { school, field }: SecretContext) =>
  Buffer.from(JSON.stringify([VERSION, keyId, school, field]))

function parse(envelope: string) {
  const [version, keyId, iv, sealed, ...rest] = envelope.split('.')
  const parsed = {
    keyId: keyId ?? '',
    iv: fromBase64url(iv ?? ''),
    sealed: fromBase64url(sealed ?? ''),
  }
  if (
    version !== VERSION ||
    parsed.keyId === '' ||
    parsed.iv?.length !== IV_BYTES ||
    !parsed.sealed ||
    parsed.sealed.length < TAG_BYTES ||
    rest.length > 0
  )
    throw new SecretError('this is not a sealed secret')
  return { keyId: parsed.keyId, iv: parsed.iv, sealed: parsed.sealed }
}

/** Buffer.from passes over what is not base64url; an altered envelope must not read like the original. */
function fromBase64url(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : undefined
}

/**
 * A key as it stands in a setting or a file: 32 bytes as base64, base64url or hex.
 * @throws Error for anything else; it does not repeat the text
 */
export function parseKey(text: string): Buffer {
  const trimmed = text.trim()
  if (/^[0-9a-f]{64}$/i.test(trimmed)) return Buffer.from(trimmed, 'hex')
  // Node's base64 decoder reads both alphabets.
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(trimmed)) return Buffer.from(trimmed, 'base64')
  throw new Error('a key must be 32 random bytes, written as base64 (44 characters) or hex (64)')
}
