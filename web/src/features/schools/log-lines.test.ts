import { expect, it } from 'vitest'
import { appendLines, NO_LINES } from './log-lines.ts'

const event = (type: string, data: object) => ({ type, data: JSON.stringify(data), id: '' })

it('numbers the lines, says what was left out, and knows no other event', () => {
  const first = appendLines(NO_LINES, [
    event('log', { line: 'a' }),
    event('left-out', { lines: 3 }),
  ])
  const all = appendLines(first, [
    event('left-out', { lines: null }),
    event('weather', {}),
    event('log', { line: 'b' }),
  ])
  expect(all).toEqual([
    { no: 1, text: 'a' },
    { no: 2, leftOut: 3 },
    { no: 3, leftOut: null },
    { no: 4, text: 'b' },
  ])
})

it('keeps the newest thousand, each under its number', () => {
  const many = Array.from({ length: 1_500 }, (_, i) => event('log', { line: String(i) }))
  const lines = appendLines(appendLines(NO_LINES, many), [event('log', { line: 'last' })])
  expect(lines).toHaveLength(1_000)
  expect(lines.at(-1)).toEqual({ no: 1_501, text: 'last' })
})
