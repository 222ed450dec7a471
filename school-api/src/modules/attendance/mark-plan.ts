import type { InputIssue } from '@usms/service-kit/errors/app-error'
import type { Mark } from './attendance.schema.ts'

interface EntryValues {
  status: string
  minutesLate: number | null
  note: string | null
}

/** What the database knows about one entry of a call. */
export interface MarkFacts {
  onRoster: boolean
  code: { isActive: boolean; takesMinutes: boolean } | null
  existing: (EntryValues & { byOffice: boolean; markedAt: string; markedByUserId: string }) | null
}

export interface MarkRules {
  userId: string
  byOffice: boolean
  canCorrect: boolean
}

export type MarkFault = 'not_on_roster' | 'unknown_code' | 'minutes_not_taken'

/** What a call comes to: decided before anything is written, all of it or nothing. */
export interface MarkPlan {
  /** Refused whatever the others are. */
  faults: (InputIssue & { code: MarkFault })[]
  /** Corrections that are too late. */
  tooLate: InputIssue[]
  /** Entries that are no longer what the caller has seen. */
  changedMeanwhile: InputIssue[]
  writes: (EntryValues & { studentUserId: string })[]
  kept: number
}

/** @param facts one for each of the marks, in their order */
export function planMarks(
  marks: readonly Mark[],
  facts: readonly MarkFacts[],
  { userId, byOffice, canCorrect }: MarkRules,
): MarkPlan {
  const plan: MarkPlan = { faults: [], tooLate: [], changedMeanwhile: [], writes: [], kept: 0 }
  for (const [i, mark] of marks.entries()) {
    const known = facts[i]
    if (!known) throw new RangeError('every mark needs its facts')
    const faults = faultsOf(mark, known, `entries.${i}`)
    plan.faults.push(...faults)
    if (faults.length > 0) continue
    const { existing } = known
    const wanted = wantedValues(mark, existing)
    if (existing && isSame(existing, wanted)) continue
    if (existing?.byOffice && !byOffice) plan.kept += 1
    else if (existing?.markedByUserId !== userId && !isAsSeen(mark, existing))
      plan.changedMeanwhile.push({
        path: `entries.${i}.status`,
        message: 'was marked otherwise meanwhile',
      })
    else if (existing && !canCorrect)
      plan.tooLate.push({ path: `entries.${i}.status`, message: 'can no longer be corrected' })
    else plan.writes.push({ studentUserId: mark.studentUserId, ...wanted })
  }
  return plan
}

function faultsOf(mark: Mark, { onRoster, code, existing }: MarkFacts, path: string) {
  const faults: MarkPlan['faults'] = []
  if (!onRoster)
    faults.push({
      code: 'not_on_roster',
      path: `${path}.studentUserId`,
      message: 'is not on the roster of this session on its date',
    })
  // An entry may stay what it is when its code is retired; nothing new becomes that.
  if (!code || (!code.isActive && existing?.status !== mark.status))
    faults.push({
      code: 'unknown_code',
      path: `${path}.status`,
      message: code ? 'is a retired attendance code' : 'is no attendance code of this school',
    })
  else if (typeof mark.minutesLate === 'number' && !code.takesMinutes)
    faults.push({
      code: 'minutes_not_taken',
      path: `${path}.minutesLate`,
      message: 'does not go with this attendance code',
    })
  return faults
}

/** A field left out stays while the status stays. */
function wantedValues({ status, minutesLate, note }: Mark, existing: EntryValues | null) {
  const before = existing?.status === status ? existing : { minutesLate: null, note: null }
  return {
    status,
    minutesLate: minutesLate === undefined ? before.minutesLate : minutesLate,
    note: note === undefined ? before.note : note,
  }
}

/** One's own marks have been seen: an answer that was lost on its way is no reason to refuse the next call. */
const isAsSeen = ({ ifMarkedAt }: Mark, existing: MarkFacts['existing']) =>
  ifMarkedAt === undefined || instantOf(ifMarkedAt) === instantOf(existing?.markedAt ?? null)

/** One instant has many spellings. */
const instantOf = (time: string | null) => (time === null ? null : Date.parse(time))

const isSame = (a: EntryValues, b: EntryValues) =>
  a.status === b.status && a.minutesLate === b.minutesLate && a.note === b.note
