import type { Mark } from '@usms/school-api/modules/attendance/attendance.schema'
import { readDraft } from './read-draft.ts'

export interface MarkValue {
  status: string
  minutesLate: number | null
  note: string | null
}

/** A mark that differs from what the school has. */
export interface Change extends MarkValue {
  /** `markedAt` of the entry that was seen when it was made; null: there was none. */
  basedOn: string | null
}

export type SentMark = Required<Mark>

/** A save that the school has not answered yet. */
export interface Sending {
  /** Its Idempotency-Key: sent again, it is still done once. */
  key: string
  entries: SentMark[]
  reason: string | null
  savedAt: string
  /** Set after an attempt that came to nothing: it is tried again. */
  delayed?: boolean
  /** Set when the school said no: it is not tried again. */
  refusal?: { code: string; message: string }
}

/** What is not in the school's register yet: ids and marks, no names. */
export interface Draft {
  sessionId: string
  changedAt: string
  changes: Readonly<Record<string, Change>>
  sending?: Sending
}

type DraftChange = (draft: Draft) => Draft

/** The drafts of one person at one school, as this browser keeps them. */
export interface Drafts {
  all(): readonly Draft[]
  get(sessionId: string): Draft | undefined
  /** Keeps what `change` makes of it; a draft without anything in it is removed. */
  update(sessionId: string, change: DraftChange): void
  remove(sessionId: string): void
  /** Also told of what other tabs do. */
  subscribe(listener: () => void): () => void
}

const MAX_AGE_MS = 14 * 24 * 60 * 60 * 1_000
/** What `storage` events are to other tabs, this is to the other parts of this one. */
const CHANGED = 'usms:drafts'

export function createDrafts(storage: Storage, school: string, userId: string): Drafts {
  const prefix = prefixOf(school, userId)
  // Kept as read, so that what has not changed is the same object at the next look.
  let known: readonly Draft[] | undefined

  function read(): readonly Draft[] {
    const before = new Map(known?.map((draft) => [draft.sessionId, draft]))
    const drafts: Draft[] = []
    for (const key of keysIn(storage, prefix)) {
      const draft = readDraft(key, storage.getItem(key))
      if (!draft) continue
      const same = before.get(draft.sessionId)
      drafts.push(same && JSON.stringify(same) === JSON.stringify(draft) ? same : draft)
    }
    return drafts.toSorted((a, b) => a.changedAt.localeCompare(b.changedAt))
  }

  const all = () => (known ??= read())
  const get = (sessionId: string) => all().find((draft) => draft.sessionId === sessionId)

  function keep(sessionId: string, draft: Draft | undefined) {
    const key = prefix + sessionId
    try {
      if (draft) storage.setItem(key, JSON.stringify(draft))
      else storage.removeItem(key)
    } catch {
      // Full, or forbidden: the marks live as long as this page does, as they would without drafts.
    }
    const others = all().filter((other) => other.sessionId !== sessionId)
    known = draft ? [...others, draft] : others
    window.dispatchEvent(new CustomEvent(CHANGED, { detail: known }))
  }

  return {
    all,
    get,
    update(sessionId, change) {
      const draft = change(get(sessionId) ?? { sessionId, changedAt: '', changes: {} })
      const isEmpty = !draft.sending && Object.keys(draft.changes).length === 0
      keep(sessionId, isEmpty ? undefined : { ...draft, changedAt: new Date().toISOString() })
    },
    remove: (sessionId) => keep(sessionId, undefined),
    subscribe(listener) {
      const onStorage = ({ key }: StorageEvent) => {
        if (key !== null && !key.startsWith(prefix)) return
        known = read()
        listener()
      }
      const onChanged = (event: Event) => {
        if (!(event instanceof CustomEvent) || event.detail !== known) known = read()
        listener()
      }
      window.addEventListener('storage', onStorage)
      window.addEventListener(CHANGED, onChanged)
      return () => {
        window.removeEventListener('storage', onStorage)
        window.removeEventListener(CHANGED, onChanged)
      }
    },
  }
}

const prefixOf = (school: string, userId: string) => `usms:register:${school}:${userId}:`

const keysIn = (storage: Storage, prefix: string) =>
  Array.from({ length: storage.length }, (_, i) => storage.key(i) ?? '').filter((key) =>
    key.startsWith(prefix),
  )

/** Whether somebody has marks that their school does not have. */
export const hasDrafts = (storage: Storage, school: string, userId: string): boolean =>
  keysIn(storage, prefixOf(school, userId)).length > 0

/** Drafts that nobody came back to: of every person and school in this browser. */
export function removeOldDrafts(storage: Storage, now: number): void {
  for (const key of keysIn(storage, 'usms:register:')) {
    const draft = readDraft(key, storage.getItem(key))
    if (!draft || now - Date.parse(draft.changedAt) > MAX_AGE_MS) storage.removeItem(key)
  }
}
