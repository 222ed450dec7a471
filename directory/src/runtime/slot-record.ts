import { isDeepStrictEqual } from 'node:util'
import { type Observation, type SchoolSpec, SupersededError } from './school-runtime.ts'

export const DOWN = { address: null, internalAddress: null, startedAt: null } as const

/** What a slot says of its school, and the newest decision that it has heard of. */
export interface SlotRecord {
  /** What `observe` says. */
  seen(): Observation
  become(change: Partial<Observation>): Observation
  newest(): number
  /** @throws SupersededError */
  refuseOlder(spec: SchoolSpec): void
  /** From now on older ones change nothing. */
  take(generation: number): void
}

interface RecordOptions {
  schoolId: string
  code: string
  release: string
  newest: number
  countOthers: () => number
  changed: (observation: Observation) => void
}

export function createSlotRecord(options: RecordOptions): SlotRecord {
  const { schoolId, code, release, countOthers, changed } = options
  let newest = options.newest
  let seen: Observation = {
    schoolId,
    code,
    generation: 0,
    release,
    state: 'stopped',
    ...DOWN,
    port: null,
    lastError: null,
    others: 0,
  }
  return {
    seen: () => seen,
    become(change) {
      const before = seen
      seen = { ...seen, ...change, others: countOthers() }
      if (!isDeepStrictEqual(before, seen)) changed(seen)
      return seen
    },
    newest: () => newest,
    refuseOlder({ generation }) {
      if (generation < newest) throw new SupersededError(code, generation, newest)
    },
    take: (generation) => void (newest = Math.max(newest, generation)),
  }
}
