import { z } from 'zod'
import { MAX_NOTICE_BYTES } from '#src/platform/notice-channel.ts'

/** What directory and provisioner say to each other over NOTIFY: see docs/architecture.md. */
export const ASK_CHANNEL = 'provisioner_ask'
export const ANSWER_CHANNEL = 'provisioner_answer'

export const MAX_LINES = 1_000
/** Longer lines are cut. */
const MAX_LINE_CHARS = 16_384
/** Of all lines of one answer; beyond it the older ones are left out. */
const MAX_ANSWER_CHARS = 500_000

const id = z.guid()
export const askMessage = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('logs'),
    id,
    schoolId: z.guid(),
    /** How many of the last lines; with `followSeconds` those before the first one followed. */
    lines: z.int().min(0).max(MAX_LINES),
    /** And every line from now on, for so long. The same question again, with the same id, prolongs it. */
    followSeconds: z.int().min(1).max(120).optional(),
  }),
  z.strictObject({ kind: z.literal('database-size'), id, schoolId: z.guid() }),
  /** No more lines, please. */
  z.strictObject({ kind: z.literal('enough'), id }),
])
export type Ask = z.output<typeof askMessage>

const answerMessage = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('lines'),
    lines: z.array(z.string()),
    /** How many came before these and were too many. */
    leftOut: z.int().min(0),
  }),
  z.object({ kind: z.literal('database-size'), bytes: z.int().min(0).nullable() }),
  z.object({
    kind: z.literal('refused'),
    reason: z.enum(['not_found', 'busy', 'failed']),
  }),
])
export type Answer = z.output<typeof answerMessage>
export type Lines = Extract<Answer, { kind: 'lines' }>

/** The newest of these lines that one answer carries. */
export function toLines(all: readonly string[], leftOut = 0): Lines {
  const lines: string[] = []
  let chars = 0
  for (const line of all.toReversed()) {
    const cut = cutLine(line)
    chars += cut.length
    if (chars > MAX_ANSWER_CHARS) break
    lines.push(cut)
  }
  return {
    kind: 'lines',
    lines: lines.reverse(),
    leftOut: leftOut + all.length - lines.length,
  }
}

export const cutLine = (line: string): string =>
  line.length <= MAX_LINE_CHARS
    ? line
    : `${line.slice(0, MAX_LINE_CHARS)}… (${line.length - MAX_LINE_CHARS} more characters)`

/** Room for ids and numbers in front. */
const PART_CHARS = MAX_NOTICE_BYTES - 100

/**
 * One answer as payloads that NOTIFY takes: `<id of the ask> <number of the answer> <part>/<parts> <text>`. The text is JSON in ASCII
 * alone, so that it may be cut anywhere, has as many bytes as characters, and holds no NUL.
 */
export function toParts(askId: string, serial: number, answer: Answer): string[] {
  const text = JSON.stringify(answer).replace(
    /[\u007f-\uffff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
  const count = Math.ceil(text.length / PART_CHARS)
  return Array.from(
    { length: count },
    (_, i) =>
      `${askId} ${serial} ${i}/${count} ${text.slice(i * PART_CHARS, (i + 1) * PART_CHARS)}`,
  )
}

const PART = /^([0-9a-f-]{36}) (\d{1,9}) (\d{1,4})\/(\d{1,4}) (.*)$/s

export interface Part {
  askId: string
  serial: number
  index: number
  count: number
  text: string
}

/** @returns undefined for what was not made by `toParts`: anybody who may connect may notify */
export function readPart(payload: string): Part | undefined {
  const [, askId, serial, index, count, text] = PART.exec(payload) ?? []
  if (askId === undefined || text === undefined) return undefined
  return { askId, serial: Number(serial), index: Number(index), count: Number(count), text }
}

export interface Assembler {
  /**
   * @returns the answer, once its last part is there. `missed`: others before it got lost, or it comes from somebody who began
   * anew
   */
  take(part: Part): { answer: Answer; missed: boolean } | undefined
}

/** Puts the parts of one ask's answers together. Those of an answer that lost some are thrown away. */
export function createAssembler(): Assembler {
  let texts: string[] = []
  let serial = -1
  let next = 0
  return {
    take(part) {
      if (part.index === 0) {
        texts = []
        serial = part.serial
      } else if (part.serial !== serial || part.index !== texts.length) {
        serial = -1
        return undefined
      }
      texts.push(part.text)
      if (texts.length < part.count) return undefined
      const answer = parseAnswer(texts.join(''))
      if (!answer) return undefined
      const missed = part.serial !== next
      next = part.serial + 1
      return { answer, missed }
    },
  }
}

function parseAnswer(text: string): Answer | undefined {
  try {
    return answerMessage.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}
