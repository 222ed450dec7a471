import type { Code } from './marks.ts'

export type Command =
  | { kind: 'mark'; code: string }
  | { kind: 'move'; to: 'next' | 'previous' | 'first' | 'last' }
  | { kind: 'minutes' | 'note' | 'find' | 'help' }

/** Letters that are commands, so no code has them. */
const TAKEN = ['M', 'N']

export interface CodeKeys {
  code: Code
  /** The first letter of the code, unless another one has it already. */
  letter: string | null
  /** 1 to 9, in the order of the codes. */
  digit: string | null
}

export function keysOf(codes: readonly Code[]): CodeKeys[] {
  const taken = new Set(TAKEN)
  return codes
    .filter((code) => code.isActive)
    .map((code, i) => {
      const first = code.code.charAt(0).toUpperCase()
      const letter = /[A-Z]/.test(first) && !taken.has(first) ? first : null
      if (letter) taken.add(letter)
      return { code, letter, digit: i < 9 ? String(i + 1) : null }
    })
}

const MOVES: Record<string, 'next' | 'previous' | 'first' | 'last'> = {
  ArrowDown: 'next',
  ArrowUp: 'previous',
  Home: 'first',
  End: 'last',
}

interface Pressed {
  key: string
  /** The place on the keyboard: where letters of another script are typed, A is still there. */
  code: string
  ctrlKey: boolean
  metaKey: boolean
  altKey: boolean
}

/** What a key means among the pupils. @param inNumber the field for minutes: there digits are digits */
export function commandOf(
  { key, code: place, ctrlKey, metaKey, altKey }: Pressed,
  keys: readonly CodeKeys[],
  inNumber = false,
): Command | undefined {
  if (ctrlKey || metaKey || altKey) return undefined
  const to = MOVES[key]
  if (to) return inNumber && (to === 'first' || to === 'last') ? undefined : { kind: 'move', to }
  if (key === '?') return { kind: 'help' }
  if (key === '/') return { kind: 'find' }
  const letter = letterOf(key, place)
  if (letter === 'M') return { kind: 'minutes' }
  if (letter === 'N') return { kind: 'note' }
  const found = keys.find(
    (of) => (letter !== null && of.letter === letter) || (!inNumber && of.digit === key),
  )
  return found && { kind: 'mark', code: found.code.code }
}

const LATIN = /^[a-z]$/i

function letterOf(key: string, place: string): string | null {
  if (LATIN.test(key)) return key.toUpperCase()
  return key.length === 1 && /\p{L}|\p{M}/u.test(key) && place.startsWith('Key')
    ? place.slice(3)
    : null
}
