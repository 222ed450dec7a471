import type { RegisterAnswer } from '@usms/school-api/modules/sessions/sessions.schema'
import { useQuery } from '@tanstack/react-query'
import { useSchool } from '#src/lib/school/school-context.tsx'

export const registerKey = (sessionId: string) => ['register', sessionId]

const SOON_MS = 60 * 60 * 1_000
/** Behind the school's clock rather than before it. */
const AFTER_MS = 2_000

/** Everything that the register's screen shows. One that begins within the hour is read again when it does. */
export function useRegister(sessionId: string) {
  const { api } = useSchool()
  return useQuery({
    queryKey: registerKey(sessionId),
    queryFn: ({ signal }) => api.get<RegisterAnswer>(`/sessions/${sessionId}/register`, { signal }),
    refetchInterval: ({ state: { data } }) => {
      if (data?.readOnlyBecause !== 'future') return false
      const waitMs = Date.parse(data.session.startsAt) - Date.now()
      return waitMs < SOON_MS && Math.max(waitMs, 0) + AFTER_MS
    },
  })
}
