const MAX_LENGTH = 16

/** A code that people would choose for a name: the initials of several words, or the beginning of one. Empty where no letter helps. */
export function proposeCode(name: string): string {
  const words = name
    .normalize('NFKD')
    .replace(/[\p{Mn}'’]/gu, '')
    .toUpperCase()
    .split(/[^A-Z0-9]+/)
    .filter(Boolean)
  const [first = ''] = words
  const proposed =
    words.length > 1
      ? words.map((word) => (/^\d+$/.test(word) ? word : word[0])).join('')
      : first.slice(0, 8)
  const code = proposed.replace(/^\d+/, '').slice(0, MAX_LENGTH)
  return code.length > 1 ? code : ''
}
