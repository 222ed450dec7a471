import { expect, it } from 'vitest'
import { createStartPauses } from './reconciler-pauses.ts'

const school = { id: 'a school', release: null }

it('doubles the pause with every failure, up to the longest', () => {
  let now = 0
  const pauses = createStartPauses({ firstMs: 1_000, longestMs: 5_000, now: () => now })
  expect(pauses.allows(school)).toBe(true)
  for (const pauseMs of [1_000, 2_000, 4_000, 5_000, 5_000]) {
    pauses.failed(school)
    now += pauseMs - 1
    expect(pauses.allows(school)).toBe(false)
    now += 1
    expect(pauses.allows(school)).toBe(true)
  }
  pauses.forget(school.id)
  pauses.failed(school)
  now += 1_000
  expect(pauses.allows(school)).toBe(true)
})

it('does not hold for a school that is meant to run something else by now', () => {
  const pauses = createStartPauses({ now: () => 0 })
  pauses.failed(school)
  expect(pauses.allows({ ...school, release: 'another' })).toBe(true)
  expect(pauses.allows({ ...school, id: 'another school' })).toBe(true)
  expect(pauses.allows(school)).toBe(false)
})
