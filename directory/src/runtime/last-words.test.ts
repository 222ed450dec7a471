import { describe, expect, it } from 'vitest'
import { lastWords } from './last-words.ts'

describe('lastWords', () => {
  it('says of a JSON line what happened and why', () => {
    const line = JSON.stringify({ level: 'fatal', msg: 'could not start', err: { message: 'no' } })
    expect(lastWords([line])).toBe('could not start: no')
  })

  it('says of a crash what it was, however deep its stack', () => {
    const crash = [
      'file:///releases/1/main.mjs:1',
      'throw new Error("planted")',
      '      ^',
      '',
      'Error: planted',
      ...Array.from({ length: 10 }, (_, i) => `    at step${i} (node:internal/modules:${i})`),
      '',
      'Node.js v24.21.0',
    ]
    expect(lastWords(crash).split('\n').at(-1)).toBe('Error: planted')
  })

  it('keeps to the end of a long log', () => {
    expect(lastWords(['1', '2', '3', '4', '5', '6'])).toBe('2\n3\n4\n5\n6')
    expect(lastWords(['x'.repeat(5_000)])).toHaveLength(2_000)
  })
})
