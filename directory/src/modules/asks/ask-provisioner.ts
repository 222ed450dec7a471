import { randomUUID } from 'node:crypto'
import { type AppError, notFound, unavailable } from '@usms/service-kit/errors/app-error'
import type { Logger } from 'pino'
import { createNoticeChannel } from '#src/platform/notice-channel.ts'
import {
  type Answer,
  ANSWER_CHANNEL,
  type Ask,
  ASK_CHANNEL,
  createAssembler,
  MAX_LINES,
  readPart,
} from './ask-messages.ts'

/** What only the provisioner can see, asked through the database that both of them share. Nothing asked or answered is stored. */
export interface ProvisionerAsks {
  /** Resolves when the first attempt to connect has ended; it goes on trying. */
  start(): Promise<void>
  /** The newest lines of a school's log, oldest first. @throws AppError 404, 503 `provisioner_unavailable` */
  recentLogs(schoolId: string, lines: number): Promise<string[]>
  /** In bytes; null while it has none. @throws AppError 404, 503 `provisioner_unavailable` */
  databaseSize(schoolId: string, timeoutMs: number): Promise<number | null>
  /**
   * The newest lines and then every one that is written, until it is ended.
   * @param onLines called with the first lines, if only with none, before this resolves
   * @param onEnd called when there will be no more, unless it was ended from here
   * @throws AppError 404, 503 `provisioner_unavailable`
   */
  followLogs(
    schoolId: string,
    lines: number,
    onLines: (batch: LogBatch) => void,
    onEnd: () => void,
  ): Promise<{ end(): void }>
  close(): Promise<void>
}

export interface LogBatch {
  lines: string[]
  /** How many before these were left out; null: some, nobody knows how many. */
  leftOut: number | null
}

interface AskDeps {
  databaseUrl: string
  log: Logger
  timeoutMs?: number | undefined
  /** How long the provisioner follows a log without being asked again (seconds). */
  followSeconds?: number
}

interface Open {
  take(answer: Answer, missed: boolean): void
  fail(error: AppError): void
  /** The connection is there again. */
  reconnected(): void
  assembler: ReturnType<typeof createAssembler>
}

/** More that wait at once are a flood. */
const MAX_OPEN = 500
const RETRY_AFTER_SECONDS = 2

export function createProvisionerAsks({
  databaseUrl,
  log,
  timeoutMs = 5_000,
  followSeconds = 30,
}: AskDeps): ProvisionerAsks {
  const open = new Map<string, Open>()

  const channel = createNoticeChannel({
    databaseUrl,
    applicationName: 'directory-asks',
    channel: ANSWER_CHANNEL,
    log,
    onNotice(payload) {
      const part = readPart(payload)
      const asker = part && open.get(part.askId)
      const whole = part && asker?.assembler.take(part)
      if (whole) asker?.take(whole.answer, whole.missed)
    },
    onConnected: () => open.forEach((asker) => asker.reconnected()),
    onLost: () => open.forEach((asker) => asker.fail(provisionerUnavailable())),
  })

  const send = (message: Ask) => channel.notify(ASK_CHANNEL, [JSON.stringify(message)])

  /** Registers an asker and resolves with the first answer; until it is forgotten `each` gets every one, the first too. */
  function firstAnswer(
    message: Ask,
    firstTimeoutMs: number,
    each: (answer: Answer, missed: boolean) => void = () => {},
    reconnected: () => void = () => {},
  ): Promise<Answer> {
    if (open.size >= MAX_OPEN) throw provisionerUnavailable()
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    const timer = setTimeout(() => reject(provisionerUnavailable()), firstTimeoutMs)
    open.set(message.id, {
      assembler: createAssembler(),
      take(answer, missed) {
        // Not left to the one who waits: the next may come before he is told of the first.
        each(answer, missed)
        resolve(answer)
      },
      // Does nothing to one who has an answer already.
      fail: reject,
      reconnected,
    })
    send(message).catch(() => reject(provisionerUnavailable()))
    return promise.finally(() => clearTimeout(timer))
  }

  async function ask<Kind extends Answer['kind']>(
    message: Ask,
    kind: Kind,
    answerTimeoutMs: number,
  ): Promise<Extract<Answer, { kind: Kind }>> {
    try {
      return expectKind(await firstAnswer(message, answerTimeoutMs), kind)
    } finally {
      open.delete(message.id)
    }
  }

  return {
    start: channel.start,

    async recentLogs(schoolId, lines) {
      const message = { kind: 'logs', id: randomUUID(), schoolId, lines } as const
      return (await ask(message, 'lines', timeoutMs)).lines
    },

    async databaseSize(schoolId, answerTimeoutMs) {
      const message = { kind: 'database-size', id: randomUUID(), schoolId } as const
      return (await ask(message, 'database-size', answerTimeoutMs)).bytes
    },

    async followLogs(schoolId, lines, onLines, onEnd) {
      const id = randomUUID()
      const wanted = Math.min(lines, MAX_LINES)
      const ask = { kind: 'logs', id, schoolId, lines: wanted, followSeconds } as const
      // Not the last lines again: a provisioner that knows nothing of it begins with what is written from now on.
      const prolong = () => void send({ ...ask, lines: 0 }).catch(() => {})
      const timer = setInterval(prolong, (followSeconds * 1_000) / 3)
      const forget = () => {
        clearInterval(timer)
        open.delete(id)
      }
      try {
        const first = await firstAnswer(
          ask,
          timeoutMs,
          (answer, missed) => {
            if (answer.kind === 'lines')
              return onLines({ lines: answer.lines, leftOut: missed ? null : answer.leftOut })
            forget()
            onEnd()
          },
          prolong,
        )
        expectKind(first, 'lines')
      } catch (error) {
        forget()
        void send({ kind: 'enough', id }).catch(() => {})
        throw error
      }
      return {
        end() {
          forget()
          void send({ kind: 'enough', id }).catch(() => {})
        },
      }
    },

    async close() {
      await channel.close()
      open.forEach((asker) => asker.fail(provisionerUnavailable()))
    },
  }
}

function expectKind<Kind extends Answer['kind']>(
  answer: Answer,
  kind: Kind,
): Extract<Answer, { kind: Kind }> {
  if (answer.kind === 'refused' && answer.reason === 'not_found') throw notFound('school')
  if (answer.kind !== kind) throw provisionerUnavailable()
  return answer as Extract<Answer, { kind: Kind }>
}

const provisionerUnavailable = () =>
  unavailable(
    'provisioner_unavailable',
    'The provisioner does not answer; what only it can see cannot be shown now',
    RETRY_AFTER_SECONDS,
  )
