import { useMemo, useSyncExternalStore } from 'react'
import { useSchool } from '#src/lib/school/school-context.tsx'
import { createDrafts, type Draft, type Drafts } from './drafts.ts'

/** The drafts of whoever is signed in. */
export function useDrafts(): Drafts {
  const { school, user } = useSchool()
  return useMemo(() => createDrafts(localStorage, school.code, user.id), [school.code, user.id])
}

export const useAllDrafts = (drafts: Drafts): readonly Draft[] =>
  useSyncExternalStore(drafts.subscribe, drafts.all)

export const useDraft = (drafts: Drafts, sessionId: string): Draft | undefined =>
  useSyncExternalStore(drafts.subscribe, () => drafts.get(sessionId))
