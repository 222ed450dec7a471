import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { createPublicList } from './public-list.ts'

const FIRST = ['Green', 'Sri', 'Vidya', 'Lotus', 'Modern', 'Sacred', 'Nehru', 'Ganga', 'Carmel']
const SECOND = ['Valley', 'Heart', 'Mandir', 'Niketan', 'Academy', 'Memorial', 'International']
const KIND = ['Public School', 'High School', 'Vidyalaya', 'Senior Secondary School']
const PLACE = ['Pune', 'Nagpur', 'Kochi', 'Jaipur', 'Madurai', 'Lucknow', 'Guntur', 'Indore']

/** Without a pattern that compresses well by chance: the same every time, and in no order. */
function schools(count: number) {
  let state = 7
  const next = (below: number) =>
    ((state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) >> 8) % below
  const oneOf = (words: readonly string[]) => words[next(words.length)]
  return Array.from({ length: count }, (_, i) => ({
    code: `${String.fromCharCode(65 + next(26), 65 + next(26), 65 + next(26))}${i}`,
    name: `${oneOf(FIRST)} ${oneOf(SECOND)} ${oneOf(KIND)}, ${oneOf(PLACE)}`,
    listed: true,
  }))
}

describe('the public list', () => {
  it('of 5,000 schools is at most 60 kB on the wire', async () => {
    const list = createPublicList(() => schools(5_000)).read()
    const [br, gzip] = await Promise.all([list.compressed('br'), list.compressed('gzip')])
    for (const { body } of [br, gzip]) expect(body.length).toBeLessThanOrEqual(60_000)
    expect(brotliDecompressSync(br.body)).toEqual(list.body)
    expect(gunzipSync(gzip.body)).toEqual(list.body)
  })

  it('is compressed once, however many ask, until it is another', async () => {
    const known = schools(50)
    const list = createPublicList(() => known)
    const [one, two] = await Promise.all([
      list.read().compressed('br'),
      list.read().compressed('br'),
    ])
    expect(two.body).toBe(one.body)
    // Something changed, but nothing that stands in it.
    list.forget()
    expect((await list.read().compressed('br')).body).toBe(one.body)
    known.pop()
    list.forget()
    const shorter = await list.read().compressed('br')
    expect(shorter.etag).not.toBe(one.etag)
    expect(JSON.parse(String(brotliDecompressSync(shorter.body)))).toHaveLength(49)
  })
})
