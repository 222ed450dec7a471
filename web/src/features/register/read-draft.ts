import type { Draft } from './drafts.ts'

/**
 * A draft as it lies in the storage, under its session's id. What an older release, or somebody's hand, left there is none: every page
 * lays the drafts over what it shows, and would break on each load.
 */
export function readDraft(key: string, text: string | null): Draft | undefined {
  let draft: unknown
  try {
    draft = JSON.parse(text ?? 'null')
  } catch {
    return undefined
  }
  return isDraft(draft) && key.endsWith(`:${draft.sessionId}`) ? draft : undefined
}

const isDraft = (value: unknown): value is Draft =>
  isRecord(value) &&
  typeof value.sessionId === 'string' &&
  isTime(value.changedAt) &&
  isRecord(value.changes) &&
  Object.values(value.changes).every(isMark) &&
  (value.sending === undefined || isSending(value.sending))

const isSending = (value: unknown) =>
  isRecord(value) &&
  typeof value.key === 'string' &&
  Array.isArray(value.entries) &&
  value.entries.every((entry) => isMark(entry) && typeof entry.studentUserId === 'string') &&
  isTextOrNone(value.reason) &&
  isTime(value.savedAt) &&
  (value.refusal === undefined || isRefusal(value.refusal))

const isMark = (value: unknown): value is Record<string, unknown> =>
  isRecord(value) &&
  typeof value.status === 'string' &&
  (isNone(value.minutesLate) || typeof value.minutesLate === 'number') &&
  isTextOrNone(value.note)

const isRefusal = (value: unknown) =>
  isRecord(value) && typeof value.code === 'string' && typeof value.message === 'string'

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null
const isNone = (value: unknown) => value === null || value === undefined
const isTextOrNone = (value: unknown) => isNone(value) || typeof value === 'string'
const isTime = (value: unknown) => typeof value === 'string' && !Number.isNaN(Date.parse(value))
