import { expect, it, vi } from 'vitest'
import { createStartGate } from './start-gate.ts'

/** @returns the names of those who are inside, in the order in which they came in */
function enterAll(gate: ReturnType<typeof createStartGate>, names: string[]) {
  const inside = new Map<string, () => void>()
  for (const name of names) void gate.enter().then((leave) => inside.set(name, leave))
  return inside
}

it('lets no more than so many through at once, in the order in which they came', async () => {
  const inside = enterAll(createStartGate({ atOnce: 2, atMostMs: 60_000 }), ['a', 'b', 'c', 'd'])
  await vi.waitFor(() => expect([...inside.keys()]).toEqual(['a', 'b']))
  inside.get('b')?.()
  // Leaving twice makes room for one.
  inside.get('b')?.()
  await vi.waitFor(() => expect([...inside.keys()]).toEqual(['a', 'b', 'c']))
  inside.get('a')?.()
  await vi.waitFor(() => expect([...inside.keys()]).toEqual(['a', 'b', 'c', 'd']))
})

it('is not blocked by those who never leave', async () => {
  const inside = enterAll(createStartGate({ atOnce: 1, atMostMs: 10 }), ['a', 'b', 'c'])
  await vi.waitFor(() => expect([...inside.keys()]).toEqual(['a', 'b', 'c']))
})
