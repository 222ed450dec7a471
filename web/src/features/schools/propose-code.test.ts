import { expect, it } from 'vitest'
import { proposeCode } from './propose-code.ts'

it.each([
  ['Green Valley Public School', 'GVPS'],
  ['Kendriya Vidyalaya No. 42', 'KVN42'],
  ['Lakeside', 'LAKESIDE'],
  ['Montessorischule', 'MONTESSO'],
  ["St. Mary's École", 'SME'],
  ['42nd Street School', 'SS'],
  ['Élan', 'ELAN'],
  ['केन्द्रीय विद्यालय', ''],
  ['A', ''],
  ['', ''],
  ['a b c d e f g h i j k l m n o p q r s', 'ABCDEFGHIJKLMNOP'],
])('proposes for %s the code %s', (name, code) => {
  expect(proposeCode(name)).toBe(code)
  if (code) expect(code).toMatch(/^[A-Z][A-Z0-9]{1,15}$/)
})
