import type { RegisterAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import type { Change, Draft, MarkValue, SentMark } from './drafts.ts'

export type Pupil = RegisterAnswer['roster'][number]
export type Code = RegisterAnswer['codes'][number]

/** A line of the register as it is shown. */
export interface Line {
  pupil: Pupil
  value: MarkValue
  /** Why the reader cannot change it. */
  lock: 'office' | 'too-late' | null
  /** Whether a save has to send it: it has no entry yet, or another one. */
  isChanged: boolean
  /** Whether it is otherwise than without the draft. */
  isOwn: boolean
  /** Whether an entry that is there is changed. */
  isCorrection: boolean
  /** Somebody else marked it otherwise since it was last seen here. */
  isConflict: boolean
}

interface Reader {
  id: string
  isOffice: boolean
}

/** Everybody is here unless it is said otherwise. */
const defaultMark = (codes: readonly Code[]): MarkValue => ({
  status:
    (codes.find((code) => code.countsPresent && code.isActive) ?? codes[0])?.code ?? 'PRESENT',
  minutesLate: null,
  note: null,
})

const isSame = (a: MarkValue, b: MarkValue) =>
  a.status === b.status && a.minutesLate === b.minutesLate && (a.note ?? '') === (b.note ?? '')

/** The school's register with a draft laid over it. */
export function linesOf(
  { roster, codes, correctable }: Pick<RegisterAnswer, 'roster' | 'codes' | 'correctable'>,
  draft: Draft | undefined,
  reader: Reader,
): Line[] {
  const sent = new Map(draft?.sending?.entries.map((entry) => [entry.studentUserId, entry]))
  const fallback = defaultMark(codes)
  return roster.map((pupil) => {
    const { entry, studentUserId } = pupil
    const lock = lockOf(entry, correctable, reader)
    const own = lock ? undefined : ownMark(draft?.changes[studentUserId], sent.get(studentUserId))
    const value = own ?? entry ?? fallback
    const isDifferent = entry !== null && own !== undefined && !isSame(own, entry)
    return {
      pupil,
      value: { status: value.status, minutesLate: value.minutesLate, note: value.note },
      lock,
      isChanged: entry === null || isDifferent,
      isOwn: own !== undefined && !isSame(own, entry ?? fallback),
      isCorrection: isDifferent,
      isConflict:
        isDifferent && entry.markedByUserId !== reader.id && entry.markedAt !== own.basedOn,
    }
  })
}

const ownMark = (change: Change | undefined, sent: SentMark | undefined): Change | undefined =>
  change ?? (sent && changeOf(sent))

const changeOf = ({ status, minutesLate, note, ifMarkedAt }: SentMark): Change => ({
  status,
  minutesLate: minutesLate ?? null,
  note: note ?? null,
  basedOn: ifMarkedAt ?? null,
})

function lockOf(entry: Pupil['entry'], correctable: boolean, { isOffice }: Reader): Line['lock'] {
  if (!entry || isOffice) return null
  if (entry.byOffice) return 'office'
  return correctable ? null : 'too-late'
}

/** What a save sends: who has no entry yet, and whose is changed. */
export const marksToSend = (lines: readonly Line[], draft: Draft | undefined): SentMark[] =>
  lines
    .filter((line) => line.isChanged && !line.lock)
    .map(({ pupil, value }) => ({
      studentUserId: pupil.studentUserId,
      ...value,
      ifMarkedAt: seenAt(pupil, draft),
    }))

/** The entry that was seen when the mark was made: what is there now may be newer. */
function seenAt({ studentUserId, entry }: Pupil, draft: Draft | undefined): string | null {
  const change = draft?.changes[studentUserId]
  if (change) return change.basedOn
  const sent = draft?.sending?.entries.find((mark) => mark.studentUserId === studentUserId)
  return (sent ? sent.ifMarkedAt : entry?.markedAt) ?? null
}

/** The draft with one pupil marked; without a trace of it where nothing is said that is not there already. */
export function withMark(
  draft: Draft,
  { studentUserId, entry }: Pupil,
  value: MarkValue,
  codes: readonly Code[],
): Draft {
  const changes = { ...draft.changes }
  const isUnderWay = draft.sending?.entries.some((mark) => mark.studentUserId === studentUserId)
  if (!isUnderWay && isSame(value, entry ?? defaultMark(codes))) delete changes[studentUserId]
  else
    changes[studentUserId] = {
      ...value,
      basedOn: changes[studentUserId]?.basedOn ?? entry?.markedAt ?? null,
    }
  return { ...draft, changes }
}

/** The draft after the reader has seen what somebody else marked: theirs, or still the own mark. A save that was refused is over. */
export function withChoice(
  draft: Draft,
  { pupil: { studentUserId, entry }, value }: Line,
  choice: 'mine' | 'theirs',
): Draft {
  const { sending, ...rest } = draft
  const refused = (sending?.entries ?? []).map(
    (sent) => [sent.studentUserId, changeOf(sent)] as const,
  )
  const { [studentUserId]: _, ...others } = { ...Object.fromEntries(refused), ...draft.changes }
  if (choice === 'theirs') return { ...rest, changes: others }
  const mine = { ...value, basedOn: entry?.markedAt ?? null }
  return { ...rest, changes: { ...others, [studentUserId]: mine } }
}

/** How many codes have a button; the others are in a list behind them. */
export const CODE_BUTTONS = 4

/** How many pupils have each code, in the order of the codes; those that nobody has only where they have a button: a school may have dozens. */
export function countsOf(
  lines: readonly Line[],
  codes: readonly Code[],
): { code: Code; count: number }[] {
  const counts = new Map<string, number>()
  for (const { value } of lines) counts.set(value.status, (counts.get(value.status) ?? 0) + 1)
  const buttons = codes.filter((code) => code.isActive).slice(0, CODE_BUTTONS)
  return codes
    .filter((code) => buttons.includes(code) || counts.has(code.code))
    .map((code) => ({ code, count: counts.get(code.code) ?? 0 }))
}

interface Savable {
  session: { registerTakenAt: string | null }
  roster: Pupil[]
}

/** The register after a save: nothing has to be read again. */
export function withSaved<Register extends Savable>(
  register: Register,
  sent: readonly SentMark[],
  { markedAt, registerTaken, by }: { markedAt: string; registerTaken: boolean; by: Reader },
): Register {
  const marks = new Map(sent.map((mark) => [mark.studentUserId, mark]))
  return {
    ...register,
    session: {
      ...register.session,
      registerTakenAt: registerTaken ? (register.session.registerTakenAt ?? markedAt) : null,
    },
    roster: register.roster.map((pupil) => {
      const mark = marks.get(pupil.studentUserId)
      if (!mark) return pupil
      const value = {
        status: mark.status,
        minutesLate: mark.minutesLate ?? null,
        note: mark.note ?? null,
      }
      const { entry } = pupil
      if (entry && (isSame(value, entry) || (entry.byOffice && !by.isOffice))) return pupil
      return {
        ...pupil,
        entry: {
          // Known after the next read; nothing here asks for it.
          id: entry?.id ?? '',
          ...value,
          markedByUserId: by.id,
          markedAt,
          byOffice: by.isOffice,
        },
      }
    }),
  }
}
