/** What is wrong with a new password: a key of `auth:password`, with a number where it says one. */
export type NewPasswordFault =
  { key: 'tooShort'; count: number } | { key: 'tooLong' | 'isUsername' | 'isCommon' }

export const MIN_CHARACTERS = 8
/** Of everybody who works at a school, and of the platform's owner. */
export const STAFF_MIN_CHARACTERS = 12
/** Of UTF-8: what bcrypt reads. */
const MAX_BYTES = 72

/** What can be told before anybody is asked; who has to choose a longer one, and what is too common, the server knows. */
export function faultOf(password: string, minCharacters = MIN_CHARACTERS): NewPasswordFault | null {
  if ([...password].length < minCharacters) return { key: 'tooShort', count: minCharacters }
  if (new TextEncoder().encode(password).length > MAX_BYTES) return { key: 'tooLong' }
  return null
}

/**
 * A fault as the server words it (service-kit `passwordIssues`, which gives no code to tell them by).
 * Undefined for one that is not known here.
 */
export function toFault(message: string): NewPasswordFault | undefined {
  const least = /at least (\d+) characters/.exec(message)?.[1]
  if (least) return { key: 'tooShort', count: Number(least) }
  if (/at most \d+ bytes/.test(message)) return { key: 'tooLong' }
  if (/the username/.test(message)) return { key: 'isUsername' }
  if (/most common/.test(message)) return { key: 'isCommon' }
  return undefined
}
