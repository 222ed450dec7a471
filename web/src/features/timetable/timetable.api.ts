import { useQuery } from '@tanstack/react-query'
import type { TimetableAnswer } from '@usms/school-api/modules/me/me.schema'
import { addDays } from '#src/lib/school-time.ts'
import { useSchool } from '#src/lib/school/school-context.tsx'

/** The sessions of a week that begins on a Monday: one's own, or those of a child. */
export function useTimetable({ monday, child }: { monday: string; child?: string | undefined }) {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['timetable', child ?? null, monday],
    queryFn: ({ signal }) =>
      api.get<TimetableAnswer>('/me/timetable', {
        query: { from: monday, to: addDays(monday, 6), studentId: child },
        signal,
      }),
    // The week before stands until the next one is there; another child's never does.
    placeholderData: (before, query) =>
      query?.queryKey[1] === (child ?? null) ? before : undefined,
  })
}
