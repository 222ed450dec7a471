import type { Logger } from 'pino'
import { createContainerLogs } from './docker/container-logs.ts'
import { startContainerWatch } from './docker/container-watch.ts'
import { createDockerLauncher } from './docker/docker-launcher.ts'
import { createEngine } from './docker/engine.ts'
import { requireNetwork } from './docker/school-network.ts'
import { LABEL } from './docker/school-container.ts'
import { createSchoolImages } from './docker/school-image.ts'
import { createSchoolMarks } from './docker/school-marks.ts'
import { createSecretVolumes } from './docker/secret-volume.ts'
import type { Found } from './launcher.ts'
import { type LogQuery, type Observation, type SchoolRuntime } from './school-runtime.ts'
import { createSchoolSlot, type SchoolSlot } from './school-slot.ts'
import type { SlotTimings } from './slot-pause.ts'
import { throughSlots } from './through-slots.ts'

export interface DockerRuntimeOptions extends Partial<SlotTimings> {
  socketPath: string
  /** Marks everything of this installation on the engine. */
  instance: string
  /** Image of the school API, without tag and digest. */
  image: string
  /** The release of the schools that are meant to run no certain one: a tag or digest of the image. */
  release: string
  /** The engine's network on which schools live: internal, so that there is no way out of it. */
  network: string
  log: Logger
  /** Milliseconds from the start of a container until its school must be ready. */
  startTimeoutMs?: number
  /** By the registry, of each school (id): the generation by which it runs. */
  recordedGenerations?: ReadonlyMap<string, number>
}

/** How old what we know may be when somebody asks for everything (milliseconds): events can be missed. */
const FRESH_MS = 5_000

/**
 * The driver for Docker: every school is a container with nothing but what it needs, and outlives us. What runs is found again by its
 * marks.
 * @throws EngineError when the engine does not answer @throws UnknownReleaseError @throws Error without a proper network
 */
export async function createDockerRuntime(options: DockerRuntimeOptions): Promise<SchoolRuntime> {
  const { instance, network, log, startTimeoutMs = 30_000 } = options
  const engine = createEngine({ socketPath: options.socketPath })
  const images = createSchoolImages(engine, options.image)
  const [release] = await Promise.all([
    images.fetch(options.release),
    requireNetwork(engine, network),
  ])
  const watch = await startContainerWatch({ engine, labels: { [LABEL.instance]: instance }, log })
  const secrets = createSecretVolumes({ engine, instance, log })
  const marks = createSchoolMarks(engine, instance)
  const logs = createContainerLogs({ engine, watch, marks, log })
  const launcher = createDockerLauncher({
    engine,
    watch,
    secrets,
    instance,
    network,
    startTimeoutMs,
    log,
  })
  const slots = new Map<string, { code: string; slot: SchoolSlot }>()
  const listeners = new Set<(observation: Observation) => void>()
  let closing: Promise<void> | undefined
  let lookedAt = Date.now()

  const slotOf = (schoolId: string) => slots.get(schoolId)?.slot

  function slotFor({ schoolId, code }: LogQuery, found: readonly Found[] = []): SchoolSlot {
    if (closing) throw new Error('The runtime is closing; nothing is started any more')
    const known = slotOf(schoolId)
    if (known) return known
    const slot = createSchoolSlot({
      schoolId,
      code,
      release: release.id,
      launcher,
      timings: {
        stopGraceMs: options.stopGraceMs ?? 10_000,
        backOffMs: options.backOffMs ?? 250,
        maxBackOffMs: options.maxBackOffMs ?? 30_000,
        steadyMs: options.steadyMs ?? 60_000,
      },
      log: log.child({ school: code }),
      changed: (observation) => listeners.forEach((listener) => listener(observation)),
      found,
      recordedGeneration: options.recordedGenerations?.get(schoolId) ?? null,
    })
    slots.set(schoolId, { code, slot })
    return slot
  }

  async function adoptAll() {
    const running = await marks.findRunning()
    const founds = running.map((facts) => launcher.adopt(facts))
    for (const [, found] of Map.groupBy(founds, ({ spec }) => spec.schoolId))
      if (found[0]) slotFor(found[0].spec, found)
    // Whoever asks next is told what is so, and not that it is being found out.
    await Promise.all([...slots.values()].map(({ slot }) => slot.adopted))
    if (slots.size > 0) log.info({ schools: slots.size }, 'schools that run already were adopted')
  }

  async function destroy({ schoolId }: LogQuery) {
    await slotOf(schoolId)?.end()
    slots.delete(schoolId)
    const removed = await marks.removeAllOf(schoolId)
    for (const { name } of removed) secrets.forget(name)
    return removed
  }

  async function refresh() {
    if (Date.now() - lookedAt < FRESH_MS) return
    lookedAt = Date.now()
    await launcher.lookAtAll().catch((error: unknown) => {
      log.warn({ err: error }, 'the Docker Engine cannot be asked what runs')
    })
  }

  async function closeAll() {
    for (const { slot } of slots.values()) slot.leave()
    launcher.close()
    logs.close()
    await watch.close()
  }

  try {
    await adoptAll()
  } catch (error) {
    await closeAll()
    throw error
  }
  return {
    release: release.id,
    pinsReleases: true,
    fetchRelease: (name) => images.fetch(name),
    ...throughSlots({ slotOf, slotFor }),
    belongings: ({ schoolId }) => marks.belongingsOf(schoolId),
    destroy,

    async sweep(known) {
      const foreign = await marks.schoolsBesides(known)
      const removed = await Promise.all(
        [...foreign].map(([schoolId, code]) => destroy({ schoolId, code })),
      )
      return [...removed.flat(), ...(await marks.removeHelpers(secrets.isAtWork))]
    },

    async observeAll() {
      await refresh()
      return [...slots.values()].map(({ slot }) => slot.observe())
    },

    logs: ({ schoolId }, lines) => logs.read(schoolId, lines),
    followLogs: ({ schoolId }, onLine) => logs.follow(schoolId, onLine),

    onChange(listener) {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },

    close: () => (closing ??= closeAll()),
  }
}
