import { describe, expect, it } from 'vitest'
import { commandOf, keysOf } from './keys.ts'

const code = (name: string, isActive = true) => ({
  code: name,
  name,
  countsPresent: true,
  countsPossible: true,
  takesMinutes: false,
  isActive,
})
const keys = keysOf(
  ['PRESENT', 'ABSENT', 'LATE', 'EXCUSED', 'MEDICAL', 'PLAY'].map((name) => code(name)),
)
const press = (key: string, more: object = {}) => ({
  key,
  code: '',
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
})

describe('the keys of codes', () => {
  it('are first letters, each once and never one of a command, and digits in order', () => {
    expect(keys.map(({ letter, digit }) => [letter, digit])).toEqual([
      ['P', '1'],
      ['A', '2'],
      ['L', '3'],
      ['E', '4'],
      [null, '5'],
      [null, '6'],
    ])
  })

  it('leave out retired codes', () => {
    expect(keysOf([code('GONE', false), code('PRESENT')]).map(({ digit }) => digit)).toEqual(['1'])
  })
})

describe('what a key does', () => {
  it('marks by letter, by digit, and by the place of the letter where another script is typed', () => {
    expect(commandOf(press('a'), keys)).toEqual({ kind: 'mark', code: 'ABSENT' })
    expect(commandOf(press('5'), keys)).toEqual({ kind: 'mark', code: 'MEDICAL' })
    expect(commandOf(press('ो', { code: 'KeyA' }), keys)).toEqual({ kind: 'mark', code: 'ABSENT' })
    expect(commandOf(press('à', { code: 'Digit0' }), keys)).toBeUndefined()
  })

  it('leaves digits and the ends of the line to the field for minutes', () => {
    expect(commandOf(press('5'), keys, true)).toBeUndefined()
    expect(commandOf(press('Home'), keys, true)).toBeUndefined()
    expect(commandOf(press('ArrowDown'), keys, true)).toEqual({ kind: 'move', to: 'next' })
  })

  it('is nothing together with Ctrl, Alt or Cmd, and of Tab and Enter', () => {
    for (const more of [{ ctrlKey: true }, { metaKey: true }, { altKey: true }])
      expect(commandOf(press('a', more), keys)).toBeUndefined()
    expect(commandOf(press('Tab'), keys)).toBeUndefined()
    expect(commandOf(press('Enter'), keys)).toBeUndefined()
  })
})
