import { useQuery } from '@tanstack/react-query'
import type { OwnAttendanceAnswer } from '@usms/school-api/modules/me/me.schema'
import { useSchool } from '#src/lib/school/school-context.tsx'

const PAGE_SIZE = 50

interface Asked {
  child: string | undefined
  /** The school's dates; the current year up to today without. */
  from?: string | undefined
  to?: string | undefined
  show: 'all' | 'notable'
  cursor: string | undefined
}

/** The own attendance, or a child's: numbers over the dates, and a page of entries. */
export function useOwnAttendance({ child, ...asked }: Asked) {
  const { api } = useSchool()
  return useQuery({
    queryKey: ['attendance', child ?? null, asked],
    queryFn: ({ signal }) =>
      api.get<OwnAttendanceAnswer>('/me/attendance', {
        query: { studentId: child, ...asked, limit: PAGE_SIZE },
        signal,
      }),
    // Other dates of the same child: what was there stands until they come.
    placeholderData: (before, query) =>
      query?.queryKey[1] === (child ?? null) ? before : undefined,
  })
}
