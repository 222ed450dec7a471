import { fingerprintOf } from './fingerprint.ts'
import type { Found, Instance, Launcher } from './launcher.ts'
import type { SchoolSpec } from './school-runtime.ts'

/** What a slot shall run, and how it is started. */
export interface Program {
  fingerprint: string
  release: string
  /** @param port the one it had last. Undefined for what was found and cannot be started again from what is known here. */
  launch: ((port: number | null) => Promise<Instance>) | undefined
}

export const programOf = (launcher: Launcher, spec: SchoolSpec): Program => ({
  fingerprint: fingerprintOf(spec),
  release: spec.release,
  launch: (port) => launcher.launch({ ...spec, port: spec.port ?? port }),
})

export const programFound = ({ fingerprint, instance, again }: Found): Program => ({
  fingerprint,
  release: instance.release,
  launch: again && (() => again()),
})

/**
 * Of what a driver found of one school, which is the school. The registry knows: the newest that is not newer than the generation
 * it has. Where it knows nothing, or nothing as old, the oldest: one that was staged is newer than what it was to replace.
 */
export function chooseCurrent(found: readonly Found[], recordedGeneration: number | null) {
  const byAge = found.toSorted((a, b) => a.instance.generation - b.instance.generation)
  const known = byAge.filter(({ instance }) => instance.generation <= (recordedGeneration ?? 0))
  const current = known.at(-1) ?? byAge[0]
  const others = byAge.filter((each) => each !== current)
  const isNewer = ({ instance }: Found) =>
    current !== undefined && instance.generation > current.instance.generation
  const staged = others.findLast(isNewer)
  return { current, staged, leftOver: others.filter((each) => each !== staged) }
}
