import type { Endpoint, Instance } from '../launcher.ts'
import { LAST_WORDS_FROM_LINES, lastWords } from '../last-words.ts'
import { SchoolStartError } from '../school-runtime.ts'
import { isFault } from './engine-error.ts'
import type { ContainerFacts, Engine } from './engine-types.ts'
import { LABEL, PUBLIC_PORT } from './school-container.ts'

/** One run of a school's container. */
export interface DockerInstance extends Instance {
  containerId: string
  /** Asks the engine whether this run goes on. @throws EngineError when the engine does not say */
  look(): Promise<void>
}

export interface InstanceOptions {
  engine: Engine
  network: string
  startTimeoutMs: number
  /** What the engine says of it now that it was started. */
  facts: ContainerFacts
  /** Called once, when it is gone. */
  onEnd: (instance: DockerInstance) => void
}

const PROBE = ['node', '/app/probe.mjs']
/** How much longer than told to the probe itself may take (milliseconds). */
const PROBE_SLACK_MS = 5_000

export function createDockerInstance(options: InstanceOptions): DockerInstance {
  const { engine, facts, startTimeoutMs } = options
  const { id } = facts
  const ended = Promise.withResolvers<string>()
  let isOver = false

  async function look(): Promise<void> {
    if (isOver) return
    const now = await engine.inspectContainer(id).catch((error: unknown) => {
      if (isFault(error, 'missing')) return undefined
      throw error
    })
    // The address and the process are those of one run.
    if (now?.running && now.startedAt === facts.startedAt) return
    await end(now)
  }

  async function end(now: ContainerFacts | undefined) {
    if (isOver) return
    isOver = true
    const how = await describeEnd(now)
    options.onEnd(instance)
    ended.resolve(how)
  }

  async function describeEnd(now: ContainerFacts | undefined): Promise<string> {
    if (!now) return 'Its container was removed'
    if (now.running) return 'Its container was started anew by somebody else'
    const how = howItEnded(now)
    const words = await readLastWords()
    return words === '' ? `It ${how}` : `It ${how}; its last words:\n${words}`
  }

  async function readLastWords(): Promise<string> {
    const since = new Date(facts.startedAt)
    return engine.readLogs(id, { lines: LAST_WORDS_FROM_LINES, since }).then(
      lastWords,
      // Its end is known without them.
      () => '',
    )
  }

  async function becomeReady(): Promise<Endpoint> {
    if (!facts.running) {
      await end(facts)
      throw new SchoolStartError(await ended.promise)
    }
    // What the engine has watched for longer than a start takes was up before; whether it is well now is for `check` to say.
    if (facts.health === undefined || facts.health === 'starting') await waitForProbe()
    const address = facts.addresses[options.network]
    if (!address)
      throw new SchoolStartError(`It is not on the network ${options.network}, where schools live`)
    return {
      address: `${address}:${PUBLIC_PORT}`,
      internalAddress: null,
      port: null,
      startedAt: new Date(facts.startedAt),
    }
  }

  async function waitForProbe() {
    const signal = AbortSignal.timeout(startTimeoutMs + PROBE_SLACK_MS)
    const probed = engine
      .exec(id, [...PROBE, '--wait', String(startTimeoutMs)], signal)
      .catch((error: unknown) => ({ exitCode: -1, output: (error as Error).message, error }))
    const outcome = await Promise.race([probed, ended.promise])
    if (typeof outcome === 'string') throw new SchoolStartError(outcome)
    if (outcome.exitCode === 0) return
    // With the container its probe ends as well, and is often heard of first.
    await look().catch(() => {})
    if (isOver) throw new SchoolStartError(await ended.promise)
    if ('error' in outcome && isFault(outcome.error, 'unreachable'))
      throw new SchoolStartError('The Docker Engine went away while it was starting', {
        cause: outcome.error,
      })
    const words = await readLastWords()
    const why = `It was not ready within ${startTimeoutMs / 1000} s (${outcome.output || `its probe ended with code ${outcome.exitCode}`})`
    throw new SchoolStartError(words === '' ? why : `${why}; its last words:\n${words}`)
  }

  const ready = becomeReady()
  // Who has no use for it need not listen.
  ready.catch(() => {})

  const instance: DockerInstance = {
    containerId: id,
    generation: Number(facts.labels[LABEL.generation]),
    release: facts.labels[LABEL.release] ?? '',
    ready,
    ended: ended.promise,
    look,

    async stop(graceMs) {
      if (isOver) return
      await engine.stopContainer(id, graceMs)
      await look()
      await ended.promise
    },

    async check(signal) {
      const { exitCode, output } = await engine.exec(id, PROBE, signal)
      if (exitCode === 0) return undefined
      return output === '' ? `its probe ended with code ${exitCode}` : output
    },

    remove: async () => void (await engine.removeContainer(id)),
  }
  return instance
}

function howItEnded({ exitCode, outOfMemory, error }: ContainerFacts): string {
  if (outOfMemory) return 'ran out of the memory that its plan gives it'
  if (error !== '') return `could not be started: ${error}`
  if (exitCode === 137) return 'ended by SIGKILL'
  if (exitCode === 143) return 'ended by SIGTERM'
  return `ended with code ${exitCode}`
}
