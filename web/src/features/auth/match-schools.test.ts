import { describe, expect, it } from 'vitest'
import { matchSchools, toSearchable } from './match-schools.ts'

const schools = toSearchable([
  { code: 'ALPS', name: 'Alpine School' },
  { code: 'GVPS', name: 'Green Valley Public School' },
  { code: 'GREEN2', name: 'Second Green School' },
  { code: 'STAGN', name: 'Collège Sainte-Agnès' },
  { code: 'KV1', name: 'केंद्रीय विद्यालय' },
])
const found = (text: string) => matchSchools(schools, text).map(({ code }) => code)

describe('looking for a school', () => {
  it('finds all of them by nothing', () => {
    expect(found('  ')).toHaveLength(schools.length)
  })

  it('finds by the beginning of the code before the beginning of the name before anything else', () => {
    expect(found('green')).toEqual(['GREEN2', 'GVPS'])
    expect(found('gv')).toEqual(['GVPS'])
    expect(found('school')).toEqual(['ALPS', 'GVPS', 'GREEN2'])
  })

  it('needs every word, in any order', () => {
    expect(found('public green')).toEqual(['GVPS'])
    expect(found('public alpine')).toEqual([])
  })

  it('does not mind accents, and keeps the vowels of Hindi', () => {
    expect(found('college sainte agnes')).toEqual(['STAGN'])
    expect(found('agnes')).toEqual(['STAGN'])
    expect(found('केंद्रीय')).toEqual(['KV1'])
    expect(found('कंदरय')).toEqual([])
  })

  it('finds one among 5,000 by code and by the words of its name', () => {
    const many = toSearchable(
      Array.from({ length: 5_000 }, (_, i) => ({ code: `S${i}`, name: `School number ${i}` })),
    )
    expect(matchSchools(many, 's4999').map(({ code }) => code)).toEqual(['S4999'])
    expect(matchSchools(many, 'number 4999')).toHaveLength(1)
  })
})
