import { createHash } from 'node:crypto'
import {
  createSecretBox,
  parseKey,
  type SecretBox,
  type SecretKey,
} from '#src/platform/secret-box.ts'

/**
 * The box that seals with the current key and still opens what earlier keys sealed. A key's id is derived from the key: whoever
 * changes it need not invent a name, and two keys never share one.
 * @throws Error for a text that is no key; it does not repeat the text
 */
export function openSecretBox(settings: {
  SECRETS_KEY: string
  SECRETS_KEYS_PREVIOUS: readonly string[]
}): SecretBox {
  const current = toSecretKey(settings.SECRETS_KEY)
  const previous = settings.SECRETS_KEYS_PREVIOUS.map(toSecretKey)
  return createSecretBox({
    current,
    // Left in place after a rotation, the current one may stand among the earlier ones too.
    previous: previous.filter(
      ({ id }, i) => id !== current.id && previous.findIndex((key) => key.id === id) === i,
    ),
  })
}

function toSecretKey(text: string): SecretKey {
  const key = parseKey(text)
  return { id: createHash('sha256').update(key).digest('hex').slice(0, 8), key }
}
