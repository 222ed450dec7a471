import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Logger } from 'pino'
import { fingerprintOf } from '../fingerprint.ts'
import type { Found, Launcher } from '../launcher.ts'
import { SchoolStartError, type SchoolSpec } from '../school-runtime.ts'
import type { ContainerWatch } from './container-watch.ts'
import { createDockerInstance, type DockerInstance } from './docker-instance.ts'
import { isFault } from './engine-error.ts'
import type { ContainerFacts, Engine } from './engine-types.ts'
import {
  LABEL,
  type ContainerPlace,
  containerNameOf,
  schoolContainerOf,
  secretVolumeNameOf,
} from './school-container.ts'
import type { SecretVolumes } from './secret-volume.ts'
import { createStartGate } from './start-gate.ts'

export interface DockerLauncher extends Launcher {
  /** Takes over a container that runs already. */
  adopt(facts: ContainerFacts): Found
  /** Asks the engine whether all that is known to run still does. @throws EngineError */
  lookAtAll(): Promise<void>
  close(): void
}

interface LauncherOptions extends ContainerPlace {
  engine: Engine
  watch: ContainerWatch
  secrets: SecretVolumes
  startTimeoutMs: number
  log: Logger
}

/** A start waits for the engine half of its time. */
const STARTS_PER_PROCESSOR = 2
const LONGEST_IN_GATE_MS = 5_000

export function createDockerLauncher(options: LauncherOptions): DockerLauncher {
  const { engine, secrets, network, startTimeoutMs, log } = options
  const place = { instance: options.instance, network }
  const gate = createStartGate({
    atOnce: availableParallelism() * STARTS_PER_PROCESSOR,
    atMostMs: LONGEST_IN_GATE_MS,
  })
  /** What runs, by the container's id. */
  const live = new Map<string, DockerInstance>()
  /** Containers that are being started, by name. */
  const launching = new Set<string>()
  let isClosed = false

  const lookAt = (instance: DockerInstance) =>
    instance.look().catch((error: unknown) => {
      log.warn(
        { err: error },
        'a container cannot be looked at; it is when the engine answers again',
      )
    })

  const endings = [
    options.watch.onEvent(({ action, id }) => {
      const instance = live.get(id)
      if (instance && action !== 'start') void lookAt(instance)
    }),
    options.watch.onReturn(() => void Promise.all([...live.values()].map(lookAt))),
  ]

  function follow(facts: ContainerFacts): DockerInstance {
    const instance = createDockerInstance({
      engine,
      network,
      startTimeoutMs,
      facts,
      onEnd: (ended) => {
        if (live.get(facts.id) === ended) live.delete(facts.id)
      },
    })
    live.set(facts.id, instance)
    // It may have ended since the engine spoke of it, before anybody here listened.
    if (facts.running) void lookAt(instance)
    return instance
  }

  async function launch(spec: SchoolSpec): Promise<DockerInstance> {
    const name = containerNameOf(place.instance, spec)
    const volume = secretVolumeNameOf(place.instance, spec)
    launching.add(name)
    try {
      const instance = await start(async () => {
        const [id] = await Promise.all([containerOf(spec, name), secrets.fill(spec)])
        return id
      })
      instance.ready.then(
        () => tidyUp(spec, instance.containerId),
        // Without its secrets nothing starts: whatever became of them, next time they are written anew.
        () => secrets.forget(volume),
      )
      return instance
    } catch (error) {
      secrets.forget(volume)
      throw toStartError(error)
    } finally {
      launching.delete(name)
    }
  }

  async function start(prepare: () => Promise<string>): Promise<DockerInstance> {
    const leave = await gate.enter()
    try {
      if (isClosed) throw new SchoolStartError('The runtime is closing; it starts nothing')
      const id = await prepare()
      await engine.startContainer(id)
      const instance = follow(await engine.inspectContainer(id))
      instance.ready.then(leave, leave)
      return instance
    } catch (error) {
      leave()
      throw error
    }
  }

  /** @returns the id of a container that is as this spec says, made or found */
  async function containerOf(spec: SchoolSpec, name: string): Promise<string> {
    const options = schoolContainerOf(place, spec)
    try {
      return await engine.createContainer(options)
    } catch (error) {
      if (!isFault(error, 'conflict')) throw error
    }
    const known = await engine.listContainers({
      [LABEL.instance]: place.instance,
      [LABEL.school]: spec.schoolId,
      [LABEL.generation]: String(spec.generation),
    })
    const same = known.find(({ labels }) => labels[LABEL.fingerprint] === fingerprintOf(spec))
    if (same) return same.id
    const namesake = known.find((each) => each.name === name)
    if (namesake) {
      await engine.removeContainer(namesake.id)
      return engine.createContainer(options)
    }
    log.warn({ name, school: spec.code }, 'the name is taken by somebody else; it gets another one')
    const other = `${name}-${randomBytes(2).toString('hex')}`
    return engine.createContainer({ ...options, name: other })
  }

  /** What is left of this school from before. It is found again when it cannot be removed now. */
  async function tidyUp(spec: SchoolSpec, runningId: string) {
    try {
      const marks = { [LABEL.instance]: place.instance, [LABEL.school]: spec.schoolId }
      const containers = await engine.listContainers(marks)
      const left = containers.filter(
        ({ id, name, state }) =>
          id !== runningId && state !== 'running' && !live.has(id) && !launching.has(name),
      )
      await Promise.all(left.map(({ id }) => engine.removeContainer(id)))
      const volumes = await engine.listVolumes(marks)
      const current = secretVolumeNameOf(place.instance, spec)
      for (const { name } of volumes) if (name !== current) await removeUnused(name)
    } catch (error) {
      log.warn({ err: error, school: spec.code }, 'what is left from before was not removed')
    }
  }

  async function removeUnused(volume: string) {
    try {
      await engine.removeVolume(volume)
      secrets.forget(volume)
    } catch (error) {
      // What ran before still runs beside it.
      if (!isFault(error, 'conflict')) throw error
    }
  }

  return {
    launch,

    adopt(facts) {
      const { labels, id } = facts
      return {
        spec: { schoolId: labels[LABEL.school] ?? '', code: labels[LABEL.code] ?? '' },
        fingerprint: labels[LABEL.fingerprint] ?? '',
        instance: follow(facts),
        async again() {
          try {
            return await start(async () => id)
          } catch (error) {
            throw toStartError(error)
          }
        },
      }
    },

    async lookAtAll() {
      const listed = await engine.listContainers({ [LABEL.instance]: place.instance })
      const running = new Set(listed.filter(({ state }) => state === 'running').map(({ id }) => id))
      const doubtful = [...live.values()].filter(({ containerId }) => !running.has(containerId))
      await Promise.all(doubtful.map((instance) => instance.look()))
    },

    close() {
      isClosed = true
      endings.forEach((end) => end())
    },
  }
}

const toStartError = (error: unknown) =>
  error instanceof SchoolStartError
    ? error
    : new SchoolStartError((error as Error).message, { cause: error })
