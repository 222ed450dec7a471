import { chmodSync, renameSync, writeFileSync } from 'node:fs'

/**
 * Replaces a file as a whole, readable by this user alone. It is on the disk before it counts: what is sealed with a key that a power cut
 * takes away is lost.
 * @throws the system's error when it cannot be written
 */
export function writePrivateFile(place: string, text: string): void {
  writeFileSync(`${place}.new`, text, { mode: 0o600, flush: true })
  chmodSync(`${place}.new`, 0o600)
  renameSync(`${place}.new`, place)
}
