import { expect, it } from 'vitest'
import { readableLine } from './readable-line.ts'

const toTime = (instant: string) => instant.slice(11, 19)

it('puts the time, the level and the message first, and leaves out what is the same in every line', () => {
  const line =
    '{"level":"info","time":"2026-11-21T07:10:21.062Z","service":"school-api","pid":1,"school":"GV","method":"GET","status":200,"err":{"code":"X"},"msg":"request"}'
  expect(readableLine(line, toTime)).toBe(
    '07:10:21 INFO request method=GET status=200 err={"code":"X"}',
  )
})

it.each(['Killed', '[1,2]', '{"cut', '', 'null'])('leaves %s as it is', (line) => {
  expect(readableLine(line, toTime)).toBe(line)
})

it('shows no time that is none', () => {
  expect(readableLine('{"time":"soon","msg":"x"}', toTime)).toBe('x')
})
