import type { Logger } from 'pino'
import type { Found, Launcher } from './launcher.ts'
import { chooseCurrent, type Program, programOf } from './program.ts'
import { type Observation, SchoolStartError, type SchoolSpec } from './school-runtime.ts'
import { createSlotCurrent, running } from './slot-current.ts'
import type { SlotTimings } from './slot-pause.ts'
import { createSlotRecord, DOWN } from './slot-record.ts'
import { createSlotStaging, type Staged } from './slot-staging.ts'

interface SlotOptions {
  schoolId: string
  code: string
  launcher: Launcher
  /** What `observe` says of the release until something was started. */
  release: string
  timings: SlotTimings
  log: Logger
  /** Called whenever what `observe` says has changed. */
  changed: (observation: Observation) => void
  /** What the driver found of this school when it began. */
  found?: readonly Found[]
  /** By the registry: of the decision by which it runs. Says which of several that were found is the school. */
  recordedGeneration?: number | null
}

/** One school's place in a driver: what is the school, what runs beside it, and the memory of who decided last. */
export interface SchoolSlot {
  /** As SchoolRuntime; `anew`: as its `restart`. */
  ensure(spec: SchoolSpec, how: { anew: boolean }): Promise<Observation>
  stop(generation: number): Promise<Observation>
  stage(spec: SchoolSpec): Promise<Observation>
  promote(release: string): Promise<Observation>
  prune(graceMs: number): Promise<void>
  check(which: 'current' | 'staged', signal: AbortSignal): Promise<string | undefined>
  observe(): Observation
  /** Settles when it is known of what was found whether it listens. Never rejects. */
  adopted: Promise<unknown>
  /** Stops everything whatever the generation; nothing is started here any more. */
  end(): Promise<Observation>
  /** Nothing is started or ended here any more; what runs goes on. */
  leave(): void
}

export function createSchoolSlot(options: SlotOptions): SchoolSlot {
  const { schoolId, code, launcher, release, timings, log, changed } = options
  let isOver: 'ended' | 'left' | undefined
  const staging = createSlotStaging({ launcher, log, changed: () => void record.become({}) })
  const record = createSlotRecord({
    schoolId,
    code,
    release,
    changed,
    newest: options.recordedGeneration ?? 0,
    countOthers: staging.count,
  })
  const { seen, become, newest, refuseOlder, take } = record
  const current = createSlotCurrent({ record, timings, log })

  function refuseWhenOver() {
    if (isOver === 'ended') throw new SchoolStartError(`School ${code} is being taken away`)
    if (isOver === 'left') throw new SchoolStartError('The runtime is closing; it starts nothing')
  }

  async function ensure(spec: SchoolSpec, { anew }: { anew: boolean }): Promise<Observation> {
    refuseOlder(spec)
    // At once and not in turn: a stop that was decided earlier and comes later must see it.
    take(spec.generation)
    return current.inTurn(async () => {
      refuseOlder(spec)
      refuseWhenOver()
      const { generation } = spec
      const program = programOf(launcher, spec)
      const isMeant = (other?: Program) => other?.fingerprint === program.fingerprint
      if (!anew && isMeant(current.wanted()) && seen().state === 'running') {
        // What runs is started again as it was, so that it stays the same thing.
        if (!current.wanted()?.launch) current.want(program)
        return become({ generation })
      }
      const staged = anew ? undefined : staging.take(isMeant)
      // After an upgrade that was cut off, what is to run runs already.
      if (staged) return replaceBy({ ...staged, program }, generation)
      current.want(program)
      // Said before anything ends: the end of what runs now is no crash.
      become({ ...DOWN, state: 'starting', generation })
      return current.start(program)
    })
  }

  async function replaceBy(staged: Staged, generation: number): Promise<Observation> {
    takeOver(staged, generation)
    await staging.prune(timings.stopGraceMs).catch((error: unknown) => {
      log.warn({ err: error }, 'what was replaced cannot be ended')
    })
    return seen()
  }

  function takeOver(staged: Staged, generation: number) {
    const before = current.takeOver(staged, generation)
    if (before) staging.retire(before)
  }

  async function stop(generation: number): Promise<Observation> {
    if (generation < newest()) return seen()
    take(generation)
    return halt(() => newest() > generation)
  }

  /** @param isOld whether somebody has decided since: what that one staged is not ended by this */
  async function halt(isOld: () => boolean): Promise<Observation> {
    current.want(undefined)
    const endCurrent = () => current.instance()?.stop(timings.stopGraceMs)
    const endAll = () => Promise.all([endCurrent(), staging.prune(timings.stopGraceMs)])
    // A start under way is not waited for: it ends with its program. What fails here fails again in turn, where it is heard.
    const ending = endAll().catch(() => {})
    return current.inTurn(async () => {
      await ending
      if (current.wanted()) return seen()
      await (isOld() ? endCurrent() : endAll())
      return become({ ...DOWN, state: 'stopped', lastError: null, generation: newest() })
    })
  }

  async function stage(spec: SchoolSpec): Promise<Observation> {
    refuseOlder(spec)
    refuseWhenOver()
    take(spec.generation)
    const { program, instance, endpoint } = await staging.stage(spec)
    const { generation } = instance
    return { ...seen(), ...running(endpoint), release: program.release, generation }
  }

  const promote = (meant: string) =>
    current.inTurn(async () => {
      refuseWhenOver()
      const staged = staging.take((program) => program.release === meant)
      if (staged) takeOver(staged, staged.instance.generation)
      else if (seen().state !== 'running' || seen().release !== meant)
        throw new SchoolStartError(`Nothing of release ${meant} is staged for school ${code}`)
      return seen()
    })

  async function check(which: 'current' | 'staged', signal: AbortSignal) {
    if (which === 'staged') return staging.check(signal)
    const instance = seen().state === 'running' ? current.instance() : undefined
    return instance ? instance.check(signal) : 'it does not run'
  }

  function adopt(found: readonly Found[]): Promise<unknown> {
    const chosen = chooseCurrent(found, options.recordedGeneration ?? null)
    found.forEach(({ instance }) => take(instance.generation))
    return Promise.all([
      staging.adopt(chosen.staged, chosen.leftOver),
      chosen.current && current.adopt(chosen.current),
    ])
  }

  return {
    ensure,
    stop,
    stage,
    promote,
    prune: staging.prune,
    check,
    observe: seen,
    adopted: adopt(options.found ?? []),
    end() {
      isOver = 'ended'
      return halt(() => false)
    },
    leave() {
      isOver ??= 'left'
      current.leave()
    },
  }
}
