import type { RegisterAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useCallback, useEffect, useMemo, useRef } from 'react'
import { useSchool } from '#src/lib/school/school-context.tsx'
import type { Draft, MarkValue } from './drafts.ts'
import { type Line, linesOf, marksToSend, type Pupil, withChoice, withMark } from './marks.ts'
import { useDraft, useDrafts } from './use-drafts.ts'

export interface Marks {
  lines: Line[]
  draft: Draft | undefined
  /** Whether there is anything that a save would send. */
  isChanged: boolean
  /** The same function for the life of the page, so that rows are drawn again only when they change. */
  mark(pupil: Pupil, change: Partial<MarkValue>): void
  choose(lines: readonly Line[], choice: 'mine' | 'theirs'): void
  /** Puts all of it into the outbox. */
  save(reason: string | null): void
  /** Back to what the school has. */
  discard(): void
}

/** A register with the reader's draft laid over it. The draft is the one place where marks are until they are saved. */
export function useMarks(register: RegisterAnswer): Marks {
  const { user } = useSchool()
  const drafts = useDrafts()
  const sessionId = register.session.id
  const draft = useDraft(drafts, sessionId)
  const isOffice = user.role !== 'TEACHER'
  const lines = useMemo(
    () => linesOf(register, draft, { id: user.id, isOffice }),
    [register, draft, user.id, isOffice],
  )
  const newest = useRef({ lines, codes: register.codes })
  useEffect(() => {
    newest.current = { lines, codes: register.codes }
  })

  // What the school has by now needs no draft.
  const isSpent = draft !== undefined && !draft.sending && lines.every((line) => !line.isOwn)
  useEffect(() => {
    if (isSpent) drafts.remove(sessionId)
  }, [isSpent, drafts, sessionId])

  const mark = useCallback<Marks['mark']>(
    (pupil, change) => {
      const { lines, codes } = newest.current
      const line = lines.find((of) => of.pupil.studentUserId === pupil.studentUserId)
      if (!line || line.lock) return
      const value = { ...line.value, ...change }
      const code = codes.find((of) => of.code === value.status)
      if (!code?.takesMinutes) value.minutesLate = null
      // By the entry that is shown now, not by the one that was there when the row was drawn.
      drafts.update(sessionId, (before) => withMark(before, line.pupil, value, codes))
    },
    [drafts, sessionId],
  )

  return {
    lines,
    draft,
    isChanged: lines.some((line) => line.isChanged && !line.lock),
    mark,
    choose: (chosen, choice) =>
      drafts.update(sessionId, (before) =>
        chosen.reduce((made, line) => withChoice(made, line, choice), before),
      ),
    save: (reason) =>
      drafts.update(sessionId, (before) => ({
        ...before,
        changes: {},
        sending: {
          key: crypto.randomUUID(),
          entries: marksToSend(lines, before),
          reason,
          savedAt: new Date().toISOString(),
        },
      })),
    discard: () => drafts.remove(sessionId),
  }
}
