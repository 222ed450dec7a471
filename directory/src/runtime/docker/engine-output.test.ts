import { expect, it } from 'vitest'
import { createDemuxer, createLineCutter, LONGEST_LINE } from './engine-output.ts'

const frame = (stream: 1 | 2, bytes: Uint8Array) => {
  const head = Buffer.from([stream, 0, 0, 0, 0, 0, 0, 0])
  head.writeUInt32BE(bytes.length, 4)
  return Buffer.concat([head, bytes])
}

it('takes frames apart wherever they are cut, and characters that lie across two', () => {
  const school = Buffer.from('école\nclosed\n')
  const bytes = Buffer.concat([
    frame(1, school.subarray(0, 1)),
    frame(2, school.subarray(1, 9)),
    frame(1, new Uint8Array()),
    frame(1, school.subarray(9)),
  ])
  for (const size of [1, 3, 8, bytes.length]) {
    const lines: string[] = []
    const take = createDemuxer(createLineCutter((line) => lines.push(line)))
    for (let at = 0; at < bytes.length; at += size) take(bytes.subarray(at, at + size))
    expect(lines).toEqual(['école', 'closed'])
  }
})

it('keeps the beginning of a line that does not end, and goes on with the next one', () => {
  const lines: string[] = []
  const cut = createLineCutter((line) => lines.push(line))
  for (let n = 0; n < 3; n++) cut('x'.repeat(LONGEST_LINE - 1))
  cut(`end\nnext\n${'y'.repeat(LONGEST_LINE * 2)}`)
  cut('\n\nlast\n')
  expect(lines.map((line) => `${line.slice(-1)} ${line.length}`)).toEqual([
    `x ${LONGEST_LINE}`,
    't 4',
    `y ${LONGEST_LINE}`,
    't 4',
  ])
})
