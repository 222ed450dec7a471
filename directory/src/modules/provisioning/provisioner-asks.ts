import type { Logger } from 'pino'
import {
  type Answer,
  ANSWER_CHANNEL,
  type Ask,
  ASK_CHANNEL,
  askMessage,
  toLines,
  toParts,
} from '#src/modules/asks/ask-messages.ts'
import { createNoticeChannel } from '#src/platform/notice-channel.ts'
import type { LogQuery } from '#src/runtime/school-runtime.ts'
import { createLogFollow, type LogFollow } from './provisioner-asks-follow.ts'

/** Answers what the directory asks: what only the provisioner can see. */
export interface AnsweredAsks {
  /** Resolves when the first attempt to connect has ended; it goes on trying. */
  start(): Promise<void>
  close(): Promise<void>
}

export interface AnswerDeps {
  databaseUrl: string
  log: Logger
  /** undefined: there is no such school */
  findCode(schoolId: string): Promise<string | undefined>
  logs(school: LogQuery, lines: number): Promise<string[]>
  followLogs(school: LogQuery, onLine: (line: string) => void): () => void
  /** In bytes; null where there is none. */
  databaseSize(code: string): Promise<number | null>
  /** Logs followed at once, by everybody. */
  maxFollows?: number
}

const REFUSED = { kind: 'refused', reason: 'failed' } as const satisfies Answer

export function answerAsks({
  databaseUrl,
  log,
  findCode,
  logs,
  followLogs,
  databaseSize,
  maxFollows = 100,
}: AnswerDeps): AnsweredAsks {
  const follows = new Map<string, LogFollow>()

  const channel = createNoticeChannel({
    databaseUrl,
    applicationName: 'provisioner-asks',
    channel: ASK_CHANNEL,
    log,
    onNotice(payload) {
      const ask = readAsk(payload)
      if (ask) void answer(ask)
    },
  })

  const sayAs = (askId: string, serial: number, said: Answer) =>
    channel.notify(ANSWER_CHANNEL, toParts(askId, serial, said))

  async function answer(ask: Ask): Promise<void> {
    try {
      if (ask.kind === 'enough') return follows.get(ask.id)?.end()
      const { id, schoolId } = ask
      const followed = follows.get(id)
      if (followed && ask.kind === 'logs') return followed.prolong(ask.followSeconds ?? 0)
      const said = await tryToSay(ask).catch((error: unknown) => {
        log.warn({ err: error, schoolId, kind: ask.kind }, 'a question could not be answered')
        return REFUSED
      })
      if (said) await sayAs(id, 0, said)
    } catch (error) {
      // Whoever asked waits no longer than he would for one who is not there.
      log.warn({ err: error }, 'an answer could not be sent')
    }
  }

  /** @returns undefined when it says what there is to say by itself */
  async function tryToSay(ask: Exclude<Ask, { kind: 'enough' }>): Promise<Answer | undefined> {
    const code = await findCode(ask.schoolId)
    if (code === undefined) return { ...REFUSED, reason: 'not_found' }
    if (ask.kind === 'database-size')
      return { kind: 'database-size', bytes: await databaseSize(code) }
    const school = { schoolId: ask.schoolId, code }
    if (ask.followSeconds === undefined) return toLines(await logs(school, ask.lines))
    // Asked twice before the school was found.
    if (follows.has(ask.id)) return undefined
    if (follows.size >= maxFollows) return { ...REFUSED, reason: 'busy' }
    const follow = createLogFollow({
      recent: async () => (ask.lines === 0 ? [] : logs(school, ask.lines)),
      follow: (onLine) => followLogs(school, onLine),
      say: (serial, said) => sayAs(ask.id, serial, said),
      log,
      onEnd: () => follows.delete(ask.id),
    })
    follows.set(ask.id, follow)
    follow.prolong(ask.followSeconds)
    return undefined
  }

  return {
    start: channel.start,
    async close() {
      follows.forEach((follow) => follow.end())
      await channel.close()
    },
  }
}

function readAsk(payload: string): Ask | undefined {
  try {
    return askMessage.safeParse(JSON.parse(payload)).data
  } catch {
    return undefined
  }
}
