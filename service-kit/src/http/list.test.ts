import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { AppError } from '../errors/app-error.ts'
import { decodeCursor, keyset, toPage } from './list.ts'

const page = (limit: number, rows: number[]) =>
  toPage(rows, { limit, keyOf: (row) => [row], toItem: String })

describe('toPage', () => {
  it('gives a cursor exactly when there is more', () => {
    expect(page(2, [1, 2]).nextCursor).toBeNull()
    const { items, nextCursor } = page(2, [1, 2, 3])
    expect(items).toEqual(['1', '2'])
    expect(decodeCursor(nextCursor ?? '', ['number'])).toEqual([2])
  })

  it('gives an empty page for no rows', () => {
    expect(page(5, [])).toEqual({ items: [], nextCursor: null })
  })
})

describe('decodeCursor', () => {
  it('takes nothing but what it made: anything else is a 400', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          decodeCursor(text, ['number', 'uuid'])
          return false
        } catch (error) {
          return error instanceof AppError && error.status === 400
        }
      }),
    )
  })
})

describe('a cursor through values that may be absent', () => {
  it('comes back as it was, and a part that may not be absent is none', () => {
    const cursorOf = (key: (string | null)[]) =>
      toPage([key, key], { limit: 1, keyOf: (row) => row, toItem: String }).nextCursor ?? ''
    const id = 'a3b8d1b6-0b3b-4b1a-9c1a-1a2b3c4d5e6f'
    expect(decodeCursor(cursorOf([null, null, id]), ['textOrNull', 'timeOrNull', 'uuid'])).toEqual([
      null,
      null,
      id,
    ])
    expect(() => decodeCursor(cursorOf([null, id]), ['text', 'uuid'])).toThrow(AppError)
    expect(() => decodeCursor(cursorOf(['soon', id]), ['timeOrNull', 'uuid'])).toThrow(AppError)
  })
})

describe('a forged cursor', () => {
  it.each([
    ['time', '2026-11-21T08:00:00+23:59'],
    ['time', '0000-01-01T00:00:00.000Z'],
    ['date', '0000-01-01'],
    ['number', 1e300],
    ['number', 0.5],
  ] as const)('is a 400 before PostgreSQL refuses it: %s %s', (kind, part) => {
    const { nextCursor } = toPage([0, 1], { limit: 1, keyOf: () => [part], toItem: String })
    expect(() => decodeCursor(nextCursor ?? '', [kind])).toThrow(AppError)
  })
})

describe('keyset', () => {
  it('orders ties by the next part', () => {
    const { nextCursor } = toPage(
      [
        ['Rao', 'a3b8d1b6-0b3b-4b1a-9c1a-1a2b3c4d5e6f'],
        ['Rao', 'b3b8d1b6-0b3b-4b1a-9c1a-1a2b3c4d5e6f'],
      ],
      { limit: 1, keyOf: (row) => row, toItem: (row) => row },
    )
    const { where } = keyset({ limit: 1, cursor: nextCursor ?? undefined }, [
      { field: 'sortName', kind: 'text' },
      { field: 'id', kind: 'uuid' },
    ])
    expect(where).toEqual({
      OR: [
        { AND: [{ sortName: { gt: 'Rao' } }] },
        { AND: [{ sortName: 'Rao' }, { id: { gt: 'a3b8d1b6-0b3b-4b1a-9c1a-1a2b3c4d5e6f' } }] },
      ],
    })
  })
})
