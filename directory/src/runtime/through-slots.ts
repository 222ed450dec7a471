import { type SchoolRuntime, SchoolStartError, type SchoolSpec } from './school-runtime.ts'
import type { SchoolSlot } from './school-slot.ts'

interface Slots {
  /** Undefined: nothing is known of this school. */
  slotOf(schoolId: string): SchoolSlot | undefined
  /** Made when it is not there. @throws Error once the driver closes */
  slotFor(spec: SchoolSpec): SchoolSlot
}

/** The part of every driver that is the same: what is asked of a school goes to its slot. */
export const throughSlots = ({
  slotOf,
  slotFor,
}: Slots): Pick<
  SchoolRuntime,
  'ensure' | 'restart' | 'stop' | 'stage' | 'promote' | 'prune' | 'check' | 'observe'
> => ({
  ensure: async (spec) => slotFor(spec).ensure(spec, { anew: false }),
  restart: async (spec) => slotFor(spec).ensure(spec, { anew: true }),
  stop: async (schoolId, generation) => slotOf(schoolId)?.stop(generation),
  stage: async (spec) => slotFor(spec).stage(spec),
  async promote(schoolId, release) {
    const slot = slotOf(schoolId)
    if (!slot) throw new SchoolStartError(`Nothing of release ${release} is staged`)
    return slot.promote(release)
  },
  prune: async (schoolId, graceMs) => slotOf(schoolId)?.prune(graceMs),
  async check(schoolId, which, signal) {
    const slot = slotOf(schoolId)
    return slot ? slot.check(which, signal) : 'it does not run'
  },
  observe: async (schoolId) => slotOf(schoolId)?.observe(),
})
