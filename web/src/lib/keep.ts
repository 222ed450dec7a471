/**
 * Keeps a text in this browser's storage.
 * @returns false where it is full or forbidden: whoever keeps something there goes on without
 */
export function keep(storage: Pick<Storage, 'setItem'>, key: string, value: string): boolean {
  try {
    storage.setItem(key, value)
    return true
  } catch {
    return false
  }
}
