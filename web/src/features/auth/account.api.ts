import type { SessionAnswer } from '@usms/school-api/modules/auth/auth.schema'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import type { Api } from '#src/lib/http/api.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'

/** More than anybody has: a page of its own for the rest would be one nobody opens. */
const MAX_SESSIONS = 200

export function useOwnSessions() {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['own-sessions'],
    queryFn: async ({ signal }) =>
      (
        await api.get<{ items: SessionAnswer[] }>('/auth/sessions', {
          query: { limit: MAX_SESSIONS },
          signal,
        })
      ).items,
  })
}

/** One of them, or without an id all but this one. */
export function useEndSessions() {
  const { api } = useSchool()
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (id: string | undefined) =>
      api.delete(id === undefined ? '/auth/sessions' : `/auth/sessions/${id}`),
    onSuccess: () => cache.invalidateQueries({ queryKey: ['own-sessions'] }),
  })
}

/** At a school or as the platform's owner: both know the same path. */
export function useChangePassword(api: Api) {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: (passwords: { currentPassword: string; newPassword: string }) =>
      api.post<void>('/auth/change-password', passwords),
    // Every other one has ended.
    onSuccess: () => cache.invalidateQueries({ queryKey: ['own-sessions'] }),
  })
}
