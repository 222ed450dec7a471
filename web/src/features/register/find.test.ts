import { expect, it } from 'vitest'
import { findPupil } from './find.ts'

const roster = [
  ['Anna Rao', 1],
  ['Chandra Annas', 17],
  ['Bela Raman', 7],
].map(([name, rollNo]) => ({
  studentUserId: String(name),
  firstName: String(name),
  lastName: null,
  preferredName: null,
  rollNo: Number(rollNo),
  entry: null,
}))

it('finds a pupil by roll number, by how a name begins, then by any part of it', () => {
  expect(findPupil(roster, '7')).toBe(2)
  expect(findPupil(roster, '17')).toBe(1)
  expect(findPupil(roster, 'RAM ')).toBe(2)
  expect(findPupil(roster, 'chan')).toBe(1)
  expect(findPupil(roster, 'dra')).toBe(1)
  expect(findPupil(roster, 'bela ram')).toBe(2)
  expect(findPupil(roster, 'zoe')).toBe(-1)
})
