import { Agent } from 'node:http'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import Docker from 'dockerode'
import { EngineError, isFault, toEngineError, unreachable } from './engine-error.ts'
import { createDemuxer, createLineCutter } from './engine-output.ts'
import type { ContainerFacts, Engine, Labels, LogOptions } from './engine-types.ts'

export interface EngineOptions {
  socketPath: string
  /** Milliseconds after which a question counts as not answered; what takes long by its nature gets its own time besides. */
  answerTimeoutMs?: number
}

/** Characters that a program may say when it is run in a container. */
const MOST_OUTPUT = 64 * 1024

/** The only file that knows the client library. */
export function createEngine({ socketPath, answerTimeoutMs = 60_000 }: EngineOptions): Engine {
  // Not kept alive: after a restart of the engine the first question would meet a dead connection.
  const connection = { socketPath, agent: new Agent({ keepAlive: false }) }
  const docker = new Docker(connection)

  /** The library waits for ever when an answer is cut off in its middle. */
  async function ask<T>(question: () => Promise<T>, moreMs = 0): Promise<T> {
    const timeoutMs = answerTimeoutMs + moreMs
    const silence = Promise.withResolvers<never>()
    const timer = setTimeout(() => {
      const message = `The Docker Engine at ${socketPath} did not answer within ${timeoutMs / 1000} s`
      silence.reject(unreachable(message))
    }, timeoutMs)
    try {
      return await Promise.race([question(), silence.promise])
    } catch (error) {
      throw error instanceof EngineError ? error : await toEngineError(error, socketPath)
    } finally {
      clearTimeout(timer)
    }
  }

  /** Like `ask`, for what may be gone already. @returns whether it was there */
  async function askAway(question: () => Promise<unknown>, moreMs = 0): Promise<boolean> {
    try {
      await ask(question, moreMs)
      return true
    } catch (error) {
      if (isFault(error, 'missing')) return false
      throw error
    }
  }

  async function inspectContainer(id: string): Promise<ContainerFacts> {
    const { Id, Name, Config, State, NetworkSettings } = await ask(() =>
      docker.getContainer(id).inspect(),
    )
    return {
      id: Id,
      name: Name.slice(1),
      labels: Config.Labels,
      state: State.Status,
      running: State.Running,
      startedAt: State.StartedAt,
      exitCode: State.ExitCode,
      outOfMemory: State.OOMKilled,
      error: State.Error,
      health: State.Health?.Status,
      addresses: Object.fromEntries(
        Object.entries(NetworkSettings.Networks).map(([name, { IPAddress }]) => [name, IPAddress]),
      ),
    }
  }

  async function goneSoon(id: string) {
    for (const deadline = Date.now() + answerTimeoutMs; Date.now() < deadline; await sleep(50)) {
      const isThere = await askAway(() => docker.getContainer(id).inspect())
      if (!isThere) return
    }
    throw new EngineError('conflict', `Container ${id} is being removed, and does not go`)
  }

  return {
    async inspectImage(reference) {
      const { Id, Config, RepoTags, RepoDigests } = await ask(() =>
        docker.getImage(reference).inspect(),
      )
      return {
        id: Id,
        labels: Config.Labels ?? {},
        tags: RepoTags ?? [],
        digests: RepoDigests ?? [],
      }
    },

    async pullImage(reference) {
      const progress = await ask(() => docker.pull(reference))
      await new Promise<void>((resolve, reject) => {
        docker.modem.followProgress(progress, (error) => (error ? reject(error) : resolve()))
      }).catch((error: unknown) => {
        throw new EngineError('refused', (error as Error).message, { cause: error })
      })
    },

    async tagImage(reference, repo, tag) {
      await ask(() => docker.getImage(reference).tag({ repo, tag }))
    },

    async readDigest(reference) {
      const found = (await ask(() => docker.getImage(reference).distribution())) as {
        Descriptor: { digest: string }
      }
      return found.Descriptor.digest
    },

    async listContainers(labels) {
      const filters = { label: labelFilter(labels) }
      const listed = await ask(() => docker.listContainers({ all: true, filters }))
      return listed.map(({ Id, Names, Labels, State }) => ({
        id: Id,
        name: (Names[0] ?? '').slice(1),
        labels: Labels,
        state: State,
      }))
    },

    inspectContainer,
    createContainer: async (options) => (await ask(() => docker.createContainer(options))).id,
    startContainer: async (id) =>
      void (await unlessDone(() => ask(() => docker.getContainer(id).start()))),

    async stopContainer(id, graceMs) {
      const t = Math.ceil(graceMs / 1000)
      await unlessDone(() => askAway(() => docker.getContainer(id).stop({ t }), graceMs))
    },

    async removeContainer(id) {
      try {
        return await askAway(() => docker.getContainer(id).remove({ force: true, v: true }))
      } catch (error) {
        if (!isFault(error, 'conflict')) throw error
        // Somebody else is at it: it is removed when it is gone.
        await goneSoon(id)
        return true
      }
    },

    async putArchive(id, path, archive) {
      await ask(() => docker.getContainer(id).putArchive(archive, { path }))
    },

    async readLogs(id, options) {
      const answer = await ask(() =>
        docker.getContainer(id).logs({ ...logQuery(options), follow: false }),
      )
      const lines: string[] = []
      const cut = createLineCutter((line) => lines.push(line))
      createDemuxer(cut)(answer)
      cut('\n')
      return lines
    },

    followLogs(id, options, onLine) {
      const stop = new AbortController()
      const read = async () => {
        const stream = await ask(() =>
          docker
            .getContainer(id)
            .logs({ ...logQuery(options), follow: true, abortSignal: stop.signal }),
        )
        await drain(stream as Readable, createDemuxer(createLineCutter(onLine)))
      }
      // Cut off with the engine or closed by us: either way there is no more of it.
      return { over: read().catch(() => {}), close: () => stop.abort() }
    },

    async exec(id, command, signal) {
      const made = await ask(() =>
        docker.getContainer(id).exec({ Cmd: command, AttachStdout: true, AttachStderr: true }),
      )
      const stream = await ask(() => made.start({ Detach: false, Tty: false }))
      let output = ''
      const onAbort = () => stream.destroy(new Error('it took too long'))
      signal.addEventListener('abort', onAbort)
      if (signal.aborted) onAbort()
      try {
        await drain(
          stream,
          createDemuxer((text) => {
            output += text
            // Whoever has taken over a container writes into what is run there.
            if (output.length > MOST_OUTPUT) stream.destroy(new Error('it says too much'))
          }),
        )
      } catch (error) {
        // Cut off by us, and not because nobody answers.
        if (signal.aborted) throw new EngineError('refused', 'it took too long', { cause: error })
        if (output.length > MOST_OUTPUT)
          throw new EngineError('refused', 'it says too much', { cause: error })
        throw await toEngineError(error, socketPath)
      } finally {
        signal.removeEventListener('abort', onAbort)
      }
      const { ExitCode } = await ask(() => made.inspect())
      return { exitCode: ExitCode ?? -1, output: output.trim() }
    },

    async openEvents(labels, since, onEvent) {
      const stream = (await ask(() =>
        docker.getEvents({
          since: Math.floor(since.getTime() / 1000),
          filters: {
            type: ['container'],
            event: ['start', 'die', 'destroy'],
            label: labelFilter(labels),
          },
        }),
      )) as Readable
      const cut = createLineCutter((line) => {
        const { Action, Actor } = JSON.parse(line) as {
          Action: string
          Actor: { ID: string; Attributes: Labels }
        }
        onEvent({ action: Action, id: Actor.ID, labels: Actor.Attributes })
      })
      const over = drain(stream, (chunk) => cut(chunk.toString('utf8'))).catch(() => {})
      return { over, close: () => void stream.destroy() }
    },

    async listVolumes(labels) {
      const { Volumes } = await ask(() =>
        docker.listVolumes({ filters: { label: labelFilter(labels) } }),
      )
      return (Volumes ?? []).map(({ Name, Labels }) => ({ name: Name, labels: Labels ?? {} }))
    },

    removeVolume: (name) => askAway(() => docker.getVolume(name).remove()),

    async inspectNetwork(name) {
      const { Internal } = (await ask(() => docker.getNetwork(name).inspect())) as {
        Internal: boolean
      }
      return { internal: Internal }
    },
  }
}

const labelFilter = (labels: Labels) =>
  Object.entries(labels).map(([key, value]) => `${key}=${value}`)

const logQuery = ({ lines, since, withTimes = false }: LogOptions) => ({
  stdout: true as const,
  stderr: true as const,
  timestamps: withTimes,
  ...(lines !== undefined && { tail: lines }),
  ...(since && { since: (since.getTime() / 1000).toFixed(3) }),
})

/** Starting what runs and stopping what is stopped is answered by 304, which the library takes for an error. */
async function unlessDone(question: () => Promise<unknown>) {
  try {
    await question()
  } catch (error) {
    const { statusCode } = ((error as Error).cause ?? {}) as { statusCode?: number }
    if (statusCode !== 304) throw error
  }
}

async function drain(stream: NodeJS.ReadableStream, onChunk: (chunk: Buffer) => void) {
  stream.on('data', onChunk)
  await finished(stream, { writable: false })
}
