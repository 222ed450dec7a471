import type { RegisterAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useTranslation } from 'react-i18next'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { personName } from '#src/ui/person-name.ts'
import type { Draft } from './drafts.ts'
import type { Line } from './marks.ts'

export type SaveState =
  | { kind: 'unsaved'; changes: number; isFirst: boolean }
  /** Somebody else has marked otherwise: the reader has to choose. */
  | { kind: 'undecided'; count: number }
  | { kind: 'sending' | 'delayed' | 'refused' }
  /** When and by whom the newest mark was made. */
  | { kind: 'saved'; at: string; byUserId: string }

export function saveStateOf(lines: readonly Line[], draft: Draft | undefined): SaveState {
  const conflicts = lines.filter((line) => line.isConflict).length
  if (conflicts > 0) return { kind: 'undecided', count: conflicts }
  const hasNewer = Object.keys(draft?.changes ?? {}).length > 0
  if (draft?.sending && !hasNewer) {
    if (draft.sending.refusal) return { kind: 'refused' }
    return { kind: draft.sending.delayed ? 'delayed' : 'sending' }
  }
  const entries = lines.flatMap(({ pupil: { entry } }) => entry ?? [])
  const newest = entries.toSorted((a, b) => b.markedAt.localeCompare(a.markedAt))[0]
  const changed = lines.filter((line) => line.isChanged && !line.lock)
  if (newest && changed.length === 0)
    return { kind: 'saved', at: newest.markedAt, byUserId: newest.markedByUserId }
  return { kind: 'unsaved', changes: changed.length, isFirst: newest === undefined }
}

/** The state in words. */
export function useSaveStateText(people: RegisterAnswer['people']): (state: SaveState) => string {
  const { t } = useTranslation('teacher')
  const { time, user } = useSchool()
  return (state) => {
    switch (state.kind) {
      case 'undecided':
        return t('register.state.undecided', { count: state.count })
      case 'unsaved':
        return state.isFirst
          ? t('register.state.notSaved')
          : t('register.state.changed', { count: state.changes })
      case 'saved': {
        const when = isToday(state.at) ? time.time(state.at) : time.dateTime(state.at)
        const by = people.find((person) => person.userId === state.byUserId)
        return by && by.userId !== user.id
          ? t('register.state.savedBy', { when, name: personName(by) })
          : t('register.state.saved', { when })
      }
      default:
        return t(`register.state.${state.kind}`)
    }
  }

  function isToday(instant: string) {
    return time.shortDate(instant) === time.shortDate(new Date().toISOString())
  }
}
